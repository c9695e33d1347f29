from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Span
from catering.domain.deliveries import DeliveryStatus
from catering.domain.offers import OfferStatus
from catering.domain.orders import CancellationReason, OrderStatus, PaymentStatus
from catering.domain.people import SYSTEM
from catering.domain.refusals import ForbiddenStep, NotFound
from catering.domain.tickets import TicketStatus
from catering.models import Product
from catering.services import cancelling, kitchens
from tests.world import World

from .acting import Day, done, refused, somebody_waits, step, stock

WHY = CancellationReason.CHANGED_MIND


async def test_a_customer_cancels_before_a_kitchen_has_said_yes(day: Day) -> None:
    world = day.world
    id = await day.order()
    assert await stock(world, world.juice) == 8

    await day.do(step(cancelling.cancel, id, WHY, "Not hungry", by=world.customer))

    order = await world.look(id)
    assert (order.status, order.cancellation_reason) == (OrderStatus.CANCELLED, WHY)
    assert (order.cancelled_by, order.cancellation_comment) == (world.customer.id, "Not hungry")
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.CANCELLED}
    assert (order.payment_status, order.subtotal) == (PaymentStatus.VOIDED, 0)
    assert await stock(world, world.juice) == 10
    assert await day.waits(id) == []


async def test_a_scheduled_order_that_is_cancelled_is_never_released(day: Day) -> None:
    world = day.world
    start = await day.clock() + timedelta(hours=3)
    id = await day.order(window=Span(start, start + timedelta(hours=1)))
    await done(world, step(cancelling.cancel, id, WHY, None, by=world.customer))

    await day.passes(hours=4)

    assert (await world.kinds(id))[-1] == "ORDER_CANCELLED"


async def test_a_customer_who_cancels_what_is_being_cooked_pays_for_it(day: Day) -> None:
    world = day.world
    id = await day.order()
    ticket = (await day.tickets(id))[0]
    await day.do(step(kitchens.accept, ticket.id, None, by=world.cook))

    why = CancellationReason.KITCHEN_REJECTED  # whatever he says
    await day.do(step(cancelling.cancel, id, why, None, by=world.customer))

    order = await world.look(id)
    assert (order.status, order.cancellation_fee, order.total) == ("CANCELLED", 6_000, 6_000)
    # He was to pay at a door that nobody comes to: it is ours to bear.
    assert (order.payment_status, order.captured) == (PaymentStatus.VOIDED, 0)
    assert await world.balances(id) == {"RESTAURANT": 6_000, "PLATFORM": -6_000}


async def test_a_customer_does_not_cancel_what_is_on_its_way_to_him(day: Day) -> None:
    id = await day.collected(day.world.portion(day.world.borscht))

    (no,) = await refused(
        day.world, step(cancelling.cancel, id, WHY, None, by=day.world.customer), ForbiddenStep
    )

    assert no.current == OrderStatus.IN_DELIVERY


@pytest.mark.parametrize("when", ["order", "accepted", "offered", "collected", "at_the_door"])
async def test_a_manager_cancels_any_time_before_the_end(day: Day, when: str) -> None:
    world = day.world
    id = await getattr(day, when)()

    await day.do(step(cancelling.cancel, id, CancellationReason.OTHER, None, by=world.manager))

    order = await world.look(id)
    assert (order.status, order.cancelled_role) == (OrderStatus.CANCELLED, world.manager.role)
    if order.delivery is not None:
        assert order.delivery.status is DeliveryStatus.CANCELLED
        assert {offer.status for offer in order.delivery.offers} <= {OfferStatus.WITHDRAWN}
    assert await day.waits(id) == []
    again = step(cancelling.cancel, id, CancellationReason.OTHER, None, by=world.manager)
    await refused(world, again, ForbiddenStep)


async def test_what_is_on_the_road_does_not_go_back_on_the_shelf(day: Day) -> None:
    world = day.world
    id = await day.collected()

    await day.do(step(cancelling.cancel, id, CancellationReason.OTHER, None, by=world.manager))

    assert await stock(world, world.juice) == 8


async def test_nobody_cancels_what_was_delivered(day: Day) -> None:
    world = day.world
    id = await day.delivered(world.portion(world.borscht))

    for by in (world.customer, world.manager):
        await refused(world, step(cancelling.cancel, id, WHY, None, by=by), ForbiddenStep)


async def test_drivers_and_kitchens_never_cancel_an_order(day: Day) -> None:
    world = day.world
    id = await day.assigned()

    for by in (world.driver, world.cook):
        await refused(world, step(cancelling.cancel, id, WHY, None, by=by), ForbiddenStep)


async def test_somebody_elses_order_is_not_there(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht))

    for by in (world.stranger, world.market_cook, world.driver):
        await refused(world, step(cancelling.cancel, id, WHY, None, by=by), NotFound)


async def test_an_order_being_called_off_and_one_being_placed_never_wait_for_each_other(
    committed: World,
) -> None:
    """Shelves are locked in one order, however many tickets an order has."""
    world = committed
    low, high = sorted([world.borscht, world.juice])
    async with world.transaction() as session:
        await session.execute(update(Product).where(Product.id == world.borscht).values(stock=9))
    id = await world.order(world.portion(high), world.portion(low))

    async with world.transaction() as placing:
        await _take(placing, low)
        calling_off = asyncio.create_task(
            done(world, step(cancelling.cancel, id, WHY, None, by=world.customer))
        )
        while not await somebody_waits(world):
            assert not calling_off.done()
        await _take(placing, high)  # raises when the other holds it

    await calling_off
    assert (await world.look(id)).status is OrderStatus.CANCELLED


async def test_the_system_may_cancel_for_itself(day: Day) -> None:
    id = await day.accepted(day.world.portion(day.world.borscht))
    await day.do(step(cancelling.cancel, id, CancellationReason.NO_CARRIER, None, by=SYSTEM))
    assert (await day.world.look(id)).cancelled_role is None


async def _take(session: AsyncSession, product: UUID) -> None:
    await session.execute(
        select(Product.id).where(Product.id == product).with_for_update(nowait=True)
    )
