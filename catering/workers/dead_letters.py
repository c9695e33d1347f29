"""Tasks that were given up: an operator looks at them, has them tried again, or drops them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from catering.database import now
from catering.domain.events import EventKind
from catering.domain.people import SYSTEM
from catering.domain.refusals import NotFound, Refused
from catering.models import Order, Task, TaskState
from catering.services.recording import happened

_NO_SUCH = NotFound("There is no such dead letter. `catering dead-letters list` shows them.")


async def dead(session: AsyncSession, limit: int = 100) -> Sequence[Row[*tuple[Any, ...]]]:
    """The latest dead letters, with their history of errors."""
    query = select(
        Task.id, Task.kind, Task.subject_id, Task.order_id, Task.attempts, Task.errors,
        Task.finished_at,
    ).where(Task.state == TaskState.DEAD)  # fmt: skip
    return (await session.execute(query.order_by(Task.finished_at.desc()).limit(limit))).all()


async def count(session: AsyncSession) -> int:
    """How many there are."""
    query = select(func.count(Task.id)).where(Task.state == TaskState.DEAD)
    return (await session.scalars(query)).one()


async def letter(session: AsyncSession, id: UUID) -> tuple[Task, str | None]:
    """One of them with all that is known of it, and the number of its order.

    Raises `Refused(NotFound)`.
    """
    query = (
        select(Task, Order.serial)
        .outerjoin(Order, Order.id == Task.order_id)
        .where(Task.id == id, Task.state == TaskState.DEAD)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Refused(_NO_SUCH)
    task, serial = found
    return task, None if task.order_id is None else f"C-{serial}"


async def revive(session: AsyncSession, ids: Sequence[UUID], *, login: str) -> int:
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
    revived = await session.execute(
        update(Task)
        .where(Task.id.in_(latest))
        .values(state=TaskState.PENDING, due=now(), attempts=0, rung_at=None, finished_at=None)
        .returning(Task.id, Task.kind)
    )
    return await _record(session, EventKind.DEAD_LETTER_RETRIED, revived.all(), login)


async def drop(session: AsyncSession, ids: Sequence[UUID], why: str, *, login: str) -> int:
    """Have these never done; they stay where they are, as cancelled. How many there were.

    Raises `Refused(NotFound)`, and drops none, when one of them is no dead letter.
    """
    dropped = await session.execute(
        update(Task)
        .where(Task.id.in_(ids), Task.state == TaskState.DEAD)
        .values(state=TaskState.CANCELLED, finished_at=now())
        .returning(Task.id, Task.kind)
    )
    rows = dropped.all()
    if len(rows) < len(set(ids)):
        raise Refused(_NO_SUCH)
    return await _record(session, EventKind.DEAD_LETTER_DROPPED, rows, login, why)


async def _record(
    session: AsyncSession,
    kind: EventKind,
    rows: Sequence[Row[UUID, str]],
    login: str,
    note: str | None = None,
) -> int:
    """For the audit: by which user of which machine's shell."""
    for id, task_kind in rows:
        facts: dict[str, Any] = {"data": {"kind": task_kind, "login": login}, "note": note}
        await happened(session, kind, id, by=SYSTEM, **facts)
    return len(rows)
