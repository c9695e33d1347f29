"""Where budgets are counted: in Redis for all processes together, and here while it is away."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Protocol

from catering import changes
from catering.domain.budgets import Answer, Draw, answer, draw

MOST_KEYS: Final = 20_000
"""Of those who are counted here. Who has not come for the longest is forgotten."""

PATIENCE: Final = 0.5
"""Seconds that Redis may take; an operation waits for it."""

AFTER: Final = 5.0
"""Seconds until Redis is asked again when it did not answer, by one operation alone."""

AT_ONCE: Final = 32
"""Connections to Redis; the others wait for one."""

log = logging.getLogger(__name__)


class Counter(Protocol):
    """Grants points, or says when there will be some."""

    async def take(self, *draws: Draw) -> Answer:
        """All of them, or none."""
        ...


class Here:
    """Counts for one process. Never open season, and never a refusal of everyone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_KEYS) -> None:
        self._clock, self._most = clock, most
        self._full_at: OrderedDict[str, float] = OrderedDict()

    async def take(self, *draws: Draw) -> Answer:
        now = self._clock()
        told = draw(draws, tuple(self._full_at.get(each.key, now) for each in draws), now)
        for each, standing in zip(draws, told.standings, strict=True):
            self._full_at[each.key] = now + standing.until_full
            self._full_at.move_to_end(each.key)
        while len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return told


class Together:
    """Counts for all processes, on the clock of Redis; by itself while Redis is away."""

    def __init__(self, url: str, patience: float = PATIENCE, after: float = AFTER) -> None:
        self._redis, self._patience = changes.redis(url, patience), patience
        self._after = after
        self._script = self._redis.register_script(SCRIPT)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._here = Here()
        self._alone = False
        self._again_at = 0.0

    async def take(self, *draws: Draw) -> Answer:
        if self._alone and time.monotonic() < self._again_at:
            return await self._here.take(*draws)
        self._again_at = time.monotonic() + self._after
        try:
            told = await self._taken(draws)
        except Exception as error:
            # Whatever it was: a count that cannot be kept together is kept apart for a while.
            if not self._alone:
                log.warning("Budgets are counted by each process alone: %r", error)
            self._alone = True
            return await self._here.take(*draws)
        self._alone = False
        return told

    async def close(self) -> None:
        """Hang up."""
        await self._redis.aclose()

    async def _taken(self, draws: tuple[Draw, ...]) -> Answer:
        told = [_micro(n) for each in draws for n in (each.seconds, each.budget.seconds)]
        async with asyncio.timeout(2 * self._patience), self._room:
            wait, *left = await self._script(keys=[each.key for each in draws], args=told)
        return answer(draws, [int(each) / 1e6 for each in left], int(wait) / 1e6)


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local before, after, wait = {}, {}, 0
for i, key in ipairs(KEYS) do
  local full = tonumber(redis.call('GET', key) or 0)
  before[i] = math.max(0, full - now)
  after[i] = before[i] + ARGV[2 * i - 1]
  wait = math.max(wait, after[i] - ARGV[2 * i])
end
if wait > 0 then return {wait, unpack(before)} end
for i, key in ipairs(KEYS) do
  local full, milliseconds = now + after[i], math.ceil(after[i] / 1000)
  redis.call('SET', key, string.format('%.0f', full), 'PX', math.max(1, milliseconds))
end
return {0, unpack(after)}
"""
"""`domain.budgets.draw`, in one step that nobody can come between; in microseconds."""
