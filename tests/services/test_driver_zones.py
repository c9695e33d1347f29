"""A driver is asked for what lies in his zone, and for nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from catering.domain.deliveries import DeliveryStatus
from catering.domain.dispatch import Verdict
from catering.domain.geography import Point
from catering.domain.people import Actor
from catering.domain.refusals import DriverOutOfZone, InvalidInput, NotFound
from catering.domain.zones import Area
from catering.models import Consideration, Event
from catering.services import appointing, dispatching, driving, offering
from tests.services.asking import FAR, driver_row, events_of_drivers, who_was_asked
from tests.world import AT_KITCHEN, DOOR

from .acting import Day, Step, done, refused, step

ELSEWHERE = Area.around(FAR, 1_000)
AT_THE_KITCHEN = Area.around(AT_KITCHEN, 300)
AT_THE_DOOR = Area.around(DOOR.point, 300)
SOUTH_OF_THE_MARKET = Area.within(
    [Point(50.43, 30.51), Point(50.43, 30.53), Point(50.4392, 30.53), Point(50.4392, 30.51)]
)


def zone(day: Day, who: Actor, area: Area | None) -> Step[object]:
    assert who.id is not None
    return step(driving.set_zone, who.id, area, by=day.world.manager)


async def reasons(day: Day, id: UUID) -> Sequence[tuple[UUID, int, int, str]]:
    """Who was thought of for an order: in which wave, in which place, and what became of it."""
    delivery = await day.delivery(id)
    query = select(Consideration).where(Consideration.delivery_id == delivery.id)
    async with day.world.transaction() as session:
        rows = (await session.scalars(query.order_by(Consideration.id))).all()
    return sorted((c.driver_id, c.wave, c.rank, c.verdict) for c in rows)


async def test_the_kitchen_and_the_door_have_to_lie_in_it(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    await day.online(world.second_driver, FAR)
    for area in (AT_THE_KITCHEN, AT_THE_DOOR, ELSEWHERE):
        await day.do(zone(day, world.driver, area))
        id = await day.searched(world.portion(world.borscht))

        assert await who_was_asked(day, id) == [world.second_driver.id]
        assert await reasons(day, id) == sorted(
            [
                (world.driver.id, 1, 1, Verdict.OUTSIDE_ZONE),
                (world.second_driver.id, 1, 1, Verdict.BEST),
            ]
        )
        await day.do(step(offering.decline, (await day.offer(id)).id, by=world.second_driver))


async def test_every_kitchen_has_to_lie_in_it(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    await day.do(zone(day, world.driver, SOUTH_OF_THE_MARKET))

    both = await day.searched(world.portion(world.borscht), world.portion(world.juice))
    one = await day.searched(world.portion(world.borscht))

    assert await who_was_asked(day, both) == []
    assert await who_was_asked(day, one) == [world.driver.id]


async def test_why_he_was_not_asked_is_told_once_however_often_it_is_looked_at(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    await day.do(zone(day, world.driver, ELSEWHERE))
    id = await day.searched(world.portion(world.borscht))
    await day.passes(minutes=2)

    assert await who_was_asked(day, id) == []
    assert await reasons(day, id) == [(world.driver.id, 1, 1, Verdict.OUTSIDE_ZONE)]


async def test_no_later_wave_asks_for_what_lies_outside_it(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    await day.do(zone(day, world.second_driver, ELSEWHERE))
    await day.online(world.second_driver)

    await day.do(step(offering.decline, (await day.offer(id)).id, by=world.driver))

    assert await who_was_asked(day, id) == [world.driver.id]
    assert (world.second_driver.id, 2, 1, Verdict.OUTSIDE_ZONE) in await reasons(day, id)


async def test_what_waits_is_entered_at_once_when_a_zone_changes(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    for area in (Area.around(AT_KITCHEN, 3_000), None):
        await day.do(zone(day, world.driver, ELSEWHERE))
        id = await day.searched(world.portion(world.borscht))
        assert await who_was_asked(day, id) == []

        await day.do(zone(day, world.driver, area))

        assert await who_was_asked(day, id) == [world.driver.id]
        await day.do(step(offering.decline, (await day.offer(id)).id, by=world.driver))


async def test_only_who_may_be_asked_for_more_begins_a_search_anew(day: Day) -> None:
    world = day.world
    await day.do(zone(day, world.driver, ELSEWHERE))
    await day.online(world.driver)
    id = await day.searched(world.portion(world.borscht))
    await day.passes(minutes=15)
    given_up = (await day.delivery(id)).status
    await day.do(zone(day, world.second_driver, ELSEWHERE))  # who is offline
    await day.do(zone(day, world.second_driver, None))
    assert (await day.delivery(id)).status is given_up is DeliveryStatus.NO_CARRIER

    await day.do(zone(day, world.driver, None))

    assert (await day.delivery(id)).status is DeliveryStatus.SEARCHING
    assert await who_was_asked(day, id) == [world.driver.id]


async def test_who_was_asked_before_may_take_it_and_bring_it(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))

    await day.do(zone(day, world.driver, ELSEWHERE))
    await day.accept_offer(id)
    await day.do(zone(day, world.driver, AT_THE_KITCHEN))

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (DeliveryStatus.ASSIGNED, world.driver.id)


async def test_a_zone_that_changes_between_the_look_and_the_offer_counts(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await done(world, step(driving.go_online, AT_KITCHEN, by=world.driver))
    ((delivery, prospects),) = (await done(world, dispatching.plan_round)).asked
    await done(world, zone(day, world.driver, ELSEWHERE))

    assert not await done(world, step(dispatching.ask, delivery, prospects))
    assert await who_was_asked(day, id) == []


async def test_the_office_holds_to_it_as_well(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht))
    await day.do(zone(day, world.driver, AT_THE_KITCHEN))
    await day.online(world.driver)
    assert world.driver.id is not None
    give = step(appointing.appoint, (await day.delivery(id)).id, world.driver.id, by=world.manager)
    await refused(world, give, DriverOutOfZone)

    await done(world, zone(day, world.driver, None))
    await day.do(give)

    assert (await day.delivery(id)).driver_id == world.driver.id


async def test_after_a_breakdown_what_was_collected_is_no_way_any_more(day: Day) -> None:
    world = day.world
    id = await day.collected(world.portion(world.borscht))
    await day.online(world.second_driver)
    assert world.second_driver.id is not None
    give = step(
        appointing.appoint, (await day.delivery(id)).id, world.second_driver.id, by=world.manager
    )
    await done(world, zone(day, world.second_driver, AT_THE_KITCHEN))
    await refused(world, give, DriverOutOfZone)

    await done(world, zone(day, world.second_driver, AT_THE_DOOR))
    await day.do(give)

    assert (await day.delivery(id)).driver_id == world.second_driver.id


async def test_a_change_is_written_down_with_who_made_it_and_no_change_is_not(day: Day) -> None:
    world = day.world
    for area in (AT_THE_DOOR, AT_THE_DOOR, None, None):
        await day.do(zone(day, world.driver, area))

    assert await events_of_drivers(world, "DRIVER_ZONE") == [world.driver.id] * 2
    async with world.transaction() as session:
        by = await session.scalars(select(Event.actor_id).where(Event.kind == "DRIVER_ZONE"))
        assert set(by) == {world.manager.id}
    assert (await driver_row(world, world.driver)).zone is None


async def test_a_zone_that_cannot_be_and_a_driver_who_is_none_are_refused(day: Day) -> None:
    world = day.world
    await refused(world, zone(day, world.driver, Area.around(FAR, 0)), InvalidInput)
    await refused(world, zone(day, world.driver, Area.within([FAR])), InvalidInput)
    await refused(world, zone(day, world.customer, ELSEWHERE), NotFound)
