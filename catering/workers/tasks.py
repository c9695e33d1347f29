"""The one home of work: claim a task, finish it, put it back. Fencing is here and nowhere else."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Interval,
    bindparam,
    case,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.models import Order, Task, TaskState
from catering.models.base import bare

log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=6)
"""A worker that has not said for so long that it lives has lost its tasks."""

_SLOWEST_RETRY: Final = timedelta(seconds=30)
_ERRORS_KEPT: Final = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that is ours until the lease ends. `token` proves it, and counts all claims ever made:
    `attempts` begin anew when an operator has a dead letter tried again."""

    id: UUID
    kind: str
    subject_id: UUID
    order_id: UUID | None
    due: datetime
    token: int
    attempts: int
    late: timedelta
    """From when it was due until it was claimed."""
    is_wait: bool
    request_id: str | None
    traceparent: str | None


class LostTask(Exception):
    """The task was cancelled, or somebody else has taken it over: what we did does not count."""


# Every task of every worker goes through these four, so they are built once, on the bare table: to
# build them anew, and to look for objects that they change (no session holds any), cost more than
# PostgreSQL needs for them.
_TASKS: Final = bare(Task)
_T: Final = _TASKS.c
_MINE: Final = (_T.id == bindparam("mine"), _T.token == bindparam("my_token"))
_UNMOVED: Final = _T.due == bindparam("my_due", type_=DateTime(timezone=True))

_CLAIM: Final = (
    update(_TASKS)
    .where(_T.id == bindparam("mine"), _T.state == TaskState.PENDING, _T.due <= now())
    .values(
        state=TaskState.RUNNING,
        token=_T.token + 1,
        attempts=_T.attempts + 1,
        lease_until=now() + LEASE,
    )
    .returning(
        _T.id, _T.kind, _T.subject_id, _T.order_id, _T.due, _T.token, _T.attempts,
        now() - _T.due, _T.then.is_not(None), _T.request_id, _T.traceparent,
    )
)  # fmt: skip
_HOLD: Final = (
    update(_TASKS)
    .where(*_MINE, _T.state == TaskState.RUNNING)
    .values(lease_until=now() + LEASE)
    .returning(_T.id)
)
_LOCK_ORDER: Final = select(Order.id).where(Order.id == bindparam("its_order")).with_for_update()
_FINISH: Final = (
    update(_TASKS)
    .where(*_MINE, _T.state == TaskState.RUNNING)
    .values(
        state=case((_UNMOVED, TaskState.DONE.value), else_=TaskState.PENDING.value),
        finished_at=case((_UNMOVED, now())),
        attempts=case((_UNMOVED, _T.attempts), else_=0),
        rung_at=None,
        lease_until=None,
        held_up_by=None,
    )
    .returning(now())
)
_FINISH_WITH_ORDER: Final = _FINISH.where(_LOCK_ORDER.scalar_subquery().is_not(None))
"""It waits for the order before it writes; what became of the task meanwhile, it then sees."""
_AGAIN: Final = (
    update(_TASKS)
    .where(*_MINE, _T.state == TaskState.DONE)
    .values(
        state=TaskState.PENDING,
        due=now() + bindparam("after_a_while", type_=Interval()),
        attempts=0,
        rung_at=None,
        finished_at=None,
    )
)


async def claim(session: AsyncSession, id: UUID) -> Claim | None:
    """Take a due task; None when it is not there to be taken. Counts the attempt first, so that
    a task which kills its worker comes to its end, too."""
    row = (await session.execute(_CLAIM, {"mine": id})).one_or_none()
    return Claim(*row) if row else None


async def hold(session: AsyncSession, task: Claim) -> None:
    """Say that we still work on it. Raises `LostTask` when it is not ours any more."""
    if await session.scalar(_HOLD, _as_mine(task)) is None:
        raise LostTask(task.kind)


async def finish(session: AsyncSession, task: Claim) -> datetime:
    """Mark the task done, in the transaction that writes what it did; what the clock shows in it.
    Raises `LostTask`.

    The order is locked first, like everywhere: who holds an order may change its tasks. Should
    somebody have asked for it anew meanwhile (its due time moved), it is pending again.
    """
    what = {**_as_mine(task), "my_due": task.due}
    if task.order_id is None:
        at = await session.scalar(_FINISH, what)
    else:
        at = await session.scalar(_FINISH_WITH_ORDER, {**what, "its_order": task.order_id})
    if at is None:
        raise LostTask(task.kind)
    return at


