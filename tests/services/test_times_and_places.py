"""Where an order can go, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from catering.domain.baskets import Destination, Span
from catering.domain.geography import REACH_M, Point
from catering.domain.orders import OrderStatus
from catering.domain.refusals import (
    InvalidInput,
    OutOfZone,
    RestaurantClosed,
    WindowNotAvailable,
)
from catering.domain.tickets import TicketStatus
from catering.models import Restaurant
from catering.services import ordering
from tests.world import World

from .acting import Day, refused, step

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = timedelta(hours=1)
LVIV = Destination("пл. Ринок, 1", Point(49.8419, 24.0315))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def test_food_is_carried_only_so_far(world: World) -> None:
    wish = world.wish(world.portion(world.borscht), destination=LVIV)

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), OutOfZone)

    assert no.path == ("destination", "location")
    assert no.distance_meters > 460_000 > REACH_M


@pytest.mark.parametrize("point", [Point(91, 30), Point(50, 181), Point(float("nan"), 30)])
async def test_a_door_is_on_earth(world: World, point: Point) -> None:
    wish = world.wish(destination=Destination("?", point))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)

    assert (no.path, no.rule) == (("destination", "location"), "coordinates")


async def test_a_closed_restaurant_says_when_it_opens(day: Day) -> None:
    world = day.world
    await _open(world, world.kitchen, "10:00", "22:00")
    morning = await _until(day, 8)

    (no,) = await refused(
        world, step(ordering.place, world.wish(), by=world.customer), RestaurantClosed
    )

    assert (no.path, no.restaurant_id) == (("lines",), world.kitchen)
    assert no.opens_at == morning + 2 * HOUR


async def test_too_far_and_closed_are_told_together(day: Day) -> None:
    world = day.world
    await _open(world, world.kitchen, "10:00", "22:00")
    await _until(day, 8)
    wish = world.wish(world.portion(world.borscht), destination=LVIV)

    await refused(world, step(ordering.place, wish, by=world.customer), OutOfZone, RestaurantClosed)


async def test_an_order_for_later_may_be_placed_while_it_is_closed(day: Day) -> None:
    world = day.world
    await _open(world, world.kitchen, "10:00", "22:00")
    morning = await _until(day, 8)

    id = await world.order(window=Span(morning + 4 * HOUR, morning + 5 * HOUR))

    assert (await world.look(id)).status is OrderStatus.SCHEDULED


async def test_a_window_that_has_begun_does_not_open_a_closed_restaurant(day: Day) -> None:
    world = day.world
    await _open(world, world.kitchen, "10:00", "22:00")
    night = await _until(day, 23)
    wish = world.wish(window=Span(night - 3 * HOUR, night + 2 * HOUR))

    await refused(world, step(ordering.place, wish, by=world.customer), RestaurantClosed)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (timedelta(hours=3), timedelta(hours=2)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(hours=-2), timedelta(hours=-1)),
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(days=15), timedelta(days=15, hours=1)),
    ],
)
async def test_a_window_that_cannot_be_is_answered_with_the_next_one(
    day: Day, start: timedelta, end: timedelta
) -> None:
    world, now = day.world, await day.clock()
    wish = world.wish(window=Span(now + start, now + end))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), WindowNotAvailable)

    assert no.path == ("window",)
    soonest, until = no.next_window
    assert now < soonest < until
    await world.order(window=Span(soonest, until))


async def test_a_scheduled_order_waits_and_is_released_in_time(day: Day) -> None:
    window = Span(await day.clock() + 4 * HOUR, await day.clock() + 5 * HOUR)

    id = await day.order(window=window)

    order = await day.world.look(id)
    assert order.status is OrderStatus.SCHEDULED
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.QUEUED}
    (wait,) = await day.world.open_tasks(id)
    assert (wait.kind, wait.owner) == ("release_due", None)
    assert window.start - 2 * HOUR < wait.due < window.start - timedelta(minutes=20)

    await day.passes(seconds=(wait.due - await day.clock()).total_seconds() - 1)
    assert (await day.world.look(id)).status is OrderStatus.SCHEDULED
    await day.passes(seconds=1)

    order = await day.world.look(id)
    assert order.status is OrderStatus.PLACED
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.SUBMITTED}
    assert all(ticket.ready_at < window.start for ticket in order.tickets)


async def test_the_hour_that_comes_twice_is_two_different_hours(day: Day) -> None:
    """The night in which Kyiv puts its clocks back: 03:30 is there before and after."""
    change = _clocks_go_back(await day.clock())
    await _go_to(day, change - 12 * HOUR)
    first, second = (Span(change + at, change + at + HOUR / 2) for at in (-HOUR / 2, HOUR / 2))
    on_the_wall = {w.start.astimezone(KYIV).strftime("%H:%M") for w in (first, second)}
    assert on_the_wall == {"03:30"}

    dues = []
    for window in (first, second):
        id = await day.order(window=window)
        order = await day.world.look(id)
        assert (order.window_from, order.window_until) == (window.start, window.end)
        dues.append((await day.world.open_tasks(id))[0].due)

    assert dues[1] - dues[0] == HOUR


async def _open(world: World, restaurant: object, opens: str, closes: str) -> None:
    async with world.transaction() as session:
        await session.execute(
            update(Restaurant)
            .where(Restaurant.id == restaurant)
            .values(opening_hours={day: [[opens, closes]] for day in DAYS})
        )


async def _until(day: Day, hour: int) -> datetime:
    """Wait for a full hour on the clocks of Kyiv, on a day whose clocks are not changed."""
    today = (await day.clock()).astimezone(KYIV)
    for ahead in range(1, 9):
        noon = (today + timedelta(days=ahead)).replace(hour=12, minute=0, second=0, microsecond=0)
        if noon.utcoffset() == (noon - timedelta(days=1)).utcoffset():
            break
    return await _go_to(day, noon.replace(hour=hour).astimezone(UTC))


async def _go_to(day: Day, moment: datetime) -> datetime:
    await day.world.time_passes(moment - await day.clock())
    return moment


def _clocks_go_back(now: datetime) -> datetime:
    """The next time that Europe does: 01:00 UTC on the last Sunday of October."""
    for year in (now.year, now.year + 1):
        last = datetime(year, 10, 31, 1, tzinfo=UTC)
        change = last - timedelta(days=(last.weekday() + 1) % 7)
        if change > now + timedelta(days=1):
            return change
    raise AssertionError
