"""The way of one order through the use cases, on our own board and with our own driver."""

from __future__ import annotations

from catering.domain.deliveries import DeliveryStatus, StopKind
from catering.domain.orders import OrderStatus, PaymentStatus
from catering.domain.tickets import TicketStatus
from catering.services import (
    driving,
    kitchens,
    offering,
    overdue,
    planning,
    travelling,
)
from tests.services.acting import sought
from tests.world import AT_KITCHEN, World


async def test_dishes_of_two_restaurants_reach_one_door(world: World) -> None:
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.driver)
    id = await world.order()
    order = await world.look(id)
    assert order.status is OrderStatus.PLACED
    assert [t.status for t in order.tickets] == [TicketStatus.QUEUED, TicketStatus.QUEUED]

    for ticket, cook in zip(order.tickets, (world.cook, world.market_cook), strict=True):
        async with world.transaction() as session:
            assert await kitchens.begin_submission(session, ticket.id) is None
        async with world.transaction() as session:
            await kitchens.accept(session, ticket.id, None, by=cook)
    async with world.transaction() as session:
        await planning.plan(session, id)
    delivery = (await world.look(id)).delivery
    assert delivery is not None
    async with world.transaction() as session:
        await overdue.search_due(session, delivery.id)
    await sought(world)
    (offer,) = (await world.look(id)).deliveries[0].offers
    async with world.transaction() as session:
        await offering.accept(session, offer.id, by=world.driver)
    for ticket, cook in zip(order.tickets, (world.cook, world.market_cook), strict=True):
        async with world.transaction() as session:
            await kitchens.mark_ready(session, ticket.id, by=cook)
    for stop in delivery.stops:
        async with world.transaction() as session:
            await travelling.arrive(session, stop.id, None, by=world.driver)
        async with world.transaction() as session:
            pin = order.pin if stop.kind is StopKind.DROPOFF else None
            await travelling.complete(session, stop.id, pin, None, None, by=world.driver)

    order = await world.look(id)
    assert order.status is OrderStatus.DELIVERED
    assert order.payment_status is PaymentStatus.CAPTURED
    assert order.captured == order.total == 12_000 + 2 * 6_000 + order.delivery_fee
    assert order.deliveries[0].status is DeliveryStatus.DELIVERED
    assert [task for task in await world.open_tasks(id) if task.is_wait] == []
