"""A kitchen gets another ticket of an order that is under way already."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from catering.domain import ids
from catering.domain.deliveries import LIVE, DeliveryAction
from catering.domain.people import SYSTEM
from catering.domain.resolving import may_join
from catering.domain.tickets import TICKET
from catering.models import Order, Ticket


def can_join(order: Order) -> bool:
    """Whether the journey can still fetch something else."""
    return may_join(order.delivery.status if order.delivery else None)


def join(order: Order, restaurant_id: UUID, ready_at: datetime) -> Ticket:
    """Another ticket, still empty. The journey is planned anew when its kitchen has answered."""
    if order.delivery is not None and order.delivery.status in LIVE:
        order.delivery.perform(DeliveryAction.CANCEL, by=SYSTEM)
    before = max(ticket.ready_at for ticket in order.tickets)
    if order.estimated_at is not None and ready_at > before:
        order.estimated_at += ready_at - before
    id = ids.new()
    ticket = Ticket(
        id=id,
        restaurant_id=restaurant_id,
        rank=max(ticket.rank for ticket in order.tickets) + 1,
        status=TICKET.first,
        escalated=False,
        reference=f"cat-{id.hex}",
        ready_at=ready_at,
        lines=[],
    )
    order.tickets.append(ticket)
    return ticket
