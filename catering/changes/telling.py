"""What the relay says to every process that has somebody listening.

One channel carries everything: `{"p": 42, "since": 40, "channels": ["order:…", "board"]}` after a
batch of events that came after position 40 and ended with 42, and `{"beat": 42}` every second.
Silence means that the link is dead, and a higher number than the last one that a batch was missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from redis.asyncio import Redis

_PREFIX: Final = "catering:changes"


def channel(client: Redis) -> str:
    """The one channel of this installation: Redis shares channels among its numbered databases."""
    return f"{_PREFIX}:{client.connection_pool.connection_kwargs.get('db', 0)}"


async def publish(client: Redis, channels: Iterable[str], position: int, *, count: int = 1) -> None:
    """Wake the followers of these channels: of so many events, up to this position.

    Raises when Redis cannot be reached.
    """
    since = position - count
    news = {"p": position, "since": since, "channels": sorted(set(channels))}
    await client.publish(channel(client), json.dumps(news))


async def beat(client: Redis, position: int) -> None:
    """Say that the relay lives, and how far it has announced. Raises like `publish`."""
    await client.publish(channel(client), json.dumps({"beat": position}))
