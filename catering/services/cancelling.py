"""Calling an order off."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.orders import CancellationReason, may_cancel
from catering.domain.people import Actor, Role
from catering.models import Order

from .fees import cancellation_fee
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
    """Call off the whole order. Raises `Refused(ForbiddenStep)` once it is too late for that.

    A customer pays for what was begun, whatever reason he gives; the office never makes him.
    """
    order = await of_actor(session, order_id, by=by)
    may_cancel(order.status, by.role)
    fee = cancellation_fee(order) if by.role is Role.CUSTOMER else ()
    await call_off(session, order, reason, comment, by=by, fee=fee)
    return order
