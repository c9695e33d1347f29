"""When a driver is at work: who may, how it ends, and what coming online begins."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus
from catering.domain.geography import Point
from catering.domain.offers import OfferStatus
from catering.domain.refusals import DriverBusy, DriverNotApproved, DriverOffline, InvalidInput
from catering.models import Driver, Order
from catering.services import driving, offering
from tests.services.asking import FAR, driver_row, events_of_drivers, who_was_asked
from tests.world import AT_KITCHEN, World

from .acting import Day, done, refused, step


async def test_three_silences_in_a_row_set_a_driver_offline(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    for silences in (1, 2, 3):
        await day.searched(world.portion(world.borscht))
        await day.passes(seconds=40)
        driver = await driver_row(world, world.driver)
        assert driver.online is (silences < 3)

    assert await events_of_drivers(world, "DRIVER_OFFLINE") == [world.driver.id]
    fourth = await day.searched(world.portion(world.borscht))
    assert await who_was_asked(day, fourth) == []


async def test_an_answer_between_silences_is_an_answer(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    for answers in (False, False, True, False):
        id = await day.searched(world.portion(world.borscht))
        if answers:
            offer = await day.offer(id)
            await day.do(step(offering.decline, offer.id, by=world.driver))
        else:
            await day.passes(seconds=40)

    assert (await driver_row(world, world.driver)).online


async def test_a_driver_who_comes_online_is_asked_at_once(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    assert await who_was_asked(day, id) == []

    await day.online(world.driver)

    assert await who_was_asked(day, id) == [world.driver.id]


async def test_a_driver_who_comes_online_reopens_a_search_that_was_given_up(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await day.passes(minutes=15)
    assert (await day.delivery(id)).status is DeliveryStatus.NO_CARRIER

    await day.online(world.driver)

    assert (await day.delivery(id)).status is DeliveryStatus.SEARCHING
    assert await who_was_asked(day, id) == [world.driver.id]


async def test_an_order_that_was_delivered_frees_its_driver_for_the_next(day: Day) -> None:
    world = day.world
    await day.at_the_door(world.portion(world.borscht))
    waiting = await day.searched(world.portion(world.borscht))
    assert await who_was_asked(day, waiting) == []

    (first,) = [o for o in await _orders(world) if o != waiting]
    order = await world.look(first)
    await day.complete((await day.stops(first))[-1], order.pin)

    assert await who_was_asked(day, waiting) == [world.driver.id]


async def test_going_offline_passes_the_open_offer_on(day: Day) -> None:
    world = day.world
    await day.online(world.second_driver, FAR)
    id = await day.offered(world.portion(world.borscht))

    await day.do(step(driving.go_offline, "Lunch", by=world.driver))

    statuses = {o.driver_id: o.status for o in (await day.delivery(id)).offers}
    assert statuses[world.driver.id or ids.new()] is OfferStatus.DECLINED
    assert statuses[world.second_driver.id or ids.new()] is OfferStatus.SENT
    assert not (await driver_row(world, world.driver)).online


async def test_nobody_goes_offline_with_food_on_board(day: Day) -> None:
    id = await day.assigned(day.world.portion(day.world.borscht))

    off = step(driving.go_offline, None, by=day.world.driver)
    (no,) = await refused(day.world, off, DriverBusy)

    assert no.delivery_id == (await day.delivery(id)).id


async def test_a_driver_works_only_once_he_is_approved(day: Day) -> None:
    world = day.world
    async with world.transaction() as session:
        (await session.get_one(Driver, world.driver.id)).approved_at = None

    online = step(driving.go_online, AT_KITCHEN, by=world.driver)
    await refused(world, online, DriverNotApproved)
    await done(world, step(driving.approve, world.driver.id or ids.new(), by=world.manager))
    await done(world, online)

    assert (await driver_row(world, world.driver)).online


async def test_a_position_is_on_earth_recent_and_of_somebody_online(day: Day) -> None:
    world, now = day.world, await day.clock()
    report = driving.report_position
    await refused(world, step(report, AT_KITCHEN, now, by=world.driver), DriverOffline)
    await day.online(world.driver)

    await refused(world, step(report, Point(91, 0), now, by=world.driver), InvalidInput)
    for when in (now - 2 * driving.OLDEST_POSITION, now + 2 * driving.CLOCK_ERROR):
        await refused(world, step(report, AT_KITCHEN, when, by=world.driver), InvalidInput)
    assert await done(world, step(report, AT_KITCHEN, now, by=world.driver)) == (
        driving.WHILE_WAITING
    )


async def _orders(world: World) -> Sequence[UUID]:
    async with world.transaction() as session:
        return (await session.scalars(select(Order.id))).all()
