from __future__ import annotations

from datetime import timedelta

import pytest

from catering.domain.deliveries import DeliveryStatus
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.refusals import ForbiddenStep, InvalidInput, NotFound
from catering.domain.tickets import TicketStatus
from catering.services import kitchens
from catering.services.kitchens import LONGEST_PREPARATION

from .acting import Day, refused, step


async def test_a_kitchen_says_when_it_will_be_ready(day: Day) -> None:
    id = await day.order()
    ticket = (await day.tickets(id))[0]
    ready = await day.clock() + timedelta(minutes=33)

    await day.do(step(kitchens.accept, ticket.id, ready, by=day.world.cook))

    order = await day.world.look(id)
    assert (order.tickets[0].status, order.tickets[0].ready_at) == (TicketStatus.ACCEPTED, ready)
    assert order.status is OrderStatus.PREPARING
    assert {line.status for line in order.tickets[0].lines} == {"CONFIRMED"}
    (late,) = [t for t in await day.world.open_tasks(id) if t.kind == "ticket_late"]
    assert late.due == ready + timedelta(minutes=5)


@pytest.mark.parametrize(
    "after", [timedelta(0), timedelta(minutes=-1), LONGEST_PREPARATION + timedelta(seconds=1)]
)
async def test_a_promise_is_within_four_hours(day: Day, after: timedelta) -> None:
    ticket = (await day.tickets(await day.order()))[0]
    accept = step(kitchens.accept, ticket.id, await day.clock() + after, by=day.world.cook)

    (no,) = await refused(day.world, accept, InvalidInput)

    assert no.path == ("readyAt",)


async def test_a_part_that_is_rejected_leaves_the_rest_as_it_is(day: Day) -> None:
    world = day.world
    id = await day.order()
    before = await world.look(id)

    await day.do(step(kitchens.reject, before.tickets[1].id, "No juice", by=world.market_cook))

    order = await world.look(id)
    assert [t.status for t in order.tickets] == [TicketStatus.SUBMITTED, TicketStatus.REJECTED]
    assert order.status is OrderStatus.PLACED
    assert order.total == before.total, "its customer is asked first"


async def test_a_part_may_be_rejected_when_the_journey_is_planned(day: Day) -> None:
    world = day.world
    id = await day.assigned()
    rejected = (await day.tickets(id))[1]

    await day.do(step(kitchens.reject, rejected.id, "Burnt", by=world.market_cook))

    stops = await day.stops(id)
    assert {s.ticket_id: s.status for s in stops}[rejected.id] == "SKIPPED"
    for stop in [s for s in stops if s.status == "PENDING"]:
        await day.arrive(stop)
        await day.complete(stop, (await world.look(id)).pin)
    assert (await world.look(id)).status is OrderStatus.DELIVERED


async def test_an_order_that_every_kitchen_rejects_ends(day: Day) -> None:
    world = day.world
    id = await day.order()
    for ticket in await day.tickets(id):
        await day.do(step(kitchens.reject, ticket.id, "Closed", by=day.cook(ticket)))

    order = await world.look(id)
    assert order.status is OrderStatus.CANCELLED
    assert order.cancellation_reason is CancellationReason.KITCHEN_REJECTED
    assert (order.subtotal, order.captured) == (0, 0)
    assert await day.waits(id) == []


async def test_a_ticket_is_one_kitchens_own(day: Day) -> None:
    world = day.world
    ticket = (await day.tickets(await day.order()))[0]

    for by in (world.market_cook, world.stranger, world.driver):
        await refused(world, step(kitchens.accept, ticket.id, None, by=by), NotFound)
        await refused(world, step(kitchens.reject, ticket.id, "?", by=by), NotFound)
        await refused(world, step(kitchens.mark_ready, ticket.id, by=by), NotFound)
    await refused(world, step(kitchens.accept, ticket.id, None, by=world.customer), ForbiddenStep)


async def test_food_is_marked_ready_once_it_was_accepted(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht))
    (ticket,) = await day.tickets(id)
    ready = step(kitchens.mark_ready, ticket.id, by=world.cook)
    await refused(world, ready, ForbiddenStep)
    await day.do(step(kitchens.accept, ticket.id, None, by=world.cook))

    await day.do(ready)

    order = await world.look(id)
    assert (order.status, order.tickets[0].status) == (OrderStatus.READY, TicketStatus.READY)
    assert order.tickets[0].ready_at == await day.clock()
    await refused(world, ready, ForbiddenStep)
    await refused(world, step(kitchens.reject, ticket.id, "?", by=world.cook), ForbiddenStep)


async def test_nobody_accepts_twice_or_after_the_end(day: Day) -> None:
    world = day.world
    id = await day.order()
    first, second = await day.tickets(id)
    accept = step(kitchens.accept, first.id, None, by=world.cook)
    await day.do(accept)
    await refused(world, accept, ForbiddenStep)

    await day.do(step(kitchens.reject, second.id, "No", by=world.market_cook))
    await refused(
        world, step(kitchens.accept, second.id, None, by=world.market_cook), ForbiddenStep
    )


async def test_food_that_is_ready_early_is_not_left_to_get_cold(day: Day) -> None:
    """The search begins when the last kitchen is done, not when it was to be expected."""
    id = await day.order()
    kitchen, market = await day.tickets(id)
    for ticket in (kitchen, market):
        later = await day.clock() + timedelta(minutes=50)
        await day.do(step(kitchens.accept, ticket.id, later, by=day.cook(ticket)))
    await day.do(step(kitchens.mark_ready, kitchen.id, by=day.cook(kitchen)))
    assert (await day.delivery(id)).status is DeliveryStatus.PLANNED

    await day.do(step(kitchens.mark_ready, market.id, by=day.cook(market)))

    assert (await day.delivery(id)).status is DeliveryStatus.SEARCHING
    assert "search_due" not in await day.waits(id)
