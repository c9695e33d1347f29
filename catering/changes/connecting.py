"""How this code base connects to Redis, and the only place where it does.

The constructors of redis-py differ in their time-outs and retries, so each is spelt out here: a
call fails within a second, or sooner where it is told to, and is never repeated behind our back.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from redis import Redis as Blocking
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as BlockingRetry

PATIENCE: Final = 1.0
"""Seconds."""


def redis(url: str, patience: float = PATIENCE) -> Redis:
    """A client for an event loop."""
    client = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **_timeouts(patience))
    pool = client.connection_pool  # who knows by now which kind the address asks for
    pool.connection_class = type("Heedful", (_Heedful, pool.connection_class), {})
    return client


def blocking_redis(url: str) -> Blocking:
    """A client for threads, as Dramatiq wants it."""
    return Blocking.from_url(url, retry=BlockingRetry(NoBackoff(), 0), **_timeouts(PATIENCE))


def _timeouts(patience: float) -> dict[str, Any]:
    return {"socket_timeout": patience, "socket_connect_timeout": patience}


class _Heedful(AbstractConnection):
    """One that no cancellation is lost in.

    On Python 3.11 `asyncio.wait_for`, with which redis-py sends, returns as if nothing were the
    matter when it is cancelled in the moment in which its work is done (gh-86296). A loop that asks
    Redis would go on for ever: a worker was told to leave as it woke, and never left.
    """

    async def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        task = asyncio.current_task()
        asked = task.cancelling() if task else 0
        await super().send_packed_command(*args, **kwargs)
        if task and task.cancelling() > asked:
            await self.disconnect(nowait=True)  # nobody will read the answer
            raise asyncio.CancelledError
