"""Redis for what can be done without it: asked with little patience, and spared while away."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from .connecting import redis

T = TypeVar("T")

PATIENCE: Final = 0.5
"""Seconds that Redis may take; somebody waits for it."""

AFTER: Final = 5.0
"""Seconds until Redis is asked again when it did not answer, by one caller alone."""

AT_ONCE: Final = 32
"""Connections to Redis; the others wait for one."""

log = logging.getLogger(__name__)


class Sparing:
    """One use of Redis by this process."""

    def __init__(
        self, url: str, without: str, *, patience: float = PATIENCE, after: float = AFTER
    ) -> None:
        """`without` is what the log says has to be done while Redis is away."""
        self.redis = redis(url, patience)
        self._without, self._patience, self._after = without, patience, after
        self._room = asyncio.Semaphore(AT_ONCE)
        self._away = False
        self._again_at = 0.0

    async def ask(self, ask: Callable[[], Awaitable[T]]) -> T | None:
        """The answer; None while Redis is away, which one in a while finds out for all."""
        if self._away and time.monotonic() < self._again_at:
            return None
        self._again_at = time.monotonic() + self._after
        try:
            async with asyncio.timeout(2 * self._patience), self._room:
                answer = await ask()
        except Exception as error:  # whatever it was
            if not self._away:
                log.warning("%s: %r", self._without, error)
            self._away = True
            return None
        self._away = False
        return answer

    async def close(self) -> None:
        """Hang up."""
        await self.redis.aclose()
