"""Orders that stand still because a provider cannot be called: those who look at them are told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.events import EventKind
from catering.domain.people import SYSTEM
from catering.models import Order, Ticket

from .orders import lock


async def held_up(session: AsyncSession, order_id: UUID | None, subject: UUID, why: str) -> None:
    """Write down why an order does not move; its restaurant hears of it where it is its system."""
    if order_id is None:
        return
    order = await lock(session, order_id)
    about: Order | Ticket = next((t for t in order.tickets if t.id == subject), order)
    order.record(EventKind.ORDER_HELD_UP, about, by=SYSTEM, note=why)
