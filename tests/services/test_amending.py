"""Another door, another time, another phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from catering.domain.amending import Details
from catering.domain.baskets import Destination, Span
from catering.domain.geography import Point
from catering.domain.orders import OrderStatus
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    NotFound,
    OutOfZone,
    PriceChanged,
    WindowNotAvailable,
)
from catering.models import Order, Product
from catering.services import amending
from tests.world import DOOR, World

from .acting import Day, Step, done, refused, step

HOUR = timedelta(hours=1)
FARTHER = Destination("вул. Бориспільська, 7", Point(50.4310, 30.6400))
LVIV = Destination("пл. Ринок, 1", Point(49.8419, 24.0315))


def changed(world: World, id: UUID, **details: object) -> Step[Order]:
    return step(amending.change_details, id, Details(**details), by=world.customer)  # type: ignore[arg-type]


async def test_a_farther_door_costs_more_and_takes_longer(day: Day) -> None:
    world = day.world
    id = await world.order()
    before = await world.look(id)

    await done(world, changed(world, id, destination=FARTHER, contact_phone="067 765 43 21"))

    order = await world.look(id)
    assert (order.address_line, order.contact_phone) == (FARTHER.line, "+380677654321")
    assert order.delivery_fee > before.delivery_fee
    assert order.promised_at > before.promised_at
    assert order.version == before.version + 1
    assert (await world.kinds(id))[-1] == "ORDER_DETAILS_CHANGED"


async def test_another_fee_than_expected_and_a_door_out_of_reach_change_nothing(day: Day) -> None:
    world = day.world
    id = await world.order()
    total = ((await world.look(id)).total, "UAH")
    wanted = changed(world, id, destination=FARTHER, expected_total=total)
    (no,) = await refused(world, wanted, PriceChanged)
    assert no.actual > total[0]
    far = changed(world, id, destination=LVIV, contact_phone="067 765 43 21")
    await refused(world, far, OutOfZone, OutOfZone)


async def test_another_window_moves_the_release_with_it(day: Day) -> None:
    world, start = day.world, await day.clock() + 4 * HOUR
    id = await day.order(window=Span(start, start + HOUR))
    (before,) = await world.open_tasks(id)
    later = Span(start + 2 * HOUR, start + 3 * HOUR)

    await done(world, changed(world, id, window=later))

    order, (wait,) = await world.look(id), await world.open_tasks(id)
    assert order.window == later
    assert order.promised_at == later.end
    assert (wait.kind, wait.due - before.due) == ("release_due", 2 * HOUR)
    gone = Span(start - 6 * HOUR, start - 5 * HOUR)
    await refused(world, changed(world, id, window=gone), WindowNotAvailable)
    await day.passes(seconds=(wait.due - await day.clock()).total_seconds())
    assert (await world.look(id)).status is OrderStatus.PLACED
    await refused(world, changed(world, id, window=later), ForbiddenStep)


async def test_a_slow_dish_gets_its_time_at_another_door_too(day: Day) -> None:
    world, start = day.world, await day.clock() + 8 * HOUR
    async with world.transaction() as session:
        (await session.get_one(Product, world.borscht)).preparation_minutes = 150
    id = await day.order(world.portion(world.borscht), window=Span(start, start + HOUR))
    (before,) = await world.open_tasks(id)

    await done(world, changed(world, id, destination=FARTHER))

    (wait,) = await world.open_tasks(id)
    assert wait.due <= before.due
    assert start - wait.due > timedelta(minutes=150)
    soon = await day.clock() + HOUR
    wanted = changed(world, id, window=Span(soon, soon + HOUR))
    await refused(world, wanted, WindowNotAvailable)


async def test_notes_and_the_door_are_told_until_they_are_needed(day: Day) -> None:
    world, start = day.world, await day.clock() + 4 * HOUR
    id = await day.order(window=Span(start, start + HOUR))
    line = (await world.look(id)).tickets[0].lines[0]

    notes = ((line.id, "No dill"),)
    await done(world, changed(world, id, notes=notes, door_details="Third floor"))

    order = await world.look(id)
    assert order.address_details == "Third floor"
    assert order.tickets[0].lines[0].note == "No dill"
    await done(world, changed(world, id, notes=((line.id, ""),), door_details=""))
    order = await world.look(id)
    assert (order.address_details, order.tickets[0].lines[0].note) == (None, None)
    await refused(world, changed(world, id, notes=((id, "Whose?"),)), NotFound)


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"contact_phone": "12"},
        {"door_details": "x" * 301},
        {"destination": replace(DOOR, line=" ")},
    ],
)
async def test_what_cannot_be_is_refused(day: Day, details: dict[str, object]) -> None:
    id = await day.world.order()
    await refused(day.world, changed(day.world, id, **details), InvalidInput)


async def test_our_driver_goes_to_the_new_door_until_something_is_on_board(day: Day) -> None:
    world = day.world
    id = await day.assigned()
    reward = (await day.delivery(id)).reward

    await done(world, changed(world, id, destination=FARTHER, door_details="Ring twice"))

    delivery = await day.delivery(id)
    door = delivery.dropoff
    assert (door.address_line, door.address_details) == (FARTHER.line, "Ring twice")
    assert delivery.reward > reward

    first = (await day.stops(id))[0]
    await day.arrive(first)
    await day.complete(first)
    (no,) = await refused(world, changed(world, id, destination=DOOR), ForbiddenStep)
    assert set(no.allowed) == {"DOOR_DETAILS", "CONTACT_PHONE"}
    await done(world, changed(world, id, contact_phone="067 765 43 21", door_details="Gate 2"))
    assert (await day.delivery(id)).dropoff.address_details == "Gate 2"
