"""Calling an order off."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.orders import CancellationReason, may_cancel
from catering.domain.people import Actor
from catering.models import Order

from .losing import call_off
from .orders import of_actor


async def cancel(
    session: AsyncSession,
    order_id: UUID,
    reason: CancellationReason,
    comment: str | None,
    *,
    by: Actor,
) -> Order:
    """Call off the whole order. Raises `Refused(ForbiddenStep)` once it is too late for that."""
    order = await of_actor(session, order_id, by=by)
    may_cancel(order.status, (ticket.status for ticket in order.tickets), by.role)
    await call_off(session, order, reason, comment, by=by)
    return order
