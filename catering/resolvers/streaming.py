"""How every live screen is kept: what it shows now, then each event, in order, once.

A screen says what it follows and what its events look like; everything else is the same for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.database import is_passing
from catering.schema.context import Context
from catering.schema.live import StreamReset
from catering.services import following
from catering.services.following import AT_ONCE, Feed, Reached, StreamResetReason
from catering.watching import tracing

T = TypeVar("T")
PAUSE: Final = 0.5
"""Seconds before the database is asked again when it is away."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in the stream, as clients see it."""

    position: str
    occurred_at: datetime


class Screen(Protocol):
    """One subscriber's view of one feed."""

    over: bool
    """Set by `tell` when there is nothing more to follow."""

    @property
    def feed(self) -> Feed: ...

    async def check(self, session: AsyncSession) -> None:
        """Raises `Refused(NotFound)` when there is nothing here for this subscriber."""
        ...

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[Any]:
        """What it shows now, as events."""
        ...

    async def tell(self, session: AsyncSession, event: Row[Any], moment: Moment) -> Any:
        """What to say about an event, or None; rights are looked at anew."""
        ...


Between: TypeAlias = Callable[[Context, int], Awaitable[Any]]
"""What to say, or None, while there is no event after this position: something that is none."""


async def watch(
    context: Context, screen: Screen, after: str | None, between: Between | None = None
) -> AsyncGenerator[Any, None]:
    """A stream, if there is anything to see. Raises `Refused(NotFound)`, before it begins."""
    await _patiently(_checked, context, screen)
    return stream(context, screen, after, between)


async def _checked(context: Context, screen: Screen) -> None:
    async with context.transaction(apart=True) as session:
        await screen.check(session)


async def stream(
    context: Context, screen: Screen, after: str | None, between: Between | None = None
) -> AsyncGenerator[Any, None]:
    """Without `after`: the present, then every change. With it: every change since, or a reset.

    Positions rise, nothing is doubled and nothing left out: the follower is registered before
    anything is read, and what is sent is what the events table says. What is said `between` two
    events has the position of the first of them.
    """
    async with context.changes.follow(screen.feed.channel) as wakes:
        position, first = await _patiently(_beginning, context, screen, after)
        for said in first:
            context.refresh()
            yield said
        while not screen.over:
            page = await _patiently(_next, context, screen, position)
            for event in page.events:
                said = await _patiently(_told, context, screen, event)
                position = event.position
                if said is not None:
                    context.refresh()
                    yield said
                if screen.over:
                    return
            if page.lost is not None:
                position = int(page.lost.position)
                yield page.lost
            elif len(page.events) < AT_ONCE:
                said = await _patiently(between, context, position) if between else None
                if said is not None:
                    context.refresh()
                    yield said
                await anext(wakes)


@dataclass(frozen=True, slots=True)
class _Page:
    events: Sequence[Row[Any]]
    lost: StreamReset | None = None


async def _beginning(
    context: Context, screen: Screen, after: str | None
) -> tuple[int, Sequence[Any]]:
    async with context.transaction(apart=True) as session:
        reached = await following.reached(session)
        if after is None:
            return reached.position, await screen.present(session, await _now(session, reached))
        resumed = reached.resume(after)
        if isinstance(resumed, StreamResetReason):
            return reached.position, [await _reset(session, reached, resumed)]
        return resumed, []


async def _next(context: Context, screen: Screen, position: int) -> _Page:
    async with context.transaction(apart=True) as session:
        reached = await following.reached(session)
        if reached.has_forgotten(position):
            # Erased before we came to it: a gap is announced, never silent.
            lost = await _reset(session, reached, StreamResetReason.CONSUMER_TOO_SLOW)
            return _Page((), lost)
        return _Page(await following.since(session, screen.feed, position))


async def _told(context: Context, screen: Screen, event: Row[Any]) -> Any:
    with tracing.continued(f"tell {event.kind}", event.traceparent, at=event.position):
        async with context.transaction(apart=True) as session:
            return await screen.tell(session, event, Moment(str(event.position), event.occurred_at))


async def _patiently(do: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """A stream outlives a restart of the database: nothing was sent, asking again is safe."""
    while True:
        try:
            return await do(*arguments)
        except Exception as error:
            if not is_passing(error):
                raise
        await asyncio.sleep(PAUSE)


async def _now(session: AsyncSession, reached: Reached) -> Moment:
    return Moment(str(reached.position), await database.clock(session))


async def _reset(session: AsyncSession, reached: Reached, reason: StreamResetReason) -> StreamReset:
    now = await _now(session, reached)
    return StreamReset(position=now.position, occurred_at=now.occurred_at, reason=reason)
