"""For which tasks the bell is rung: those that are due, what matters most first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.models import Task, TaskState

RING_AGAIN: Final = timedelta(seconds=3)
"""A doorbell that nobody has heard rings again."""


async def to_ring(session: AsyncSession, limit: int = 200) -> Sequence[Row[UUID, int]]:
    """The due tasks for which nobody has rung lately, marked as rung for, with their priorities;
    where they are too many, what matters most and has waited longest."""
    waiting = (
        select(Task.id)
        .where(
            Task.state == TaskState.PENDING,
            Task.due <= now(),
            (Task.rung_at.is_(None)) | (Task.rung_at < now() - RING_AGAIN),
        )
        .order_by(Task.priority, Task.due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rung = update(Task).where(Task.id.in_(waiting)).values(rung_at=now())
    return (await session.execute(rung.returning(Task.id, Task.priority))).all()


async def unheard(
    session: AsyncSession, waiting_for: timedelta, limit: int
) -> Sequence[Row[UUID, int]]:
    """Tasks that have been due for so long and that nobody has taken, with their priorities."""
    query = (
        select(Task.id, Task.priority)
        .where(Task.state == TaskState.PENDING, Task.due <= now() - waiting_for)
        .order_by(Task.priority, Task.due)
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def not_heard(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Have the bell rung again at once for what was heard and will not be done here."""
    await session.execute(
        update(Task).where(Task.id.in_(ids), Task.state == TaskState.PENDING).values(rung_at=None)
    )


async def next_due(session: AsyncSession) -> timedelta | None:
    """How long until the next task is due."""
    query = select(func.min(Task.due) - now()).where(
        Task.state == TaskState.PENDING, Task.rung_at.is_(None)
    )
    shown: timedelta | None = await session.scalar(query)
    return shown
