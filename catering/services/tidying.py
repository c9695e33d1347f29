"""Putting away what nobody will ask for again: some of each kind at a time, the oldest first.

What is deleted here has been of use to somebody, so how long it stays is a promise:
`docs/reliability.md` has the list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from catering.database import now
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.orders import ENDS
from catering.models import (
    Announced,
    Base,
    Event,
    IdempotencyKey,
    KitchenSlot,
    Letter,
    Order,
    Session,
    Task,
    TaskState,
    Webhook,
)
from catering.models.work import IS_OPEN, IS_OVER

from .repeating import KEPT

AT_ONCE: Final = 500
EVERY: Final = timedelta(hours=1)

STREAMS: Final = timedelta(days=7)
"""A live screen that was away for longer begins anew; where a courier was is forgotten with it."""

TASKS: Final = timedelta(days=7)
WEBHOOKS: Final = timedelta(days=30)
LETTERS: Final = timedelta(days=30)
SESSIONS: Final = timedelta(days=30)
SLOTS: Final = timedelta(days=2)

HOUSE: Final = UUID(int=0)
"""The subject of the one task there is."""

Sweep = Callable[[AsyncSession], Awaitable[int]]


async def see_to_it(session: AsyncSession) -> None:
    """Have it done now and then, from now on; where that is so already, nothing changes."""
    task = insert(Task).values(
        id=ids.new(), kind="tidy_up", subject_id=HOUSE, dedup=f"tidy_up:{HOUSE}", due=now(),
        state=TaskState.PENDING, token=0, attempts=0, errors=[],
    )  # fmt: skip
    await session.execute(
        task.on_conflict_do_nothing(index_elements=[Task.dedup], index_where=IS_OPEN)
    )


def sweeps(history: timedelta) -> tuple[Sweep, ...]:
    """What there is to put away. Each takes a few rows, and tells how many. Events are kept for
    `history`."""

    async def old_history(session: AsyncSession) -> int:
        return await _forget(session, history)

    return (
        _forget_streams,
        old_history,
        _by_age(Task.id, IS_OVER, Task.finished_at, TASKS, first=Task.finished_at),
        _by_age(Webhook.id, None, Webhook.received_at, WEBHOOKS, first=Webhook.id),
        _by_age(Letter.id, None, Letter.created_at, LETTERS, first=Letter.id),
        _by_age(Session.id, None, Session.expires_at, SESSIONS, first=Session.id),
        _forgotten_keys,
        _past_slots,
    )


async def _forget_streams(session: AsyncSession) -> int:
    """Move on from where streams can be resumed. The row is locked as the relay locks it."""
    oldest = await session.scalar(select(Announced.oldest).with_for_update())
    next_ones = (
        select(Event.id, Event.position, Event.occurred_at, Event.kind)
        .where(Event.position > oldest)
        .order_by(Event.position)
        .limit(AT_ONCE)
    ).subquery()
    too_old = next_ones.c.occurred_at < now() - STREAMS
    row = (
        await session.execute(select(func.max(next_ones.c.position), func.count()).where(too_old))
    ).one()
    if row[1]:
        moved = select(next_ones.c.id).where(too_old, next_ones.c.kind == EventKind.COURIER_MOVED)
        await _deleted(session, Event.id, moved)
        await session.execute(update(Announced).values(oldest=row[0]))
    return int(row[1])


async def _forget(session: AsyncSession, history: timedelta) -> int:
    """The history of orders that are over, and all else that happened so long ago."""
    first = (
        select(Event.id, Event.occurred_at, Event.order_id)
        .where(Event.position <= select(Announced.oldest).scalar_subquery())
        .order_by(Event.position)
        .limit(AT_ONCE)
    ).subquery()
    is_over = select(Order.id).where(Order.id == first.c.order_id, Order.status.in_(ENDS))
    old = select(first.c.id).where(
        first.c.occurred_at < now() - history, or_(first.c.order_id.is_(None), is_over.exists())
    )
    return await _deleted(session, Event.id, old)


async def _forgotten_keys(session: AsyncSession) -> int:
    key = tuple_(IdempotencyKey.actor_id, IdempotencyKey.key)
    old = (
        select(IdempotencyKey.actor_id, IdempotencyKey.key)
        .where(IdempotencyKey.created_at < now() - KEPT)
        .order_by(IdempotencyKey.created_at)
    )
    return await _deleted(session, key, old.limit(AT_ONCE), of=IdempotencyKey)


async def _past_slots(session: AsyncSession) -> int:
    key = tuple_(KitchenSlot.restaurant_id, KitchenSlot.starts_at)
    past = select(KitchenSlot.restaurant_id, KitchenSlot.starts_at).where(
        KitchenSlot.starts_at < now() - SLOTS
    )
    return await _deleted(session, key, past.limit(AT_ONCE), of=KitchenSlot)


def _by_age(
    id: InstrumentedAttribute[UUID],
    only: ColumnElement[bool] | Any,
    at: InstrumentedAttribute[Any],
    kept: timedelta,
    *,
    first: InstrumentedAttribute[Any],
) -> Sweep:
    """Of the first few rows, by an index, those that are so old: ids begin with their time."""

    async def sweep(session: AsyncSession) -> int:
        few = select(id.label("id"), at.label("at")).order_by(first).limit(AT_ONCE)
        some = (few if only is None else few.where(only)).subquery()
        old = select(some.c.id).where(some.c.at < now() - kept)
        return await _deleted(session, id, old)

    return sweep


async def _deleted(
    session: AsyncSession,
    key: Any,
    which: Select[*tuple[Any, ...]],
    *,
    of: type[Base] | None = None,
) -> int:
    # The ids are read first, once. Where the planner knows nothing of a table that was filled just
    # now, `IN` may have it look through all of them for each row.
    chosen = key.in_(which) if of is not None else key == any_(func.array(which.scalar_subquery()))
    done = await session.execute(
        delete(of or key.class_).where(chosen).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
