"""Orders through outside systems: handed over once, followed, collected by couriers for hire."""

from __future__ import annotations

from uuid import UUID

import pytest

from catering.domain.bookings import BookingStatus
from catering.domain.deliveries import DeliveryStatus
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.tickets import TicketStatus
from catering.models import Booking, Order, Ticket
from catering.services import cancelling

from .conftest import Stage


@pytest.fixture
async def outside_kitchens(stage: Stage) -> Stage:
    """A kitchen that we poll and one that calls us."""
    await stage.connect(stage.world.kitchen, "poster", "1")
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    return stage


@pytest.mark.parametrize("company", ["uklon", "uber_direct"])
async def test_outside_kitchens_cook_and_outside_couriers_deliver(
    outside_kitchens: Stage, company: str
) -> None:
    stage = outside_kitchens
    await stage.account(company, "courier")
    id = await stage.world.order()

    order = await _until(stage, id, OrderStatus.DELIVERED)

    assert [ticket.status for ticket in order.tickets] == [TicketStatus.PICKED_UP] * 2
    assert [b.status for b in order.deliveries[0].bookings] == [BookingStatus.COMPLETED] * 2
    parts: list[Ticket | Booking] = [*order.tickets, *order.deliveries[0].bookings]
    for part in parts:
        assert await stage.outside.live_effects(part.reference) == 1
    kinds = await stage.world.kinds(id)
    assert kinds.count("TICKET_ACCEPTED") == kinds.count("BOOKING_COMPLETED") == 2
    assert not [task for task in await stage.world.open_tasks(id) if task.is_wait]


@pytest.mark.parametrize(
    ("provider", "operation"),
    [("poster", "incomingOrders.createIncomingOrder"), ("open-kitchen", "put_ticket")],
)
async def test_an_unclear_answer_of_a_kitchen_is_looked_up_before_it_is_asked_again(
    outside_kitchens: Stage, provider: str, operation: str
) -> None:
    stage = outside_kitchens
    await stage.outside.fail(provider, operation, "commit_then_fail", status=500)
    id = await stage.world.order()

    await stage.work()
    await stage.do("submit_ticket")

    order = await stage.world.look(id)
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.SUBMITTED}
    for ticket in order.tickets:
        assert await stage.outside.live_effects(ticket.reference) == 1


@pytest.mark.parametrize(
    ("company", "outside", "operation"),
    [("uklon", "uklon", "create_order"), ("uber_direct", "uber", "create_delivery")],
)
async def test_an_unclear_answer_of_a_company_does_not_send_two_couriers(
    outside_kitchens: Stage, company: str, outside: str, operation: str
) -> None:
    stage = outside_kitchens
    await stage.account(company, "courier")
    await stage.outside.fail(outside, operation, "commit_then_fail", status=500, times=2)
    id = await stage.world.order()

    order = await _until(stage, id, OrderStatus.DELIVERED)

    for booking in order.deliveries[0].bookings:
        assert await stage.outside.live_effects(booking.reference) == 1


async def test_a_ticket_that_is_not_wanted_any_more_is_taken_back(outside_kitchens: Stage) -> None:
    stage = outside_kitchens
    id = await stage.world.order()
    await stage.work()

    async with stage.world.transaction() as session:
        reason = CancellationReason.CHANGED_MIND
        await cancelling.cancel(session, id, reason, None, by=stage.world.customer)
    await stage.work()

    poster, market = (await stage.world.look(id)).tickets
    assert await stage.outside.live_effects(market.reference) == 0
    # Poster has no way to take an order back: its restaurant has to be called.
    assert await stage.outside.live_effects(poster.reference) == 1


async def test_couriers_of_an_order_that_is_called_off_are_called_off(
    outside_kitchens: Stage,
) -> None:
    stage = outside_kitchens
    await stage.account("uber_direct", "courier")
    id = await stage.world.order()
    order = await _until(stage, id, OrderStatus.PREPARING)
    while order.delivery is None or order.delivery.status is not DeliveryStatus.ASSIGNED:
        await stage.minutes_pass()
        order = await stage.world.look(id)

    async with stage.world.transaction() as session:
        await cancelling.cancel(
            session, id, CancellationReason.OTHER, "A test", by=stage.world.manager
        )
    await stage.work()

    order = await stage.world.look(id)
    assert order.status is OrderStatus.CANCELLED
    assert [b.status for b in order.deliveries[0].bookings] == [BookingStatus.CANCELLED] * 2
    for booking in order.deliveries[0].bookings:
        assert await stage.outside.live_effects(booking.reference) == 0


