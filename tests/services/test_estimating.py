"""Everybody hears when an order comes, and in time when it comes later than promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select

from catering.domain.geography import Point, Ways
from catering.domain.people import SYSTEM
from catering.models import Event
from catering.services import driving, fees, kitchens, promising

from .acting import Day, done, step
from .replaying import must_replay

MINUTE = timedelta(minutes=1)


async def told(day: Day, id: UUID) -> list[Event]:
    kinds = ["ORDER_ESTIMATED", "ORDER_DELAYED"]
    query = select(Event).where(Event.order_id == id, Event.kind.in_(kinds))
    async with day.world.transaction() as session:
        return list(await session.scalars(query.order_by(Event.sequence)))


async def test_who_waits_hears_when_the_kitchen_promises_another_time(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht))
    before = await world.look(id)
    assert before.estimated_at is not None
    (soup,) = before.tickets
    promise = soup.ready_at + timedelta(minutes=2)

    await day.do(step(kitchens.accept, soup.id, promise, by=world.cook))

    (event,) = await told(day, id)
    assert event.kind == "ORDER_ESTIMATED"
    order = await world.look(id)
    assert order.estimated_at == before.estimated_at + timedelta(minutes=2)
    assert (order.promised_at, order.delayed_until) == (before.promised_at, None)
    assert [stop.due_at for stop in await day.stops(id)] == [promise, order.promised_at]


async def test_a_promise_that_breaks_is_told_once_with_the_reason_and_makes_leaving_free(
    day: Day,
) -> None:
    world = day.world
    id = await day.order()
    soup, juice = await day.tickets(id)
    await day.do(step(kitchens.accept, juice.id, None, by=world.market_cook))
    late = soup.ready_at + timedelta(minutes=16)

    await day.do(step(kitchens.accept, soup.id, late, by=world.cook))
    await day.do(step(promising.watch, id))

    (event,) = await told(day, id)
    assert (event.kind, event.note) == ("ORDER_DELAYED", "KITCHEN_LATE")
    assert (event.ticket_id, event.restaurant_id) == (soup.id, world.kitchen)
    order = await world.look(id)
    assert order.delayed_until == order.estimated_at
    assert order.delayed_until == order.promised_at + timedelta(minutes=16)
    assert fees.cancellation_fee(order) == ()
    await must_replay(world, id)


async def test_where_nothing_happens_it_is_told_before_the_promise_is_missed(day: Day) -> None:
    world = day.world
    id = await day.accepted()  # and nobody is there to carry it
    promised = (await world.look(id)).promised_at
    for ticket in await day.tickets(id):
        await day.do(step(kitchens.mark_ready, ticket.id, by=day.cook(ticket)))

    await day.passes(minutes=20)

    (event,) = [event for event in await told(day, id) if event.kind == "ORDER_DELAYED"]
    assert event.note == "NO_CARRIER_YET"
    assert event.delivery_id == (await day.delivery(id)).id
    order = await world.look(id)
    assert order.delayed_at is not None
    assert order.delayed_at < promised - timedelta(minutes=10), "and not when it is too late"


async def test_the_estimate_follows_the_courier_and_only_by_the_minute(day: Day) -> None:
    world = day.world
    id = await day.collected()
    order = await world.look(id)
    first = order.estimated_at
    assert first is not None
    heard, door = len(await told(day, id)), order.door.point
    delivery = await day.delivery(id)

    await done(world, step(driving.moved, delivery.id, Point(50.4386, 30.5229), by=SYSTEM))
    assert len(await told(day, id)) == heard, "a few metres are not worth telling"
    await done(world, step(driving.moved, delivery.id, door, by=SYSTEM))

    assert len(await told(day, id)) == heard + 1
    after = (await world.look(id)).estimated_at
    assert after is not None
    assert after < first - MINUTE
    assert (await day.delivery(id)).estimated_at == after


async def test_a_parcel_on_foot_needs_longer_than_by_bicycle(day: Day) -> None:
    id = await day.collected()
    order = await day.world.look(id)
    by_bicycle = order.forecast.journey()
    assert order.delivery is not None
    order.delivery.vehicle = "FOOT"
    on_foot = order.forecast.journey()

    assert by_bicycle is not None
    assert on_foot is not None
    assert on_foot.to_door > 3 * by_bicycle.to_door > timedelta(0)


async def test_a_map_says_how_long_the_ways_are_where_it_is_asked(day: Day) -> None:
    class Slow:
        async def ways(self, places: Sequence[Point]) -> Ways:
            return {step: timedelta(minutes=20) for step in pairwise(places)}

    id = await day.order()
    day.runtime.roads = Slow()
    for ticket in await day.tickets(id):
        await day.do(step(kitchens.accept, ticket.id, None, by=day.cook(ticket)))

    _, second, door = await day.stops(id)
    assert (second.way_seconds, door.way_seconds) == (1200, 1200)
    order = await day.world.look(id)
    assert order.delay_reason == "KITCHEN_LATE"
    assert order.delivery is not None
    assert order.delivery.search_at < order.tickets[0].ready_at - timedelta(minutes=30)
