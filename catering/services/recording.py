"""Events that belong to no order: drivers, menus, positions. Orders record their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.reactions import follows
from catering.models import Event, Task, TaskState
from catering.models.work import IS_OPEN


async def happened(
    session: AsyncSession, kind: EventKind, subject: UUID, *, by: Actor, **facts: Any
) -> None:
    """Write down what happened, with the work that follows from it."""
    session.add(Event(kind=kind, subject_id=subject, actor_id=by.id, actor_role=by.role, **facts))
    for reaction in follows(kind):
        await begin(session, reaction.kind, subject)


async def begin(
    session: AsyncSession, kind: str, subject: UUID, order_id: UUID | None = None
) -> None:
    """Have work done now; while it is being done already, have it done once more."""
    task = insert(Task).values(
        id=ids.new(), order_id=order_id, kind=kind, subject_id=subject,
        dedup=f"{kind}:{subject}", due=now(), state=TaskState.PENDING,
        token=0, attempts=0, errors=[],
    )  # fmt: skip
    await session.execute(
        task.on_conflict_do_update(
            index_elements=[Task.dedup],
            index_where=IS_OPEN,
            set_={"due": now(), "rung_at": None},
        )
    )
