"""The office says who carries."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from catering.domain.deliveries import DeliveryStatus, StopStatus
from catering.domain.offers import OfferStatus
from catering.domain.people import Actor
from catering.domain.refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    ForbiddenStep,
    NotFound,
)
from catering.models import Booking, Driver
from catering.services import appointing, kitchens
from tests.services.acting import Day, Step, refused, step


async def test_a_search_ends_with_the_one_who_was_appointed(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    await day.online(world.second_driver)

    await day.do(await appoint(day, id, world.second_driver))

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (S.ASSIGNED, world.second_driver.id)
    assert {o.driver_id: o.status for o in delivery.offers} == {
        world.driver.id: OfferStatus.WITHDRAWN, world.second_driver.id: OfferStatus.ACCEPTED,
    }  # fmt: skip


async def test_what_nobody_wanted_is_carried_after_all(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await day.passes(minutes=15)
    assert (await day.delivery(id)).status is S.NO_CARRIER
    async with world.transaction() as session:  # he is there, but says nothing
        driver = await session.get_one(Driver, world.driver.id)
        driver.online = True

    await day.do(await appoint(day, id, world.driver))

    assert (await day.delivery(id)).status is S.ASSIGNED


async def test_after_a_breakdown_another_one_goes_on_with_what_is_on_board(day: Day) -> None:
    world = day.world
    id = await day.at_the_door(world.portion(world.borscht))
    await day.online(world.second_driver)

    await day.do(await appoint(day, id, world.second_driver))

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (S.TO_DROPOFF, world.second_driver.id)
    assert [stop.status for stop in delivery.stops] == [StopStatus.DONE, StopStatus.PENDING]
    assert "dropoff_overdue" in await day.waits(id)


async def test_he_is_held_to_what_every_driver_is(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await refused(world, await appoint(day, id, world.customer), NotFound)
    await refused(world, await appoint(day, id, world.driver), DriverOffline)
    async with world.transaction() as session:
        (await session.get_one(Driver, world.second_driver.id)).approved_at = None
    await refused(world, await appoint(day, id, world.second_driver), DriverNotApproved)

    other = await day.searched(world.portion(world.borscht))
    await day.online(world.driver)
    await day.do(await appoint(day, id, world.driver))
    (no,) = await refused(world, await appoint(day, other, world.driver), DriverBusy)
    assert no.delivery_id == (await day.delivery(id)).id


async def test_nobody_is_called_away_from_a_break_or_after_his_shift(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    now = await day.clock()
    for rest in ({"break_until": now + MINUTE}, {"shift_ends_at": now}):
        async with world.transaction() as session:
            driver = await session.get_one(Driver, world.driver.id)
            driver.online, driver.break_until, driver.shift_ends_at = True, None, None
            for name, at in rest.items():
                setattr(driver, name, at)
        await refused(world, await appoint(day, id, world.driver), DriverOffline)


async def test_nobody_is_appointed_for_what_a_company_carries_or_what_is_over(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    account = await world.account("rockets", port="courier", provider="-", base_url="http://-")
    await day.online(world.driver)
    delivery = await day.delivery(id)
    async with world.transaction() as session:
        session.add(
            Booking(
                delivery_id=delivery.id,
                stop_id=delivery.stops[0].id,
                account_id=account,
                status="REQUESTED",
                reference="cat-1",
                courier_status="PENDING",
            )
        )
    await refused(world, await appoint(day, id, world.driver), ForbiddenStep)


async def test_nobody_is_appointed_where_nothing_is_left_to_fetch(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await day.online(world.driver)
    (ticket,) = await day.tickets(id)
    await day.do(step(kitchens.reject, ticket.id, "No gas", by=world.cook))

    (no,) = await refused(world, await appoint(day, id, world.driver), ForbiddenStep)

    assert no.current == (await day.delivery(id)).status == S.CANCELLED


S = DeliveryStatus
MINUTE = timedelta(minutes=1)


async def appoint(day: Day, id: UUID, driver: Actor) -> Step[object]:
    delivery = await day.delivery(id)
    assert driver.id is not None
    return step(appointing.appoint, delivery.id, driver.id, by=day.world.manager)
