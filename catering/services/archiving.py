"""Taking orders that are over out of the lists, and putting them back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.archiving import must_be_archived, must_be_over, rest
from catering.domain.orders import ENDS
from catering.domain.people import SYSTEM, Actor
from catering.models import Order

from .orders import lock, of_actor


async def archive(session: AsyncSession, order_id: UUID, *, by: Actor) -> Order:
    """Take it out of the lists, by hand. It can still be read by its id."""
    order = await of_actor(session, order_id, by=by)
    must_be_over(order.status, order.archived_at)
    order.archive(by=by)
    return order


async def restore(session: AsyncSession, order_id: UUID, *, by: Actor) -> Order:
    """Put it back into the lists, for as long as one that has just ended."""
    order = await of_actor(session, order_id, by=by)
    must_be_archived(order.status, order.archived_at)
    order.restore(by=by)
    return order


async def archive_in_time(
    session: AsyncSession, order_id: UUID, after: timedelta
) -> timedelta | None:
    """Archive what has been over for so long. When to look again, or None: it is done."""
    order = await lock(session, order_id)
    if order.status not in ENDS or order.archived_at is not None:
        return None
    if left := rest(order.now, order.updated_at, after):
        return left
    order.archive(by=SYSTEM)
    return None