async def again(session: AsyncSession, task: Claim, after: timedelta) -> None:
    """Do it once more after a while: it did what it could for now."""
    await session.execute(_AGAIN, {**_as_mine(task), "after_a_while": after})


async def put_back(
    session: AsyncSession, task: Claim, error: str, *, most: int, after: timedelta | None = None
) -> TaskState | None:
    """A try failed: later again, or never once it was tried `most` times. None if not ours."""
    dead = task.attempts >= most
    state: TaskState | None = await session.scalar(
        update(Task)
        .where(*_ours(task))
        .values(
            state=TaskState.DEAD if dead else TaskState.PENDING,
            due=now() + (_pause(task.attempts) if after is None else after),
            finished_at=now() if dead else None,
            rung_at=None,
            lease_until=None,
            errors=_with(error),
        )
        .returning(Task.state)
    )
    return state


async def postpone(session: AsyncSession, task: Claim, wait: timedelta, reason: str | None) -> bool:
    """Do it after a while: it could not be tried, so this was no attempt. `reason` is what staff
    may read meanwhile. Whether that is new; False also when the task is not ours any more.

    The order is locked first, like everywhere.
    """
    await _lock_order(session, task)
    before = await session.scalar(select(Task.held_up_by).where(*_ours(task)).with_for_update())
    postponed = update(Task).where(*_ours(task))
    ours = await session.scalar(
        postponed.values(
            state=TaskState.PENDING,
            due=now() + wait,
            attempts=func.greatest(Task.attempts - 1, 0),
            rung_at=None,
            lease_until=None,
            held_up_by=func.coalesce(reason, Task.held_up_by),
        ).returning(Task.id)
    )
    return ours is not None and before is None and reason is not None


async def is_held_up(session: AsyncSession, task: Claim, reason: str) -> None:
    """It did what it could for now, and comes again: what it could not do, and why, is shown."""
    come_again = update(_TASKS).where(
        _T.id == task.id, _T.token == task.token, _T.state == TaskState.PENDING
    )
    await session.execute(come_again.values(held_up_by=reason))


async def go_on(session: AsyncSession, reason: str) -> None:
    """What was postponed for this reason is due at once: it is a reason no more.

    Orders are not locked for it, so whoever has one in hand is passed by: he changes it anyway.
    """
    held_up = (
        select(Task.id)
        .where(Task.state == TaskState.PENDING, Task.held_up_by == reason)
        .with_for_update(skip_locked=True)
    )
    await session.execute(update(Task).where(Task.id.in_(held_up)).values(due=now(), rung_at=None))


async def take_back_expired(session: AsyncSession) -> int:
    """Give the tasks of workers that fell silent to others."""
    taken = await session.scalars(
        update(Task)
        .where(Task.state == TaskState.RUNNING, Task.lease_until < now())
        .values(
            state=TaskState.PENDING,
            lease_until=None,
            rung_at=None,
            errors=_with("The worker fell silent."),
        )
        .returning(Task.id)
    )
    return len(taken.all())


async def hand_back(session: AsyncSession, task: Claim, wait: timedelta) -> None:
    """Let others do it, after a while or at once: this worker leaves. What it may have done is
    looked up first, as after any claim but the first; the try does not count."""
    await session.execute(
        update(Task)
        .where(*_ours(task))
        .values(
            state=TaskState.PENDING,
            due=func.greatest(Task.due, now() + wait),
            attempts=func.greatest(Task.attempts - 1, 0),
            rung_at=None,
            lease_until=None,
            errors=_with("Its worker was stopped."),
        )
    )


async def _lock_order(session: AsyncSession, task: Claim) -> None:
    if task.order_id is not None:
        await session.execute(_LOCK_ORDER, {"its_order": task.order_id})


def _as_mine(task: Claim) -> dict[str, Any]:
    return {"mine": task.id, "my_token": task.token}


def _ours(task: Claim) -> tuple[Any, ...]:
    return Task.id == task.id, Task.token == task.token, Task.state == TaskState.RUNNING


def _pause(attempts: int) -> timedelta:
    seconds = min(_SLOWEST_RETRY.total_seconds(), 0.5 * 2 ** min(attempts, 10))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - no secret


def _with(error: str) -> Any:
    """The errors so far and this one; a task that is tried for an hour keeps only the last."""
    added = Task.errors.op("||")(literal([error[:500]], JSONB))
    return case(
        (func.jsonb_array_length(Task.errors) < _ERRORS_KEPT, added), else_=added.op("-")(0)
    )
