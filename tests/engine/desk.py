"""What is to be done, as PostgreSQL has it: looked at, held up, and helped along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from catering.database import Transaction, now
from catering.domain import ids
from catering.domain.events import EventKind
from catering.models import Announced, Event, Task, TaskState

from .processes import until

HELD = timedelta(days=1)


@dataclass(frozen=True)
class Desk:
    """The tasks and the events."""

    transaction: Transaction

    async def task(self, kind: str, subject: UUID) -> Task:
        query = select(Task).where(Task.kind == kind, Task.subject_id == subject)
        async with self.transaction() as session:
            return (await session.scalars(query.order_by(Task.created_at.desc()))).first() or Task()

    async def add(self, kind: str, **facts: Any) -> UUID:
        """A task that no order is behind; nobody can do it unless `kind` says how."""
        task = Task(
            **{
                "id": ids.new(), "kind": kind, "subject_id": ids.new(), "dedup": str(ids.new()),
                "state": TaskState.PENDING, "due": now(), **facts,
            }
        )  # fmt: skip
        async with self.transaction() as session:
            session.add(task)
        return task.id

    async def look(self, id: UUID) -> Task:
        async with self.transaction() as session:
            return await session.get_one(Task, id)

    async def change(self, id: UUID, **values: Any) -> None:
        async with self.transaction() as session:
            await session.execute(update(Task).where(Task.id == id).values(**values))

    async def hold_everything(self) -> None:
        """Leave nothing to do for now."""
        held = update(Task).where(Task.state == TaskState.PENDING).values(due=now() + HELD)
        async with self.transaction() as session:
            await session.execute(held)

    async def release(self, id: UUID) -> None:
        """Let it be done."""
        await self.change(id, due=now(), rung_at=None)

    async def end_leases(self) -> int:
        """As if the time of those who work just now were up. How many there were.

        A worker may have been frozen in the middle of a transaction about another task, with its
        row in hand: nobody waits for that one.
        """
        running = select(Task.id).where(Task.state == TaskState.RUNNING)
        leased = update(Task).where(Task.id.in_(running.with_for_update(skip_locked=True)))
        async with self.transaction() as session:
            ended = await session.scalars(
                leased.values(lease_until=now() - timedelta(seconds=1)).returning(Task.id)
            )
            return len(ended.all())

    async def done(self, id: UUID) -> Task:
        """Wait until it is done."""
        return await self.becomes(id, TaskState.DONE)

    async def becomes(self, id: UUID, state: TaskState) -> Task:
        async def look() -> Task | None:
            task = await self.look(id)
            return task if task.state is state else None

        return await until(look)

    async def happens(self, restaurant: UUID) -> int:
        """An event that concerns nobody's order; its id."""
        event = Event(
            kind=EventKind.TICKET_REMINDED, subject_id=restaurant, restaurant_id=restaurant
        )
        async with self.transaction() as session:
            session.add(event)
        return event.id

    async def announced(self, *event_ids: int) -> list[int]:
        """Wait until they have their positions."""

        async def look() -> list[int] | None:
            query = select(Event.position).where(Event.id.in_(event_ids)).order_by(Event.id)
            async with self.transaction() as session:
                found = (await session.scalars(query)).all()
            given = [position for position in found if position is not None]
            return given if len(given) == len(event_ids) else None

        return await until(look)

    async def position(self) -> int:
        async with self.transaction() as session:
            return (await session.execute(select(Announced.position))).scalar_one()

    async def events(self, kind: EventKind, subject: UUID) -> int:
        """How often something happened to somebody."""
        query = select(func.count()).where(Event.kind == kind, Event.subject_id == subject)
        async with self.transaction() as session:
            return (await session.execute(query)).scalar_one()
