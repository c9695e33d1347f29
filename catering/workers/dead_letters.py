"""Tasks that were given up: an operator looks at them, and has them tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from catering import database
from catering.database import now
from catering.models import Task, TaskState
from catering.settings import Settings


async def dead(session: AsyncSession, limit: int = 100) -> Sequence[Row[*tuple[Any, ...]]]:
    """The latest dead letters, with their history of errors."""
    query = select(
        Task.id, Task.kind, Task.subject_id, Task.order_id, Task.attempts, Task.errors,
        Task.finished_at,
    ).where(Task.state == TaskState.DEAD)  # fmt: skip
    return (await session.execute(query.order_by(Task.finished_at.desc()).limit(limit))).all()


async def revive(session: AsyncSession, ids: Sequence[UUID]) -> int:
    """Have dead letters tried again: these, or all. How many there were."""
    live = aliased(Task)
    taken = select(live.id).where(
        live.dedup == Task.dedup, live.state.in_([TaskState.PENDING, TaskState.RUNNING])
    )
    # Where the same is being done already, or died twice, once is enough.
    latest = (
        select(Task.id)
        .ext(distinct_on(Task.dedup))
        .where(Task.state == TaskState.DEAD, ~taken.exists())
        .order_by(Task.dedup, Task.finished_at.desc())
    )
    if ids:
        latest = latest.where(Task.id.in_(ids))
    revived = await session.scalars(
        update(Task)
        .where(Task.id.in_(latest))
        .values(state=TaskState.PENDING, due=now(), attempts=0, rung_at=None, finished_at=None)
        .returning(Task.id)
    )
    return len(revived.all())


def listing(settings: Settings) -> list[str]:
    """One line for each dead letter."""

    async def read() -> list[str]:
        engine = database.engine(settings.database_url, size=1)
        async with database.transactions(engine)() as session:
            rows = await dead(session)
        await engine.dispose()
        return [
            f"{row.id}  {row.finished_at:%Y-%m-%d %H:%M:%S}  {row.kind} of {row.subject_id}, "
            f"tried {row.attempts} times: {row.errors[-1] if row.errors else 'no error kept'}"
            for row in rows
        ]

    return asyncio.run(read())


def retry(settings: Settings, ids: Sequence[str]) -> int:
    """Have dead letters tried again: these, or all. How many there were."""

    async def write() -> int:
        engine = database.engine(settings.database_url, size=1)
        async with database.transactions(engine)() as session:
            revived = await revive(session, [UUID(id) for id in ids])
        await engine.dispose()
        return revived

    return asyncio.run(write())
