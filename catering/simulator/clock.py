"""Time that can run fast, stand still and be pushed forward."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

logger = logging.getLogger(__name__)


@dataclass(order=True, slots=True)
class Step:
    """Something that will happen, unless it is called off before."""

    at: float
    number: int
    happen: Callable[[], None] = field(compare=False)
    off: bool = field(default=False, compare=False)

    def call_off(self) -> None:
        self.off = True


class Clock:
    """Runs steps when they are due, on the event loop.

    Lives are planned in simulated seconds. Instants told to the outside are different: they lie as
    far ahead as the listener will really wait, so a promise made for "in twelve minutes" at speed
    60 reads as twelve seconds from now, and comes true then by the listener's own clock.
    """

    def __init__(self, speed: float, begins: datetime | None = None) -> None:
        self._speed = speed
        self._elapsed = 0.0
        self._told = begins or datetime.now(UTC)
        self._since = time.monotonic()
        self._steps: list[Step] = []
        self._numbers = itertools.count()
        self._errands: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._advancing = asyncio.Lock()
        self._stopped = False

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def elapsed(self) -> float:
        """Simulated seconds since the start."""
        return self._elapsed + (time.monotonic() - self._since) * self._speed

    @property
    def next(self) -> float | None:
        """When something happens next, in simulated seconds since the start."""
        while self._steps and self._steps[0].off:
            heapq.heappop(self._steps)
        return self._steps[0].at if self._steps else None

    def now(self) -> datetime:
        return self.instant(self.elapsed)

    def instant(self, elapsed: float) -> datetime:
        """What a listener's clock shows when `elapsed` simulated seconds have passed."""
        return self._told + timedelta(seconds=self.told(elapsed - self._elapsed))

    def told(self, seconds: float) -> float:
        """Simulated seconds as the real seconds a listener waits for them."""
        return seconds / (self._speed or 1.0)

    def real(self, seconds: float) -> float:
        """Real seconds as simulated ones: the network and its retries do not hurry with us."""
        return seconds * max(self._speed, 1.0)

    def after(self, seconds: float, happen: Callable[[], None]) -> Step:
        step = Step(self.elapsed + max(seconds, 0.0), next(self._numbers), happen)
        if not self._stopped:
            heapq.heappush(self._steps, step)
            self._arm()
        return step

    def errand(self, work: Coroutine[None, None, None]) -> None:
        """Begin something that takes real time; `advance` waits for its end."""
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def run_at(self, speed: float) -> None:
        self._jump(self.elapsed)
        self._speed = speed
        self._arm()

    async def advance(self, seconds: float) -> None:
        """Live through `seconds`; returns when all that was due has happened and been told."""
        async with self._advancing:
            target = self.elapsed + seconds
            await self.settle()
            while self._steps and self._steps[0].at <= target:
                self._jump(max(self._steps[0].at, self._elapsed))
                self._happen(heapq.heappop(self._steps))
                await self.settle()
            self._jump(max(target, self._elapsed))
            self._arm()

    def stop(self) -> None:
        self._stopped = True
        self._steps.clear()
        self._arm()
        for errand in self._errands:
            errand.cancel()

    async def settle(self) -> None:
        """Wait for the end of what takes real time."""
        while self._errands:
            await asyncio.wait(self._errands)

    def _jump(self, elapsed: float) -> None:
        self._told, self._elapsed = self.instant(elapsed), elapsed
        self._since = time.monotonic()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._steps and self._speed:
            wait = max(self._steps[0].at - self.elapsed, 0.0) / self._speed
            self._timer = asyncio.get_running_loop().call_later(wait, self._catch_up)

    def _catch_up(self) -> None:
        while self._steps and self._steps[0].at <= self.elapsed:
            self._happen(heapq.heappop(self._steps))
        self._arm()

    def _happen(self, step: Step) -> None:
        if step.off:
            return
        try:
            step.happen()
        except Exception:
            # One broken life must not stop everybody's time.
            logger.exception("A step of the simulation failed.")
