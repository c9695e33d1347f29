"""Events and tasks: what happened, and what is to be done about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.orders import OrderStatus
from catering.domain.people import Role
from catering.domain.reactions import REMINDERS, priority
from catering.watching import origin, tracing

from .base import Base, moment, word

_REQUEST: Final = "The request that it began with."
_TRACE: Final = "Where in which trace it was written, as the W3C spells it."


class Event(Base):
    """What happened, once: history, audit and outbox. Nothing but `position` ever changes, until a
    person is forgotten: then the notes go, and where a courier was."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    position: Mapped[int | None] = mapped_column(
        BigInteger, comment="Its place among all announced events; given by the relay."
    )
    kind: Mapped[EventKind] = word(EventKind)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    sequence: Mapped[int | None] = mapped_column(comment="Its place in the order; without gaps.")
    subject_id: Mapped[UUID] = mapped_column(comment="What changed.")
    status: Mapped[str | None] = mapped_column(comment="What the subject became.")
    order_status: Mapped[OrderStatus | None] = word(OrderStatus)
    previous_status: Mapped[str | None] = mapped_column(comment="Of the order, before this.")
    restaurant_id: Mapped[UUID | None] = mapped_column(comment="Whose kitchen or menu it concerns.")
    driver_id: Mapped[UUID | None] = mapped_column(comment="Whose work it concerns.")
    delivery_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[Role | None] = word(Role)
    note: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    occurred_at: Mapped[datetime] = moment()
    request_id: Mapped[str | None] = mapped_column(default=origin.request_id, comment=_REQUEST)
    traceparent: Mapped[str | None] = mapped_column(default=tracing.traceparent, comment=_TRACE)

    __table_args__ = (
        UniqueConstraint("position", name="uq_events_position"),
        UniqueConstraint("order_id", "sequence", name="uq_events_sequence"),
        Index("ix_events_unannounced", "id", postgresql_where=position.is_(None)),
        Index("ix_events_order", "order_id", "position"),
        Index("ix_events_restaurant", "restaurant_id", "position"),
        Index("ix_events_driver", "driver_id", "position"),
        Index("ix_events_delivery", "delivery_id", "position"),
    )


class Announced(Base):
    """One row: how far the relay has announced, and where kept history begins."""

    __tablename__ = "announced"

    only: Mapped[bool] = mapped_column(primary_key=True, default=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    oldest: Mapped[int] = mapped_column(BigInteger, default=0)


class TaskState(StrEnum):
    """Where a task is."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    DEAD = "DEAD"
    CANCELLED = "CANCELLED"


OPEN_STATES: Final = frozenset({TaskState.PENDING, TaskState.RUNNING})

# Written out, because a plan that PostgreSQL keeps for any parameters knows no partial index.
IS_OPEN = text("state IN ('PENDING', 'RUNNING')")
IS_OVER = text("state IN ('DONE', 'CANCELLED')")


def _priority(context: DefaultExecutionContext) -> int:
    told = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return priority(told["kind"])


class Task(Base):
    """A piece of work, a retry, a timer or a poll: one kind of row. A deadline has an `owner`
    (or none, where the system waits for itself) and says what happens `then`."""

    __tablename__ = "tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    dedup: Mapped[str] = mapped_column(comment="At most one open task of this name.")
    state: Mapped[TaskState] = word(TaskState, default=TaskState.PENDING)
    owner: Mapped[Role | None] = word(Role)
    then: Mapped[str | None] = mapped_column(comment="What happens when a deadline passes.")
    created_at: Mapped[datetime] = moment()
    due: Mapped[datetime] = mapped_column(comment="On the database's clock.")
    rung_at: Mapped[datetime | None] = mapped_column(comment="When the doorbell last rang for it.")
    lease_until: Mapped[datetime | None]
    token: Mapped[int] = mapped_column(default=0, comment="Fencing: each claim has its own.")
    attempts: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[str]] = mapped_column(JSONB, default=list)
    finished_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(
        SmallInteger, default=_priority, server_default="0", comment="What is done first: 0."
    )
    held_up_by: Mapped[str | None] = mapped_column(
        comment="Why a provider cannot be called just now, in words for staff."
    )
    request_id: Mapped[str | None] = mapped_column(default=origin.request_id, comment=_REQUEST)
    traceparent: Mapped[str | None] = mapped_column(default=tracing.traceparent, comment=_TRACE)

    __table_args__ = (
        Index(
            "uq_tasks_dedup", "dedup", unique=True, postgresql_where=IS_OPEN,
        ),
        Index("ix_tasks_due", "due", postgresql_where=text("state = 'PENDING'")),
        Index("ix_tasks_lease", "lease_until", postgresql_where=text("state = 'RUNNING'")),
        Index(
            "ix_tasks_order", "order_id", postgresql_where=IS_OPEN,
        ),
        Index("ix_tasks_over", "finished_at", postgresql_where=IS_OVER),
        Index("ix_tasks_dead", "finished_at", postgresql_where=text("state = 'DEAD'")),
    )  # fmt: skip

    def begin_again(self, due: datetime, now: datetime) -> None:
        """Give this task a new time. One that runs just now will run once more."""
        self.due, self.rung_at = due, None
        if self.state is not TaskState.RUNNING:
            self.state, self.created_at, self.attempts = TaskState.PENDING, now, 0
            self.finished_at = None

    @property
    def is_wait(self) -> bool:
        """Whether this is a deadline rather than work."""
        return self.then is not None

    @property
    def ends_with_its_status(self) -> bool:
        """Whether it is over as soon as its subject is no more what it was."""
        return self.is_wait or self.kind in REMINDERS


class IdempotencyKey(Base):
    """What a key was used for, and what came of it. Kept for a day."""

    __tablename__ = "idempotency_keys"

    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(comment="SHA-256 of the input.")
    result_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = moment(index=True)


class Webhook(Base):
    """What a provider told us, as it came. The same news again is not stored twice."""

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    dedupe_key: Mapped[str]
    raw: Mapped[bytes]
    headers: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = moment()

    __table_args__ = (UniqueConstraint("account_id", "dedupe_key", name="uq_webhooks_dedupe_key"),)
