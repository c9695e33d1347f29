"""What happens when somebody does not do what is waited for; and nothing, when he did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import DeliveryStatus
from catering.domain.geography import Point
from catering.domain.orders import CancellationReason, OrderStatus, PaymentStatus
from catering.domain.refusals import ForbiddenStep
from catering.domain.restaurants import Facts
from catering.domain.tickets import TicketStatus
from catering.services import driving, hosting, kitchens, overdue, travelling
from tests.world import AT_KITCHEN

from .acting import Day, done, everything, refused, step, stock
from .replaying import must_replay

ON_THE_WAY = Point(AT_KITCHEN.latitude - 0.01, AT_KITCHEN.longitude)


async def test_a_ticket_that_cannot_be_handed_over_calls_a_manager_and_then_ends(day: Day) -> None:
    world = day.world
    id = await world.order(world.portion(world.juice, 2))
    (ticket,) = await day.tickets(id)
    await done(world, step(overdue.ticket_unsubmitted, ticket.id))
    assert await day.waits(id) == ["ticket_unhandled"]
    assert (await world.look(id)).needs_action

    await done(world, step(overdue.ticket_unhandled, ticket.id))

    order = await world.look(id)
    assert order.tickets[0].status is TicketStatus.SUBMIT_FAILED
    assert order.cancellation_reason is CancellationReason.PROVIDER_FAILED
    assert await stock(world, world.juice) == 10
    await must_replay(world, id)


async def test_a_silent_kitchen_is_reminded_twice_and_then_loses_the_ticket(day: Day) -> None:
    world = day.world
    id = await day.order()
    await day.passes(minutes=4)
    assert (await world.kinds(id)).count("TICKET_REMINDED") == 4, "two kitchens, twice each"
    await day.do(step(kitchens.accept, (await day.tickets(id))[0].id, None, by=world.cook))

    await day.passes(minutes=1)

    order = await world.look(id)
    assert [t.status for t in order.tickets] == [TicketStatus.ACCEPTED, TicketStatus.REJECTED]
    assert order.status is OrderStatus.PREPARING
    assert order.resolutions[0].ticket_id == order.tickets[1].id, "its customer is asked"


async def test_an_outage_of_ours_is_not_the_silence_of_a_kitchen(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht))
    await world.time_passes(timedelta(minutes=7))  # and no worker does what is due
    await day.work()
    assert (await day.tickets(id))[0].status is TicketStatus.SUBMITTED

    await day.passes(minutes=5, seconds=-1)
    assert (await day.tickets(id))[0].status is TicketStatus.SUBMITTED
    await day.passes(seconds=1)
    assert (await day.tickets(id))[0].status is TicketStatus.REJECTED


async def test_late_food_is_asked_for_then_a_manager_then_it_is_over(day: Day) -> None:
    world = day.world
    id = await day.accepted(world.portion(world.borscht))
    await day.passes(minutes=25)
    assert "TICKET_LATE" in await world.kinds(id)
    assert not (await day.tickets(id))[0].escalated
    await day.passes(minutes=5)
    assert (await day.tickets(id))[0].escalated
    assert (await world.look(id)).needs_action

    await day.passes(minutes=30)

    order = await world.look(id)
    assert order.status is OrderStatus.CANCELLED
    assert order.tickets[0].status is TicketStatus.CANCELLED
    assert await day.waits(id) == []


async def test_ready_food_that_nobody_fetches_calls_a_manager(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    id = await day.accepted(world.portion(world.borscht))
    ticket = (await day.tickets(id))[0]
    await day.do(step(kitchens.mark_ready, ticket.id, by=world.cook))

    await done(world, step(overdue.ticket_uncollected, ticket.id))

    assert (await day.tickets(id))[0].escalated
    assert "ticket_unhandled" in await day.waits(id)


async def test_a_search_begins_in_time_and_ends_with_a_manager_and_then_the_order(day: Day) -> None:
    world = day.world
    id = await day.accepted(world.portion(world.borscht))
    assert (await day.delivery(id)).status is DeliveryStatus.PLANNED
    assert "search_due" in await day.waits(id)
    await day.passes(minutes=5)
    assert "carrier_search" in await day.waits(id)
    ticket = (await day.tickets(id))[0]
    await day.do(step(kitchens.mark_ready, ticket.id, by=world.cook))
    await day.passes(minutes=15)
    assert (await day.delivery(id)).status is DeliveryStatus.NO_CARRIER
    assert (await world.look(id)).needs_action
    assert "no_carrier_unhandled" in await day.waits(id)

    delivery = await day.delivery(id)
    await done(world, step(overdue.no_carrier_unhandled, delivery.id))

    order = await world.look(id)
    assert order.cancellation_reason is CancellationReason.NO_CARRIER
    assert (order.payment_status, await day.waits(id)) == (PaymentStatus.VOIDED, [])


async def test_a_driver_of_whom_nothing_is_heard_loses_the_delivery(day: Day) -> None:
    id = await day.assigned(day.world.portion(day.world.borscht))

    await day.passes(minutes=5)

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (DeliveryStatus.SEARCHING, None)
    assert "carrier_search" in await day.waits(id)


async def test_a_driver_who_tells_where_he_is_keeps_it(day: Day) -> None:
    world = day.world
    id = await day.assigned(world.portion(world.borscht))
    for _ in range(2):
        await day.passes(minutes=4)
        now = await day.clock()
        await day.do(step(driving.report_position, ON_THE_WAY, now, by=world.driver))

    await day.passes(minutes=4)

    assert (await day.delivery(id)).driver_id == world.driver.id
    assert "DELIVERY_EXTENDED" in await world.kinds(id)
    assert "courier_silent" in await day.waits(id)


async def test_a_driver_with_half_of_it_on_board_is_not_replaced_but_called(day: Day) -> None:
    id = await day.assigned()
    first = (await day.stops(id))[0]
    await day.arrive(first)
    await day.complete(first)

    await day.passes(minutes=5)

    delivery = await day.delivery(id)
    assert (delivery.escalated, delivery.driver_id) == (True, day.world.driver.id)
    assert "delivery_unhandled" in await day.waits(id)


async def test_a_delivery_that_fails_takes_along_what_was_not_fetched(day: Day) -> None:
    world = day.world
    id = await day.assigned(world.portion(world.borscht), world.portion(world.juice, 2))
    first = (await day.stops(id))[0]
    await day.arrive(first)
    await day.complete(first)
    delivery = await day.delivery(id)
    await done(world, step(overdue.courier_silent, delivery.id))

    await done(world, step(overdue.delivery_unhandled, delivery.id))

    order = await world.look(id)
    assert (order.status, order.payment_status) == (OrderStatus.FAILED, PaymentStatus.VOIDED)
    assert {t.status for t in order.tickets} == {TicketStatus.PICKED_UP, TicketStatus.CANCELLED}
    assert await day.waits(id) == ["turn_back_due"], "only the way back is waited for"
    assert not order.needs_action
    await must_replay(world, id)


@pytest.mark.parametrize("at", ["at the kitchen", "on the way"])
async def test_a_courier_who_does_not_get_on_is_called(day: Day, at: str) -> None:
    portion = day.world.portion(day.world.borscht)
    if at == "on the way":
        id = await day.collected(portion)
        await day.passes(minutes=60)
    else:
        id = await day.assigned(portion)
        await day.arrive((await day.stops(id))[0])
        await day.passes(minutes=20)

    assert (await day.delivery(id)).escalated
    assert (await day.world.look(id)).needs_action
    assert "delivery_unhandled" in await day.waits(id)


async def test_a_door_that_stays_shut_sends_the_order_back_and_frees_the_driver(day: Day) -> None:
    world = day.world
    id = await day.at_the_door(world.portion(world.borscht))
    assert await day.waits(id) == ["door_unanswered"]
    delivery = await day.delivery(id)
    for _ in range(2):
        await day.do(step(travelling.try_contact, delivery.id, None, by=world.driver))

    await day.passes(minutes=7)

    assert (await day.delivery(id)).status is DeliveryStatus.RETURNING
    assert (await world.look(id)).status is OrderStatus.FAILED
    assert await day.waits(id) == ["return_overdue"]
    await day.passes(minutes=60)
    assert (await day.delivery(id)).status is DeliveryStatus.RETURNED
    assert await day.waits(id) == []
    await day.do(step(driving.go_offline, None, by=world.driver))


async def test_what_no_kitchen_wants_back_keeps_no_driver(day: Day) -> None:
    world = day.world
    id = await day.at_the_door(world.portion(world.borscht))
    facts = Facts(discards=True)
    await day.do(step(hosting.change, world.kitchen, facts, by=world.cook))
    delivery = await day.delivery(id)
    for _ in range(2):
        await day.do(step(travelling.try_contact, delivery.id, None, by=world.driver))

    await day.passes(minutes=7)

    assert (await day.delivery(id)).status is DeliveryStatus.DISCARDED
    assert (await world.look(id)).status is OrderStatus.FAILED
    assert await day.waits(id) == []
    await day.do(step(driving.go_offline, None, by=world.driver))
    await must_replay(world, id)


async def test_a_driver_who_has_not_called_twice_is_asked_by_a_manager(day: Day) -> None:
    world = day.world
    id = await day.at_the_door(world.portion(world.borscht))
    delivery = await day.delivery(id)
    call = step(travelling.try_contact, delivery.id, "No answer.", by=world.driver)
    await day.do(call)

    await day.passes(minutes=7)

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.escalated) == (DeliveryStatus.AT_DROPOFF, True)
    await day.do(call)
    assert (await day.delivery(id)).status is DeliveryStatus.RETURNING
    assert (await world.kinds(id)).count("DELIVERY_CONTACT_TRIED") == 2
    await refused(world, call, ForbiddenStep)


Passed = Callable[[AsyncSession, UUID], Awaitable[object]]


@pytest.mark.parametrize(
    "passed",
    [
        overdue.ticket_unsubmitted, overdue.ticket_unanswered, overdue.remind_kitchen,
        overdue.ticket_late, overdue.ticket_overdue, overdue.ticket_uncollected,
        overdue.ticket_unhandled,
    ],
    ids=lambda passed: passed.__name__,
)  # fmt: skip
async def test_a_kitchen_that_was_in_time_hears_nothing(day: Day, passed: Passed) -> None:
    id = await day.collected(day.world.portion(day.world.borscht))
    (ticket,) = await day.tickets(id)
    before = await everything(day.world)

    await done(day.world, step(passed, ticket.id))

    assert await everything(day.world) == before


@pytest.mark.parametrize(
    "passed",
    [
        overdue.search_due, overdue.carrier_search, overdue.no_carrier_unhandled,
        overdue.courier_silent, overdue.delivery_stuck, overdue.delivery_unhandled,
        overdue.door_unanswered, overdue.turn_back_due, overdue.return_overdue,
    ],
    ids=lambda passed: passed.__name__,
)  # fmt: skip
async def test_a_courier_who_was_in_time_hears_nothing(day: Day, passed: Passed) -> None:
    id = await day.delivered(day.world.portion(day.world.borscht))
    delivery = await day.delivery(id)
    await day.world.time_passes(timedelta(hours=2))
    before = await everything(day.world)

    await done(day.world, step(passed, delivery.id))

    assert await everything(day.world) == before
