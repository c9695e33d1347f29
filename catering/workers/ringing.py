"""For which tasks the bell is rung: those that are due, what matters most first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, Interval, Row, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.models import Task, TaskState
from catering.models.base import bare

RING_AGAIN: Final = timedelta(seconds=3)
"""A doorbell that nobody has heard rings again."""

# The relay and each worker ask these several times a second: built once, on the bare table.
_TASKS: Final = bare(Task)
_T: Final = _TASKS.c
_AT_MOST: Final = bindparam("at_most", type_=Integer)
_TO_RING: Final = (
    select(_T.id)
    .where(
        _T.state == TaskState.PENDING,
        _T.due <= now(),
        (_T.rung_at.is_(None)) | (_T.rung_at < now() - RING_AGAIN),
    )
    .order_by(_T.priority, _T.due)
    .limit(_AT_MOST)
    .with_for_update(skip_locked=True)
)
_RING: Final = (
    update(_TASKS).where(_T.id.in_(_TO_RING)).values(rung_at=now()).returning(_T.id, _T.priority)
)
_UNHEARD: Final = (
    select(_T.id, _T.priority)
    .where(
        _T.state == TaskState.PENDING, _T.due <= now() - bindparam("waiting_for", type_=Interval())
    )
    .order_by(_T.priority, _T.due)
    .limit(_AT_MOST)
)
_NEXT_DUE: Final = select(func.min(_T.due) - now()).where(
    _T.state == TaskState.PENDING, _T.rung_at.is_(None)
)


async def to_ring(session: AsyncSession, limit: int = 200) -> Sequence[Row[UUID, int]]:
    """The due tasks for which nobody has rung lately, marked as rung for, with their priorities;
    where they are too many, what matters most and has waited longest."""
    return (await session.execute(_RING, {"at_most": limit})).all()


async def unheard(
    session: AsyncSession, waiting_for: timedelta, limit: int
) -> Sequence[Row[UUID, int]]:
    """Tasks that have been due for so long and that nobody has taken, with their priorities."""
    asked = {"waiting_for": waiting_for, "at_most": limit}
    return (await session.execute(_UNHEARD, asked)).all()


async def not_heard(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Have the bell rung again at once for what was heard and will not be done here."""
    await session.execute(
        update(Task).where(Task.id.in_(ids), Task.state == TaskState.PENDING).values(rung_at=None)
    )


async def next_due(session: AsyncSession) -> timedelta | None:
    """How long until the next task is due."""
    shown: timedelta | None = await session.scalar(_NEXT_DUE)
    return shown
