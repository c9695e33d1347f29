"""How this code base connects to Redis, and the only place where it does.

The constructors of redis-py differ in their time-outs and retries, so each is spelt out here: a
call fails within a second and is never repeated behind our back.
"""

from __future__ import annotations

from typing import Any

from redis import Redis as Blocking
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.retry import Retry as BlockingRetry

_TIMEOUTS: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}


def redis(url: str) -> Redis:
    """A client for an event loop."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **_TIMEOUTS)


def blocking_redis(url: str) -> Blocking:
    """A client for threads, as Dramatiq wants it."""
    return Blocking.from_url(url, retry=BlockingRetry(NoBackoff(), 0), **_TIMEOUTS)
