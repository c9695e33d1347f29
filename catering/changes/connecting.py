"""How this code base connects to Redis, and the only place where it does.

The constructors of redis-py differ in their time-outs and retries, so each is spelt out here: a
call fails within a second, or sooner where it is told to, and is never repeated behind our back.
"""

from __future__ import annotations

from typing import Any, Final

from redis import Redis as Blocking
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as BlockingRetry

PATIENCE: Final = 1.0
"""Seconds."""


def redis(url: str, patience: float = PATIENCE) -> Redis:
    """A client for an event loop."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **_timeouts(patience))


def blocking_redis(url: str) -> Blocking:
    """A client for threads, as Dramatiq wants it."""
    return Blocking.from_url(url, retry=BlockingRetry(NoBackoff(), 0), **_timeouts(PATIENCE))


def _timeouts(patience: float) -> dict[str, Any]:
    return {"socket_timeout": patience, "socket_connect_timeout": patience}
