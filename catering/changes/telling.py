"""What is said to every process that has somebody listening, nearly all of it by the relay.

One channel carries everything: `{"p": 42, "since": 40, "channels": ["order:…", "board"]}` after a
batch of events that came after position 40 and ended with 42, and `{"beat": 42}` every second.
Silence means that the link is dead, and a higher number than the last one that a batch was missed.
`{"wake": ["delivery:…"]}` may be said by anybody, of what is no event: nothing is lost with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from redis.asyncio import Redis

_PREFIX: Final = "catering:changes"
_WAKE: Final = '{"wake"'


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


def wake(*channels: str) -> str:
    """The words that wake the followers of these channels, though no event was announced."""
    return json.dumps({"wake": channels})


def is_wake(said: str) -> bool:
    """Whether these are such words: they do not tell that the relay lives."""
    return said.startswith(_WAKE)
