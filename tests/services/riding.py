"""A driver who reports where he is, as his application does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from catering.changes import Whereabouts
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.people import Actor
from catering.domain.whereabouts import Fix
from catering.models import Driver, Event
from catering.resolvers.commands.driving import reported
from catering.schema.context import Context

from .acting import Day


@dataclass
class Rider:
    """One driver, on the clock of the database."""

    day: Day
    who: Actor
    context: Context

    @classmethod
    def on(cls, day: Day, whereabouts: Whereabouts) -> Rider:
        """The driver of the world."""
        nothing: Any = None  # nobody watches, and nothing is set
        context = Context(None, day.world.transaction, nothing, nothing, whereabouts=whereabouts)
        return cls(day, day.world.driver, context)

    @property
    def id(self) -> UUID:
        assert self.who.id is not None
        return self.who.id

    async def reports(self, at: Point, after: float = 5, measured: datetime | None = None) -> float:
        """Seconds after which he is to report again."""
        await self.day.passes(seconds=after)
        fix = Fix(at, measured or await self.day.clock())
        again = await reported(self.context, fix, by=self.who)
        await self.day.work()
        return again.total_seconds()

    async def told(self) -> int:
        """How often PostgreSQL was told that he moved."""
        moved = select(func.count()).where(Event.kind == EventKind.COURIER_MOVED)
        async with self.day.world.transaction() as session:
            return (await session.scalars(moved)).one()

    async def row(self) -> Driver:
        async with self.day.world.transaction() as session:
            return await session.get_one(Driver, self.id)

    async def live(self) -> Point:
        """Where Redis has him."""
        return (await self.context.whereabouts.of([self.id]))[self.id].point


def beside(point: Point, meters: float) -> Point:
    """So far to the north of it."""
    return Point(point.latitude + meters / 111_195, point.longitude)
