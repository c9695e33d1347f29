"""What goes wrong: a seeded choice of faults, one every few seconds."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.asyncio import Redis

from .house import House

PAUSE = (1.0, 3.5)
OUTAGE = (1.0, 5.0)
FROZEN = (2.0, 9.0)


class Havoc:
    """Hurts a house again and again; `done` counts how."""

    def __init__(self, house: House, seed: int) -> None:
        self.done: Counter[str] = Counter()
        self._house, self._dice = house, random.Random(seed)
        self._faults: list[tuple[Callable[[], Awaitable[str]], int]] = [
            (self._kill_one, 6),
            (self._freeze_one, 2),
            (self._freeze_outside, 1),
            (self._kill_postgres, 2),
            (self._kill_redis, 2),
            (self._empty_redis, 2),
            (self._cut, 2),
            (self._shut, 2),
            (self._swallow, 2),
        ]

    async def go_on(self, seconds: float) -> None:
        """One fault after the other, for so long; then everything is mended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await asyncio.sleep(self._dice.uniform(*PAUSE))
                    faults, weights = zip(*self._faults, strict=True)
                    (fault,) = self._dice.choices(faults, weights)
                    self.done[await fault()] += 1
        for door in self._house.doors.values():
            await door.open()

    async def _kill_one(self) -> str:
        name, pid = self._somebody()
        self._signal(pid, signal.SIGKILL)
        return f"{name.partition('-')[0]} killed"

    async def _freeze_one(self) -> str:
        name, pid = self._somebody()
        await self._freeze(pid)
        return f"{name.partition('-')[0]} frozen"

    async def _freeze_outside(self) -> str:
        await self._freeze(self._house.outsider())
        return "all outside systems hang"

    async def _freeze(self, pid: int | None) -> None:
        self._signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self._dice.uniform(*FROZEN))
        finally:
            self._signal(pid, signal.SIGCONT)

    async def _kill_postgres(self) -> str:
        self._signal(self._house.server("postgres"), signal.SIGKILL)
        return "PostgreSQL killed"

    async def _kill_redis(self) -> str:
        self._signal(self._house.server("redis"), signal.SIGKILL)
        return "Redis killed"

    async def _empty_redis(self) -> str:
        redis = Redis.from_url(str(self._house.servers.redis_url), socket_timeout=1)
        with suppress(Exception):  # it was killed just before
            await redis.flushall()
        with suppress(Exception):
            await redis.aclose()
        return "Redis emptied"

    async def _cut(self) -> str:
        name = self._door()
        await self._house.doors[name].close()
        await self._house.doors[name].open()
        return f"connections to {name} cut"

    async def _shut(self) -> str:
        name = self._door()
        await self._house.doors[name].close()
        try:
            await asyncio.sleep(self._dice.uniform(*OUTAGE))
        finally:
            await self._house.doors[name].open()
        return f"{name} out of reach"

    async def _swallow(self) -> str:
        name = self._door()
        self._house.doors[name].freeze()
        try:
            await asyncio.sleep(self._dice.uniform(*OUTAGE))
        finally:
            await self._house.doors[name].close()
            await self._house.doors[name].open()
        return f"{name} half-open"

    def _door(self) -> str:
        return self._dice.choice(sorted(self._house.doors))

    def _somebody(self) -> tuple[str, int]:
        living = sorted(self._house.processes().items())
        return self._dice.choice(living) if living else ("nobody", 0)

    def _signal(self, pid: int | None, number: signal.Signals) -> None:
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