async def test_a_company_that_drops_a_trip_is_replaced_by_another(outside_kitchens: Stage) -> None:
    stage = outside_kitchens
    await stage.account("uber_direct", "courier")
    await stage.account("uklon", "courier")
    await stage.outside.tell("courier/uber", cancel_next=True)  # the cheaper one
    id = await stage.world.order()

    order = await _until(stage, id, OrderStatus.DELIVERED)

    statuses = [booking.status for booking in order.deliveries[0].bookings]
    assert statuses.count(BookingStatus.COMPLETED) == 2
    assert BookingStatus.LOST in statuses
    assert len({b.reference for b in order.deliveries[0].bookings}) == len(statuses)


async def test_a_kitchen_that_says_no_ends_its_part_and_the_rest_goes_on(
    outside_kitchens: Stage,
) -> None:
    stage = outside_kitchens
    await stage.account("uklon", "courier")
    await stage.outside.tell("restaurant/poster", reject_next=True)
    id = await stage.world.order()
    before = (await stage.world.look(id)).total

    order = await _until(stage, id, OrderStatus.DELIVERED)

    assert {t.status for t in order.tickets} == {TicketStatus.REJECTED, TicketStatus.PICKED_UP}
    assert order.captured == order.total < before


async def test_a_kitchen_that_lacks_something_is_told_what_to_cook_instead(
    outside_kitchens: Stage,
) -> None:
    stage, world = outside_kitchens, outside_kitchens.world
    await stage.account("uklon", "courier")
    await stage.outside.tell("restaurant/open-kitchen", miss_next=1)
    id = await world.order(
        world.portion(world.borscht), world.portion(world.juice), world.portion(world.bread)
    )

    order = await _until(stage, id, OrderStatus.DELIVERED)

    statuses = {line.name: line.status for ticket in order.tickets for line in ticket.lines}
    assert statuses == {"Borscht": "CONFIRMED", "Juice": "REMOVED", "Bread": "CONFIRMED"}
    kinds = await world.kinds(id)
    assert kinds.index("TICKET_CHANGED") < kinds.index("TICKET_READY")
    assert order.captured == order.total == 12_000 + 3_500 + order.delivery_fee


async def test_a_kitchen_whose_system_is_down_is_tried_again(outside_kitchens: Stage) -> None:
    stage = outside_kitchens
    await stage.outside.fail("open-kitchen", "*", "error", status=503, times=3)
    id = await stage.world.order()

    await stage.work()
    for _ in range(4):
        await stage.do("submit_ticket")

    assert {t.status for t in (await stage.world.look(id)).tickets} == {TicketStatus.SUBMITTED}


async def _until(stage: Stage, id: UUID, status: OrderStatus) -> Order:
    """Let minutes pass, in steps of three, until the order is there."""
    await stage.work()
    for _ in range(30):
        order = await stage.world.look(id)
        if order.status is status:
            return order
        await stage.minutes_pass(3)
        await stage.do("book_courier")
        await stage.do("resolution_unanswered")  # its customer stays silent
    raise AssertionError(f"{order.status}: {await stage.world.kinds(order.id)}")


async def test_a_company_that_finds_no_courier_loses_the_trip(outside_kitchens: Stage) -> None:
    stage = outside_kitchens
    await stage.account("uber_direct", "courier")
    await stage.account("uklon", "courier")
    await stage.outside.tell("courier/uber", no_courier=True)  # the cheaper one
    id = await stage.world.order()
    order = await _until(stage, id, OrderStatus.PREPARING)
    while order.delivery is None or not order.delivery.bookings:
        await stage.minutes_pass()
        order = await stage.world.look(id)

    assert await stage.do("booking_unassigned") == 2
    order = await _until(stage, id, OrderStatus.DELIVERED)

    lost = [b for b in order.deliveries[0].bookings if b.status is BookingStatus.LOST]
    assert len(lost) == 2
    for booking in lost:
        assert await stage.outside.live_effects(booking.reference) == 0
