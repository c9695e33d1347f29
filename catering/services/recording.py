"""Events that belong to no order: drivers, menus, positions. Orders record their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.reactions import Reaction, Wait, Work, follows
from catering.models import Event, Task, TaskState
from catering.models.work import IS_OPEN


async def happened(
    session: AsyncSession,
    kind: EventKind,
    subject: UUID,
    *,
    by: Actor,
    moments: Mapping[str, datetime] | None = None,
    **facts: Any,
) -> None:
    """Write down what happened, with the work that follows from it.

    `moments` are those that its waits are counted from.
    """
    session.add(Event(kind=kind, subject_id=subject, actor_id=by.id, actor_role=by.role, **facts))
    for reaction in follows(kind):
        await _begin(session, reaction, subject, None, _due(reaction, moments or {}))


async def begin(
    session: AsyncSession, kind: str, subject: UUID, order_id: UUID | None = None
) -> None:
    """Have work done now; while it is being done already, have it done once more."""
    await _begin(session, Work(kind), subject, order_id, now())


async def _begin(
    session: AsyncSession,
    reaction: Reaction,
    subject: UUID,
    order_id: UUID | None,
    due: ColumnElement[datetime],
) -> None:
    wait = reaction if isinstance(reaction, Wait) else None
    task = insert(Task).values(
        id=ids.new(), order_id=order_id, kind=reaction.kind, subject_id=subject,
        dedup=f"{reaction.kind}:{subject}", due=due, state=TaskState.PENDING,
        owner=wait.owner if wait else None, then=wait.then if wait else None,
        token=0, attempts=0, errors=[],
    )  # fmt: skip
    await session.execute(
        task.on_conflict_do_update(
            index_elements=[Task.dedup],
            index_where=IS_OPEN,
            set_={"due": due, "rung_at": None},
        )
    )


def _due(reaction: Reaction, moments: Mapping[str, datetime]) -> ColumnElement[datetime]:
    if isinstance(reaction, Wait) and reaction.counted_from is not None:
        return literal(moments[reaction.counted_from] + reaction.after)
    return now() + reaction.after
