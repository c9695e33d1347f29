"""Restaurants: who may change them, and what follows from it for those who order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from catering.domain import restaurants
from catering.domain.baskets import Destination
from catering.domain.events import EventKind
from catering.domain.geography import Point, Zone
from catering.domain.people import Actor, Role
from catering.domain.refusals import InvalidInput, NotFound, OutOfZone, RestaurantClosed
from catering.domain.restaurants import Facts
from catering.models import Event, Restaurant
from catering.services import hosting, ordering
from tests.domain.test_restaurants import GOOD
from tests.world import DOOR, World

from .acting import Day, done, refused, step

HOUR = timedelta(hours=1)
FAR = Destination("Бровари", Point(50.5110, 30.7900))


async def told(world: World) -> list[str]:
    """What happened to the kitchen, and in whose name."""
    query = select(Event.kind).where(Event.subject_id == world.kitchen).order_by(Event.id)
    async with world.transaction() as session:
        return [str(kind) for kind in await session.scalars(query)]


async def look(world: World) -> Restaurant:
    async with world.transaction() as session:
        return await session.get_one(Restaurant, world.kitchen)


async def test_a_new_restaurant_is_closed_until_it_has_hours(world: World) -> None:
    new = await done(world, step(hosting.create, GOOD, by=world.manager))

    assert (new.name, new.phone, new.opening_hours) == ("Хата", "+380671234567", {})
    await refused(world, step(hosting.create, GOOD, by=world.manager), InvalidInput)
    nonsense = replace(GOOD, slug="other", facts=replace(GOOD.facts, phone="12"))
    (no,) = await refused(world, step(hosting.create, nonsense, by=world.manager), InvalidInput)
    assert no.path == ("phone",)


@pytest.mark.parametrize("who", ["market_cook", "customer", "driver"])
async def test_another_restaurant_is_not_found(world: World, who: str) -> None:
    by: Actor = getattr(world, who)
    facts = Facts(name="Mine")

    await refused(world, step(hosting.change, world.kitchen, facts, by=by), NotFound)


async def test_what_is_as_before_is_no_news(world: World) -> None:
    for _ in range(2):
        await done(world, step(hosting.change, world.kitchen, Facts(name="Кухня"), by=world.cook))

    assert (await look(world)).name == "Кухня"
    assert await told(world) == ["RESTAURANT_CHANGED"]


async def test_a_paused_restaurant_takes_no_orders_until_its_pause_is_over(day: Day) -> None:
    world = day.world
    until = await day.clock() + HOUR
    await day.do(step(hosting.pause, world.kitchen, until, "The oven is cold.", by=world.cook))

    (no,) = await refused(
        world, step(ordering.place, world.wish(), by=world.customer), RestaurantClosed
    )
    assert (no.restaurant_id, no.opens_at) == (world.kitchen, until)

    await day.passes(hours=1)
    await world.order()
    assert await told(world) == ["RESTAURANT_PAUSED", "RESTAURANT_RESUMED"]
    assert (await look(world)).paused_until is None


async def test_a_pause_can_be_ended_and_begun_again(day: Day) -> None:
    world, now = day.world, await day.clock()
    await day.do(step(hosting.pause, world.kitchen, now + HOUR, None, by=world.cook))
    await day.do(step(hosting.resume, world.kitchen, by=world.cook))
    await world.order()
    await day.do(step(hosting.resume, world.kitchen, by=world.cook))
    await day.do(step(hosting.pause, world.kitchen, now + 2 * HOUR, None, by=world.cook))

    await day.passes(hours=1)
    assert (await look(world)).paused_until is not None
    await day.passes(hours=1)

    assert await told(world) == ["RESTAURANT_PAUSED", "RESTAURANT_RESUMED"] * 2


async def test_a_busy_kitchen_promises_later_until_it_is_over(day: Day) -> None:
    world, until = day.world, await day.clock() + HOUR
    usual = await done(world, step(ordering.quote, world.wish().basket))
    await day.do(step(hosting.slow_down, world.kitchen, 25, until, by=world.cook))

    busy = await done(world, step(ordering.quote, world.wish().basket))

    assert busy.estimated_at - usual.estimated_at == timedelta(minutes=25)
    await day.passes(hours=1)
    assert await told(world) == ["RESTAURANT_BUSY", "RESTAURANT_CALM"]
    assert (await look(world)).extra_minutes == 0


async def test_a_rush_is_over_when_somebody_says_so(day: Day) -> None:
    world, until = day.world, await day.clock() + HOUR
    for minutes in (25, 0):
        await day.do(step(hosting.slow_down, world.kitchen, minutes, until, by=world.cook))
    await day.passes(hours=1)

    assert await told(world) == ["RESTAURANT_BUSY", "RESTAURANT_CALM"]


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=31)])
async def test_a_pause_has_an_end_that_can_be_waited_for(day: Day, after: timedelta) -> None:
    world, until = day.world, await day.clock() + after

    await refused(
        world, step(hosting.pause, world.kitchen, until, None, by=world.cook), InvalidInput
    )
    await refused(
        world, step(hosting.slow_down, world.kitchen, 5, until, by=world.cook), InvalidInput
    )


async def test_each_restaurant_says_where_it_delivers(world: World) -> None:
    far = world.wish(world.portion(world.borscht), destination=FAR)
    await refused(world, step(ordering.place, far, by=world.customer), OutOfZone)
    outline = Zone(
        outline=(Point(50.4, 30.4), Point(50.4, 30.9), Point(50.6, 30.9), Point(50.6, 30.4))
    )
    await done(world, step(hosting.deliver_within, world.kitchen, outline, by=world.cook))
    await done(world, step(ordering.place, far, by=world.customer))

    await done(world, step(hosting.deliver_within, world.kitchen, Zone(500), by=world.cook))

    near = world.wish(world.portion(world.borscht), destination=DOOR)
    (no,) = await refused(world, step(ordering.place, near, by=world.customer), OutOfZone)
    assert 500 < no.distance_meters < 2_000


async def test_on_an_exceptional_day_the_doors_are_closed(day: Day) -> None:
    world, now = day.world, await day.clock()
    today = now.astimezone(restaurants.hours(await look(world)).zone).date()
    await done(world, step(hosting.open_on, world.kitchen, today, [], by=world.cook))
    await refused(world, step(ordering.place, world.wish(), by=world.customer), RestaurantClosed)

    await done(world, step(hosting.open_on, world.kitchen, today, None, by=world.cook))

    await world.order()
    past = today - timedelta(days=1)
    for days, spans in ((past, []), (today, [["10", "11"]])):
        wrong = step(hosting.open_on, world.kitchen, days, spans, by=world.cook)
        await refused(world, wrong, InvalidInput)


async def test_hours_that_cannot_be_read_change_nothing(world: World) -> None:
    for week, zone in (({"mon": [["10", "11"]]}, None), ({}, "Mars")):
        wrong = step(hosting.open_at, world.kitchen, week, zone, by=world.cook)
        (no,) = await refused(world, wrong, InvalidInput)
        assert no.rule == "hours"


async def test_who_did_it_is_written_down(world: World) -> None:
    await done(world, step(hosting.change, world.kitchen, Facts(name="X"), by=world.cook))

    async with world.transaction() as session:
        event = (
            await session.scalars(select(Event).where(Event.subject_id == world.kitchen))
        ).one()
    assert (event.kind, event.actor_id) == (EventKind.RESTAURANT_CHANGED, world.cook.id)
    assert (event.actor_role, event.note) == (Role.RESTAURANT, "name")
