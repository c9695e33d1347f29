"""A restaurant does not cook its part while another one does: its customer says what follows."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.domain.deliveries import DeliveryStatus
from catering.domain.lines import LineStatus, ResolutionChoice, ResolutionStatus, StandByKind
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.people import Role
from catering.domain.refusals import ForbiddenStep, InvalidInput, RestaurantClosed
from catering.domain.tickets import TicketStatus
from catering.models import Restaurant, Ticket
from catering.services import kitchens, overdue, resolving

from .acting import Day, refused, step, stock
from .replaying import must_replay

REMOVE, WAIT = ResolutionChoice.REMOVE, ResolutionChoice.WAIT
CANCEL_ORDER = ResolutionChoice.CANCEL_ORDER


async def rejected(day: Day, id: UUID | None = None) -> UUID:
    """An order whose second kitchen has said no."""
    id = id or await day.order()
    await reject(day, (await day.tickets(id))[1])
    return id


async def reject(day: Day, ticket: Ticket) -> None:
    await day.do(step(kitchens.reject, ticket.id, "No juice today", by=day.cook(ticket)))


async def accept(day: Day, ticket: Ticket) -> None:
    await day.do(step(kitchens.accept, ticket.id, None, by=day.cook(ticket)))


async def choose(day: Day, id: UUID, choice: ResolutionChoice) -> None:
    resolution = (await day.world.look(id)).resolutions[-1]
    by = day.world.customer
    await day.do(step(resolving.answer, resolution.id, choice, None, by=by))


async def test_the_customer_is_asked_and_nothing_is_given_away_meanwhile(day: Day) -> None:
    world = day.world
    id = await rejected(day)

    order = await world.look(id)
    (asked,) = order.resolutions
    assert (asked.status, asked.line_id) == (ResolutionStatus.OPEN, None)
    assert asked.ticket_id == order.tickets[1].id
    assert asked.deadline == await day.clock() + timedelta(minutes=5)
    assert order.needs_action
    (wait,) = [t for t in await world.open_tasks(id) if t.kind == "resolution_unanswered"]
    assert (wait.owner, wait.due) == (Role.CUSTOMER, asked.deadline)
    assert (order.subtotal, await stock(world, world.juice)) == (24_000, 8)
    await accept(day, order.tickets[0])
    assert (await world.look(id)).deliveries == [], "the juice may come after all"


async def test_he_goes_without_it_and_the_rest_comes(day: Day) -> None:
    world = day.world
    id = await rejected(day)
    await accept(day, (await day.tickets(id))[0])

    await choose(day, id, REMOVE)

    order = await world.look(id)
    assert order.resolutions[0].status is ResolutionStatus.REJECTED
    assert [line.status for line in order.tickets[1].lines] == [LineStatus.REMOVED]
    assert (order.subtotal, await stock(world, world.juice)) == (12_000, 10)
    assert not order.needs_action
    assert len((await day.delivery(id)).pickups) == 1
    await must_replay(world, id)


async def test_he_calls_it_all_off_and_we_pay_who_has_begun(day: Day) -> None:
    world = day.world
    id = await day.order()
    await accept(day, (await day.tickets(id))[0])
    await rejected(day, id)

    await choose(day, id, CANCEL_ORDER)

    order = await world.look(id)
    assert (order.status, order.cancelled_by) == (OrderStatus.CANCELLED, world.customer.id)
    assert order.cancellation_reason is CancellationReason.KITCHEN_REJECTED
    assert await stock(world, world.juice) == 10
    assert await world.balances(id) == {"PLATFORM": -6_000, "RESTAURANT": 6_000}
    assert await day.waits(id) == []


@pytest.mark.parametrize("kind", [StandByKind.ASK_ME, StandByKind.CANCEL_ORDER])
async def test_who_stays_silent_is_reminded_and_then_goes_by_his_stand_by(
    day: Day, kind: StandByKind
) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht), world.portion(world.juice, kind=kind))
    await accept(day, (await day.tickets(id))[0])
    await rejected(day, id)
    await day.passes(minutes=5, seconds=-1)
    assert (await world.kinds(id)).count("RESOLUTION_REMINDED") == 2
    assert (await world.look(id)).resolutions[0].status is ResolutionStatus.OPEN

    await day.passes(seconds=1)

    order = await world.look(id)
    assert order.resolutions[0].status is ResolutionStatus.EXPIRED
    assert (order.status is OrderStatus.CANCELLED) is (kind is StandByKind.CANCEL_ORDER)
    assert await stock(world, world.juice) == 10
    if order.delivery is not None:
        assert len(order.delivery.pickups) == 1


async def test_he_waits_and_the_restaurant_is_asked_once_more(day: Day) -> None:
    world = day.world
    id = await rejected(day)
    await accept(day, (await day.tickets(id))[0])
    estimated = (await world.look(id)).estimated_at
    assert estimated is not None

    await choose(day, id, WAIT)

    order = await world.look(id)
    lost, again = order.tickets[1:]
    assert (lost.status, again.status) == (TicketStatus.REJECTED, TicketStatus.QUEUED)
    assert (lost.lines, [line.quantity for line in again.lines]) == ([], [2])
    assert again.reference != lost.reference
    assert order.estimated_at == estimated + timedelta(minutes=10)
    assert (order.subtotal, await stock(world, world.juice)) == (24_000, 8)
    assert "ticket_repeat_due" in await day.waits(id)
    await day.passes(minutes=10)
    assert (await day.tickets(id))[2].status is TicketStatus.SUBMITTED
    await accept(day, (await day.tickets(id))[2])
    pickups = (await day.delivery(id)).pickups
    assert {stop.ticket_id for stop in pickups} == {order.tickets[0].id, again.id}
    await must_replay(world, id)


async def test_a_planned_journey_is_planned_anew_for_what_he_waits_for(day: Day) -> None:
    id = await day.accepted()
    await rejected(day, id)
    assert (await day.delivery(id)).status is DeliveryStatus.PLANNED

    await choose(day, id, WAIT)
    await day.passes(minutes=10)
    await accept(day, (await day.tickets(id))[2])

    before, _ = (await day.world.look(id)).deliveries
    assert before.status is DeliveryStatus.CANCELLED
    assert len((await day.delivery(id)).pickups) == 2


async def test_nobody_is_sent_to_a_kitchen_that_said_no_while_he_thinks(day: Day) -> None:
    id = await day.order()
    dishes, goods = await day.tickets(id)
    soon = await day.clock() + timedelta(minutes=17)
    for ticket in (dishes, goods):
        await day.do(step(kitchens.accept, ticket.id, soon, by=day.cook(ticket)))
    await reject(day, goods)
    delivery = await day.delivery(id)
    assert (delivery.status, len(delivery.pickups)) == (DeliveryStatus.PLANNED, 2)

    await day.passes(minutes=4)

    order, delivery = await day.world.look(id), await day.delivery(id)
    assert order.resolutions[0].status is ResolutionStatus.OPEN
    assert delivery.status is DeliveryStatus.SEARCHING
    assert [stop.ticket_id for stop in delivery.pickups] == [dishes.id]
    await must_replay(day.world, id)


async def test_who_had_said_yes_before_he_said_no_is_asked_anew(day: Day) -> None:
    world = day.world
    id = await day.accepted()
    await rejected(day, id)

    await choose(day, id, WAIT)
    assert [line.status for line in (await day.tickets(id))[2].lines] == [LineStatus.PENDING]

    await day.passes(minutes=10)
    await accept(day, (await day.tickets(id))[2])
    assert [line.status for line in (await day.tickets(id))[2].lines] == [LineStatus.CONFIRMED]
    await must_replay(world, id)


async def test_nobody_waits_for_ever(day: Day) -> None:
    world = day.world
    id = await rejected(day)
    await accept(day, (await day.tickets(id))[0])
    for _ in range(2):
        await choose(day, id, WAIT)
        await day.passes(minutes=10)
        await reject(day, (await day.tickets(id))[-1])

    asked = (await world.look(id)).resolutions[-1]
    answer = step(resolving.answer, asked.id, WAIT, None, by=world.customer)
    (no,) = await refused(world, answer, ForbiddenStep)
    assert (no.path, no.allowed) == (("choice",), ("REMOVE", "CANCEL_ORDER"))


async def test_nobody_waits_for_a_restaurant_that_is_closed_by_then(day: Day) -> None:
    world = day.world
    id = await rejected(day)
    later = await day.clock() + timedelta(hours=1)
    async with world.transaction() as session:
        paused = update(Restaurant).where(Restaurant.id == world.market)
        await session.execute(paused.values(paused_until=later))

    (asked,) = (await world.look(id)).resolutions
    answer = step(resolving.answer, asked.id, WAIT, None, by=world.customer)
    (no,) = await refused(world, answer, RestaurantClosed)
    assert (no.restaurant_id, no.opens_at) == (world.market, later)


async def test_a_courier_who_is_under_way_is_not_kept_waiting(day: Day) -> None:
    world = day.world
    id = await rejected(day, await day.assigned())
    (asked,) = (await world.look(id)).resolutions
    stops = await day.stops(id)
    assert [stop.status for stop in stops if stop.ticket_id == asked.ticket_id] == ["SKIPPED"]
    answer = step(resolving.answer, asked.id, WAIT, None, by=world.customer)
    await refused(world, answer, ForbiddenStep)

    (stop,) = [stop for stop in stops if stop.ticket_id not in {None, asked.ticket_id}]
    await day.arrive(stop)
    await day.complete(stop)

    order = await world.look(id)
    assert (order.resolutions[0].status, order.resolutions[0].choice) == ("EXPIRED", REMOVE)
    assert (order.subtotal, await stock(world, world.juice)) == (12_000, 10)
    assert order.status is OrderStatus.IN_DELIVERY


async def test_he_is_asked_as_well_where_nobody_could_help_a_late_kitchen(day: Day) -> None:
    world = day.world
    id = await day.accepted()
    await day.passes(minutes=30)  # late, and later; then a manager is called
    late = (await day.tickets(id))[1]
    assert late.escalated

    await day.do(step(overdue.ticket_unhandled, late.id))

    order = await world.look(id)
    assert [t.status for t in order.tickets] == [TicketStatus.ACCEPTED, TicketStatus.CANCELLED]
    (asked,) = order.resolutions
    assert (asked.ticket_id, asked.status) == (order.tickets[1].id, ResolutionStatus.OPEN)


async def test_nothing_is_asked_any_more_once_nothing_else_comes(day: Day) -> None:
    world = day.world
    id = await rejected(day)
    await reject(day, (await day.tickets(id))[0])

    order = await world.look(id)
    assert order.status is OrderStatus.CANCELLED
    assert order.resolutions[0].status is ResolutionStatus.EXPIRED
    assert (await stock(world, world.juice), await day.waits(id)) == (10, [])
    assert await world.balances(id) == {}
    await must_replay(world, id)


async def test_who_rejects_all_of_it_is_not_asked_about_a_dish(day: Day) -> None:
    world = day.world
    id = await day.accepted(
        world.portion(world.juice), world.portion(world.bread), world.portion(world.borscht)
    )
    line = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, line.id, None, by=world.market_cook))

    await reject(day, (await day.tickets(id))[0])

    order = await world.look(id)
    about_line, about_part = order.resolutions
    assert (about_line.status, about_part.status) == ("EXPIRED", "OPEN")
    assert [line.status for line in order.tickets[0].lines] == ["REMOVED", "CONFIRMED"]
    assert order.subtotal == 3_500 + 12_000


@pytest.mark.parametrize("choice", [ResolutionChoice.SUBSTITUTE, ResolutionChoice.POSTPONE])
async def test_of_a_whole_part_there_is_no_substitute(day: Day, choice: ResolutionChoice) -> None:
    world = day.world
    (asked,) = (await world.look(await rejected(day))).resolutions

    answer = step(resolving.answer, asked.id, choice, None, by=world.customer)
    (no,) = await refused(world, answer, InvalidInput)
    assert no.rule == "choice"
