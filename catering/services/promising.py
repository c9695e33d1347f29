"""Keeping what was promised, or saying in time that it cannot be kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.orders import LIVE
from catering.models import Order

from .orders import lock


async def watch(session: AsyncSession, order_id: UUID) -> timedelta | None:
    """Whoever is concerned hears of a promise that cannot be kept. When to look again; None where
    nothing is promised any more."""
    # Most are over by then: the whole order is looked at for the others only.
    status = await session.scalar(select(Order.status).where(Order.id == order_id))
    if status not in LIVE:
        return None
    order = await lock(session, order_id)
    order.forecast.renew()
    return order.forecast.look_again_in()
