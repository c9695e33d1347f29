"""A kitchen gets another ticket of an order that is under way already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids, restaurants
from catering.domain.deliveries import LIVE, DeliveryAction
from catering.domain.geography import Point, distance, travel_time
from catering.domain.people import SYSTEM
from catering.domain.resolving import may_join
from catering.domain.tickets import TICKET
from catering.models import Order, Restaurant, Ticket

from . import slots


def can_join(order: Order) -> bool:
    """Whether the journey can still fetch something else."""
    return may_join(order.delivery.status if order.delivery else None)


async def join(
    session: AsyncSession, order: Order, kitchen: Restaurant, start: datetime, *path: str
) -> Ticket:
    """Another ticket, still empty, for a kitchen that can start then. The journey is planned anew
    when it has answered. Raises `Refused(KitchenFull)`."""
    preparation = restaurants.preparation(kitchen, start)
    ready_at = max(start + preparation, *(ticket.ready_at for ticket in order.tickets))
    id = ids.new()
    ticket = Ticket(
        id=id,
        restaurant_id=kitchen.id,
        rank=max(ticket.rank for ticket in order.tickets) + 1,
        status=TICKET.first,
        escalated=False,
        reference=f"cat-{id.hex}",
        ready_at=ready_at,
        work_at=ready_at - preparation,
        lines=[],
    )
    await slots.take_one(session, ticket, *path)  # nothing was changed before, should it refuse
    order.tickets.append(ticket)
    if order.delivery is not None and order.delivery.status in LIVE:
        order.delivery.perform(DeliveryAction.CANCEL, by=SYSTEM)
    if order.way_seconds is not None:
        way = distance(Point(kitchen.latitude, kitchen.longitude), order.door.point)
        order.way_seconds = max(order.way_seconds, round(travel_time(way).total_seconds()))
    return ticket
