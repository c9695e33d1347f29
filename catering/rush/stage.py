"""The stage: one clock, one agenda, and whoever acts next.

A rush is one sequence of moments. The next one is the earliest of: something happens outside, a
task falls due, an event is to be announced, somebody acts. The clock jumps there, and one thing
after the other is done by the code that does it in production. Nothing happens at once.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.events import EventKind
from catering.domain.refusals import Refused
from catering.rush.dice import Dice
from catering.rush.ending import Failed
from catering.rush.outside import Outside
from catering.rush.scratch import Scratch
from catering.workers import announcing
from catering.workers.runtime import Runtime

T = TypeVar("T")
P = ParamSpec("P")
Act = Callable[[], Awaitable[None]]

EACH: Final = timedelta(seconds=1)
"""How often the relay looks; whoever hears of something needs longer to act on it."""

PUT_OFF: Final = timedelta(minutes=2)
"""A poll that would read what it read before is left lying for so long, as it may be anyhow."""

LONGEST: Final = timedelta(days=60)
"""Whatever has not ended by then never ends."""

_POLLS: Final = {"poll_ticket": "cat", "poll_courier": "cat", "make_charge": "pay"}
"""Tasks that ask again and again, and how the reference begins that they ask about."""


_NEXT: Final = """
SELECT id, kind, subject_id, due FROM tasks
WHERE state = 'PENDING' AND kind <> 'archive_order'
  AND NOT (kind = ANY($1) AND subject_id = ANY($2))
ORDER BY due, kind, subject_id LIMIT 1
"""
"""Never by the id: which task was made first says nothing about what comes first. To put an order
into the archive is not worth a month on the clock."""

_HEARD: Final = """
SELECT position, kind, sequence, subject_id, order_id, restaurant_id, ticket_id, driver_id,
       delivery_id
FROM events WHERE position > $1 AND kind = ANY($2) ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as those who listen are told of it."""

    position: int
    kind: str
    sequence: int | None
    subject_id: UUID
    order_id: UUID
    restaurant_id: UUID
    ticket_id: UUID
    driver_id: UUID
    delivery_id: UUID


Hear = Callable[[Heard], Awaitable[None]]


@dataclass
class Stage:
    """Where everything happens, and who wants to hear of it."""

    scratch: Scratch
    runtime: Runtime
    outside: Outside
    dice: Dice
    now: datetime
    moments: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """How often somebody was told no, by the kind of refusal."""

    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)
    _ears: dict[EventKind, list[Hear]] = field(default_factory=lambda: defaultdict(list))
    _position: int = 0
    _relay_at: datetime | None = None
    _quiet: dict[UUID, tuple[str, str, datetime]] = field(default_factory=dict)

    def after(self, seconds: float, act: Act) -> None:
        """Somebody will act."""
        at = self.now + timedelta(microseconds=round(seconds * 1e6))
        heapq.heappush(self._agenda, (at, next(self._numbers), act))

    def on(self, hear: Hear, *kinds: EventKind) -> None:
        """Somebody wants to be told when such things have happened."""
        for kind in kinds:
            self._ears[kind].append(hear)

    async def do(
        self,
        take: Callable[Concatenate[AsyncSession, P], Awaitable[T]],
        *how: P.args,
        **by: P.kwargs,
    ) -> T | None:
        """Have a use case done in a transaction of its own; None when it was refused."""
        try:
            async with self.scratch.transaction() as session:
                return await take(session, *how, **by)
        except Refused as no:
            self.refused.update(type(refusal).__name__ for refusal in no.refusals)
            return None
        finally:
            self._something_happened()

    async def rows(self, query: Any) -> list[Row[Any]]:
        """What a person sees on the screen, as rows."""
        async with self.scratch.transaction() as session:
            return list((await session.execute(query)).all())

    async def play(self) -> None:
        """Until nothing is left to happen. Raises `Failed` when that never comes."""
        end = self.now + LONGEST
        task = await self._next_task()
        while (moment := self._next(task)) is not None:
            if moment > end:
                raise Failed(f"After {LONGEST.days} days something was still to be done.")
            await self._move(moment)
            if task is not None and task["due"] <= self.now:
                await self._work(task["id"], task["kind"], task["subject_id"])
            elif self._relay_at is not None and self._relay_at <= self.now:
                await self._relay()
            elif self._agenda and self._agenda[0][0] <= self.now:
                await heapq.heappop(self._agenda)[2]()
            await self.outside.deliver()
            self.moments += 1
            task = await self._next_task()

    def _next(self, task: Any) -> datetime | None:
        coming = (
            task["due"] if task is not None else None,
            self._agenda[0][0] if self._agenda else None,
            self._relay_at,
            self.outside.next,
            min((until for *_, until in self._quiet.values()), default=None),
        )
        return max(self.now, min(filter(None, coming))) if any(coming) else None

    async def _move(self, moment: datetime) -> None:
        if moment > self.now:
            self.now = moment
            await self.scratch.move(moment)
        if self.outside.next is not None and self.outside.next <= self.now:
            await self.outside.live_until(self.now)
            self._something_happened()
        self._quiet = {id: quiet for id, quiet in self._quiet.items() if self._is_quiet(*quiet)}

    def _is_quiet(self, reference: str, word: str, until: datetime) -> bool:
        effect = self.outside.effect(reference)
        return effect is not None and effect.status == word and until > self.now

    async def _work(self, id: UUID, kind: str, subject: UUID) -> None:
        if not await self.runtime.run(id):
            raise Failed(f"{kind} {subject} was due and could not be done.")
        if kind in _POLLS:
            reference = f"{_POLLS[kind]}-{subject.hex}"
            if (effect := self.outside.effect(reference)) is not None:
                self._quiet[subject] = reference, effect.status, self.now + PUT_OFF
        self._something_happened()

    async def _relay(self) -> None:
        """Announce as the relay does, and tell those who listen."""
        self._relay_at = None
        async with self.scratch.transaction() as session:
            batch = await announcing.announce(session)
        if batch.count >= announcing.AT_ONCE:
            self._something_happened()
        listened = [kind for kind, ears in self._ears.items() if ears]
        for row in await self.scratch.wire.fetch(_HEARD, self._position, listened):
            event = Heard(**row)
            for hear in self._ears[EventKind(event.kind)]:
                await hear(event)
        self._position = batch.position

    async def _next_task(self) -> Any:
        return await self.scratch.wire.fetchrow(_NEXT, sorted(_POLLS), sorted(self._quiet))

    def _something_happened(self) -> None:
        if self._relay_at is None:
            self._relay_at = self.now.replace(microsecond=0) + EACH
