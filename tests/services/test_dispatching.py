"""Who is asked to carry what: the nearest first, in waves, and nobody twice."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus
from catering.domain.geography import Point
from catering.domain.offers import OfferStatus
from catering.domain.people import Actor, Role
from catering.models import Consideration, Delivery, Driver, Offer, User
from catering.services import dispatching, offering, overdue
from tests.services.asking import FAR, driver_row, who_was_asked
from tests.world import AT_KITCHEN, World

from .acting import Day, Step, done, sought, step


async def test_the_nearest_driver_is_asked_first(day: Day) -> None:
    world = day.world
    await day.online(world.driver, FAR)
    await day.online(world.second_driver, AT_KITCHEN)

    id = await day.searched(world.portion(world.borscht))

    assert await who_was_asked(day, id) == [world.second_driver.id]


async def test_nearness_is_in_metres_and_not_in_degrees(day: Day) -> None:
    """At 50° north a degree of longitude is two thirds of one of latitude."""
    world = day.world
    north = Point(AT_KITCHEN.latitude + 0.009, AT_KITCHEN.longitude)  # 1000 m
    east = Point(AT_KITCHEN.latitude, AT_KITCHEN.longitude + 0.011)  # 780 m
    await day.online(world.driver, north)
    await day.online(world.second_driver, east)

    id = await day.searched(world.portion(world.borscht))

    assert await who_was_asked(day, id) == [world.second_driver.id]
    assert 770 < (await day.offer(id)).distance_m < 790


async def test_nobody_is_asked_who_is_offline_not_approved_or_suspended(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    async with world.transaction() as session:
        driver = await session.get_one(Driver, world.driver.id)
        driver.suspended_at = await session.scalar(select(Driver.approved_at))

    id = await day.searched(world.portion(world.borscht))

    assert await who_was_asked(day, id) == []
    assert (await day.delivery(id)).status is DeliveryStatus.SEARCHING


async def test_who_carries_is_not_asked(day: Day) -> None:
    world = day.world
    await day.collected(world.portion(world.borscht))

    second = await day.searched(world.portion(world.borscht))

    assert await who_was_asked(day, second) == []


async def test_who_thinks_about_an_offer_is_not_asked_for_another(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    orders = [await day.accepted(world.portion(world.borscht)) for _ in range(2)]

    await day.passes(minutes=5)

    asked = [await who_was_asked(day, id) for id in orders]
    assert sorted(asked, key=len) == [[], [world.driver.id]]


async def test_declining_costs_nothing_and_the_next_one_is_asked(day: Day) -> None:
    world = day.world
    await day.online(world.second_driver, FAR)
    id = await day.offered(world.portion(world.borscht))
    first = await day.offer(id)
    assert first.driver_id == world.driver.id

    await day.do(step(offering.decline, first.id, by=world.driver))

    assert await who_was_asked(day, id) == [world.driver.id, world.second_driver.id]
    assert (await driver_row(world, world.driver)).online
    assert (await driver_row(world, world.driver)).expired_in_a_row == 0


async def test_an_offer_ends_after_forty_seconds(day: Day) -> None:
    world = day.world
    await day.online(world.second_driver, FAR)
    id = await day.offered(world.portion(world.borscht))
    first = await day.offer(id)

    await day.passes(seconds=39)
    assert (await day.offer(id)).id == first.id
    await day.passes(seconds=1)

    assert await who_was_asked(day, id) == [world.driver.id, world.second_driver.id]
    assert (await driver_row(world, world.driver)).expired_in_a_row == 1


async def test_no_way_leads_to_two_deliveries_with_one_driver(day: Day) -> None:
    """Not even one around the rules: the database itself refuses."""
    world = day.world
    first = await day.collected(world.portion(world.borscht))
    second = await day.delivery(await day.searched(world.portion(world.borscht)))
    mine = await day.delivery(first)

    def takes(session: AsyncSession) -> Awaitable[object]:
        given = update(Delivery).where(Delivery.id == second.id)
        return session.execute(given.values(driver_id=world.driver.id, status="ASSIGNED"))

    with pytest.raises(IntegrityError, match="uq_deliveries_driver"):
        await done(world, takes)
    with pytest.raises(IntegrityError, match="uq_offers_accepted"):
        await done(world, _offers([mine], world.second_driver, OfferStatus.ACCEPTED))
    with pytest.raises(IntegrityError, match="uq_offers_driver"):
        await done(world, _offers([mine, second], world.second_driver, OfferStatus.SENT))


async def test_a_company_is_not_asked_while_a_driver_thinks(day: Day) -> None:
    world = day.world
    await world.account("rockets", port="courier", provider="none", base_url="http://127.0.0.1:9")
    await day.online(world.driver)
    id = await day.accepted(world.portion(world.borscht))
    delivery = await day.delivery(id)
    await world.time_passes(delivery.search_at - await day.clock())
    await done(world, step(overdue.search_due, delivery.id))
    find = step(dispatching.find_carrier, delivery.id)

    assert await done(world, find) is None, "the first one is yet to be asked"
    await sought(world)
    assert await done(world, find) is None
    offer = await day.offer(id)
    await done(world, step(offering.decline, offer.id, by=world.driver))
    search = await done(world, find)

    assert search is not None
    assert search.prospects == []
    assert list(search.tenders[0].loads) == [world.accounts["rockets"]]


async def test_after_the_best_one_the_next_three_are_asked_at_once_and_one_gets_it(
    day: Day,
) -> None:
    world = day.world
    more = [world.second_driver, *[await _hired(world, n) for n in range(3)]]
    for n, who in enumerate(more):
        await day.online(who, Point(AT_KITCHEN.latitude + 0.004 * (n + 1), AT_KITCHEN.longitude))
    id = await day.offered(world.portion(world.borscht))

    await day.do(step(offering.decline, (await day.offer(id)).id, by=world.driver))

    offers = {o.driver_id: o for o in (await day.delivery(id)).offers}
    assert set(offers) == {world.driver.id, *(who.id for who in more[:3])}
    await day.do(step(offering.accept, offers[more[1].id or id].id, by=more[1]))
    after = {o.driver_id: o.status for o in (await day.delivery(id)).offers}
    assert after == {
        world.driver.id: OfferStatus.DECLINED, more[0].id: OfferStatus.WITHDRAWN,
        more[1].id: OfferStatus.ACCEPTED, more[2].id: OfferStatus.WITHDRAWN,
    }  # fmt: skip


async def test_it_is_kept_why_one_was_asked_and_the_others_were_not(day: Day) -> None:
    world = day.world
    await day.online(world.second_driver, FAR)
    id = await day.offered(world.portion(world.borscht))

    thought_of = await _considered(day, id)

    assert [(c.driver_id, c.rank, c.verdict) for c in thought_of] == [
        (world.driver.id, 1, "BEST"), (world.second_driver.id, 2, "OTHERS_FIRST"),
    ]  # fmt: skip
    assert thought_of[0].pickup_seconds < 600 < 1_800 < thought_of[1].pickup_seconds


async def test_one_round_is_for_all_that_waits(day: Day) -> None:
    """The second driver alone is in reach of both; first come would take him for the first."""
    world = day.world
    first, second = [await day.searched(world.portion(world.borscht)) for _ in range(2)]
    async with world.transaction() as session:
        for who in (world.driver, world.second_driver):
            driver = await session.get_one(Driver, who.id)
            driver.online, driver.position_at = (
                True,
                await session.scalar(select(func.catering_now())),
            )
            driver.latitude, driver.longitude = AT_KITCHEN.latitude, AT_KITCHEN.longitude

    await sought(world)

    asked = {*await who_was_asked(day, first), *await who_was_asked(day, second)}
    assert asked == {world.driver.id, world.second_driver.id}


async def _hired(world: World, number: int) -> Actor:
    """One driver more."""
    id = ids.new()
    async with world.transaction() as session:
        session.add(
            User(
                id=id,
                email=f"driver-{number}@more.test",
                role=Role.DRIVER,
                password_hash="-",
                display_name="More",
                phone="+380671234567",
            )
        )
        await session.flush()
        session.add(Driver(id=id, vehicle="BICYCLE", approved_at=func.catering_now()))
    return Actor(id, Role.DRIVER)


async def _considered(day: Day, id: UUID) -> Sequence[Consideration]:
    delivery = await day.delivery(id)
    query = select(Consideration).where(Consideration.delivery_id == delivery.id)
    async with day.world.transaction() as session:
        return (await session.scalars(query.order_by(Consideration.rank))).all()


def _offers(deliveries: list[Delivery], driver: Actor, status: OfferStatus) -> Step[None]:
    async def write(session: AsyncSession) -> None:
        for delivery in deliveries:
            offer = {
                "id": ids.new(), "delivery_id": delivery.id, "driver_id": driver.id,
                "status": status, "reward": 1, "currency": "UAH", "distance_m": 1,
                "expires_at": delivery.created_at,
            }  # fmt: skip
            await session.execute(insert(Offer).values(offer))

    return write
