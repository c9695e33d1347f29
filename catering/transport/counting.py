"""Where budgets are counted: in Redis for all processes together, and here while it is away."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Protocol

from catering.changes import AFTER, PATIENCE, Sparing
from catering.domain.budgets import Answer, Draw, answer, draw

MOST_KEYS: Final = 20_000
"""Of those who are counted here. Who has not come for the longest is forgotten."""


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
        self._line = Sparing(
            url, "Budgets are counted by each process alone", patience=patience, after=after
        )
        self._script = self._line.redis.register_script(SCRIPT)
        self._here = Here()

    async def take(self, *draws: Draw) -> Answer:
        told = await self._line.ask(lambda: self._taken(draws))
        return await self._here.take(*draws) if told is None else told

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    async def _taken(self, draws: tuple[Draw, ...]) -> Answer:
        told = [_micro(n) for each in draws for n in (each.seconds, each.budget.seconds)]
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
