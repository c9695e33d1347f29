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
from catering.simulator.ledger import Effect
from catering.workers import announcing
from catering.workers.runtime import Runtime

T = TypeVar("T")
P = ParamSpec("P")
Act = Callable[[], Awaitable[None]]

EACH: Final = timedelta(seconds=4)
"""How often the relay looks; whoever hears of something needs longer to act on it."""

LONGEST: Final = timedelta(days=60)
"""Whatever has not ended by then never ends."""

_POLLS: Final = {
    "poll_ticket": ("cat", timedelta(minutes=10)),
    "poll_courier": ("cat", timedelta(seconds=285)),  # whoever is not heard of for five is missed
    "make_charge": ("pay", timedelta(minutes=10)),
}
"""Tasks that ask again and again: how the reference begins that they ask about, and how long
somebody who has nothing new to tell is left in peace. As soon as he has, he is asked, as if he had
called a webhook: to ask every five seconds would tell us nothing."""

_BEGINS: Final = {"submit_ticket": "poll_ticket", "book_courier": "poll_courier"}
"""Tasks that hear what the first poll would, and which one."""

_NEXT: Final = """
SELECT id, kind, subject_id, due FROM tasks
WHERE state = 'PENDING' AND kind <> 'archive_order'
ORDER BY due, kind, subject_id LIMIT 1
"""
"""Never by the id: which task was made first says nothing about what comes first. To put an order
into the archive is not worth a month on the clock."""

_ASK_AT: Final = """
UPDATE tasks SET due = $2, rung_at = NULL WHERE state = 'PENDING' AND dedup = $1
"""

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
    refused: Counter[str] = field(default_factory=Counter)
    """How often somebody was told no, by the kind of refusal."""

    _agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: Any = field(default_factory=itertools.count)
    _ears: dict[EventKind, list[Hear]] = field(default_factory=lambda: defaultdict(list))
    _position: int = 0
    _relay_at: datetime | None = None
    _task: Any = None
    """The next one that is due, as long as nothing has changed."""
    _changed: bool = True
    _shown: datetime | None = None
    _quiet: dict[str, tuple[Effect, str]] = field(default_factory=dict)
    """By poll: what it is about outside, and how that stood when it was asked."""

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
        while (moment := await self._next()) is not None:
            if moment > end:
                raise Failed(f"After {LONGEST.days} days something was still to be done.")
            self.now = max(self.now, moment)
            if self.outside.next is not None and self.outside.next <= self.now:
                await self.outside.live_until(self.now)
                await self._ask_again()
            else:
                await self._show_time()
                await self._do_one_thing()
            await self._bring_webhooks()

    async def _next(self) -> datetime | None:
        if self._changed:
            self._task, self._changed = await self.scratch.wire.fetchrow(_NEXT), False
        coming = (
            self._task["due"] if self._task is not None else None,
            self._agenda[0][0] if self._agenda else None,
            self._relay_at,
            self.outside.next,
        )
        return min((moment for moment in coming if moment is not None), default=None)

    async def _do_one_thing(self) -> None:
        """A task before an announcement before an act, where they are due in the same moment."""
        if self._task is not None and self._task["due"] <= self.now:
            await self._work(self._task["id"], self._task["kind"], self._task["subject_id"])
        elif self._relay_at is not None and self._relay_at <= self.now:
            await self._relay()
        else:
            await heapq.heappop(self._agenda)[2]()

    async def _show_time(self) -> None:
        """On both clocks, before anybody looks at them."""
        await self.outside.live_until(self.now)
        if self._shown != self.now:
            await self.scratch.move(self.now)
            self._shown = self.now

    async def _bring_webhooks(self) -> None:
        if self.outside.has_written:
            await self._show_time()
            await self.outside.deliver()
            self._something_happened()

    async def _ask_again(self) -> None:
        """Those who have news."""
        news = [name for name, (effect, word) in self._quiet.items() if effect.status != word]
        for name in news:
            del self._quiet[name]
            await self.scratch.wire.execute(_ASK_AT, name, self.now)
            self._changed = True

    async def _work(self, id: UUID, kind: str, subject: UUID) -> None:
        if not await self.runtime.run(id):
            raise Failed(f"{kind} {subject} was due and could not be done.")
        if (poll := _BEGINS.get(kind, kind)) in _POLLS:
            prefix, peace = _POLLS[poll]
            name, effect = f"{poll}:{subject}", self.outside.effect(f"{prefix}-{subject.hex}")
            if effect is not None:
                self._quiet[name] = effect, effect.status
                await self.scratch.wire.execute(_ASK_AT, name, self.now + peace)
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

    def _something_happened(self) -> None:
        self._changed = True
        if self._relay_at is None:
            self._relay_at = self.now.replace(microsecond=0) + EACH
