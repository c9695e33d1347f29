"""Approving orders of an organisation: somebody says yes or no, or nobody in time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.approvals import must_be_decidable
from catering.domain.events import EventKind
from catering.domain.facilities import APPROVE_BEFORE
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.people import SYSTEM, Actor
from catering.models import Order

from .facilities import parts_of
from .losing import call_off
from .orders import lock, seen_by
from .welcoming import must_be_welcome


async def approve(session: AsyncSession, order_id: UUID, note: str | None, *, by: Actor) -> Order:
    """Let it be cooked, in time for its window. Once; raises `Refused(ForbiddenStep)`."""
    order = await _decidable(session, order_id, by=by)
    order.approval.give(note, by=by)
    return order


async def reject(session: AsyncSession, order_id: UUID, note: str, *, by: Actor) -> Order:
    """Call it off, and say why. Raises `Refused(ForbiddenStep)`."""
    order = await _decidable(session, order_id, by=by)
    await call_off(session, order, CancellationReason.NOT_APPROVED, note, by=by)
    return order


async def remind(session: AsyncSession, order_id: UUID) -> bool:
    """Ask once more. Whether it should be asked again."""
    order = await lock(session, order_id)
    if order.status is not OrderStatus.AWAITING_APPROVAL:
        return False
    order.say(EventKind.ORDER_APPROVAL_REMINDED, by=SYSTEM)
    return True


async def approval_unanswered(
    session: AsyncSession, order_id: UUID, due: datetime | None = None
) -> None:
    """Nobody has said yes: it ends, and no kitchen has heard of it.

    Where we were away when the time was up, nobody was reminded: it begins anew.
    """
    order = await lock(session, order_id)
    if order.status is not OrderStatus.AWAITING_APPROVAL:
        return
    if order.is_neglected(order.id, ("remind_approvers",), due):
        order.approval.ask(order.now + APPROVE_BEFORE, by=SYSTEM)
    else:
        note = "Nobody has approved it in time. Nothing was charged."
        await call_off(session, order, CancellationReason.NOT_APPROVED, note, by=SYSTEM)


async def _decidable(session: AsyncSession, order_id: UUID, *, by: Actor) -> Order:
    await must_be_welcome(session, by=by)
    order = await seen_by(session, order_id, by=by)
    parts = await parts_of(session, order.organisation_id, by)
    must_be_decidable(order.status, parts, is_orderer=order.customer_id == by.id)
    return order
