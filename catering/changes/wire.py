"""The link of a process to Redis: one held subscription that mends itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from broadcaster import BroadcastBackend, Event
from redis.asyncio.client import PubSub

from .connecting import redis
from .telling import channel, is_wake

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = '{"look": "again"}'
"""Said whenever something may have been missed: the link stands, stands again, or is lost."""

SILENCE: Final = 3.0
"""Seconds without a word, though the relay's heart beats every second: the link is dead."""

PAUSES: Final = (0.1, 1.0)
WINDOW: Final = 64
"""Messages that may be on their way through the process; Redis keeps the rest, or hangs up."""


class Wire(BroadcastBackend):
    """A backend for `broadcaster` that outlives Redis.

    Its own one drops a subscriber that is first, dies silently with its connection, and queues
    without bound.
    """

    def __init__(self, url: str, wake: Callable[[str], None]) -> None:
        """`wake` is told at once what is no word of the relay, and breaks no silence of it."""
        self.connected = False
        self._client, self._wake = redis(url), wake
        self.channel = channel(self._client)
        self._pubsub: PubSub | None = None
        self._pause = PAUSES[0]
        self._window = asyncio.Semaphore(WINDOW)

    async def connect(self) -> None:
        """Nothing yet: the link is made when the first message is waited for."""

    async def disconnect(self) -> None:
        """Hang up for good."""
        await self._hang_up()
        await self._client.aclose()

    async def subscribe(self, group: str) -> None:
        """Nothing: there is one channel, subscribed to whenever the link is made."""

    async def unsubscribe(self, group: str) -> None:
        """Nothing, for the same reason."""

    async def publish(self, channel: str, message: Any) -> None:
        """Raises when Redis cannot be reached."""
        await self._client.publish(channel, message)

    async def next_published(self) -> Event:
        """The next message, or LOOK_AGAIN; waits for as long as Redis is away."""
        await self._window.acquire()
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    return Event(self.channel, await self._hear())
            except Exception as error:
                # Whatever it was, a new connection mends it.
                if await self._hang_up():
                    log.warning("The link to Redis broke: %r", error)
                    return Event(self.channel, LOOK_AGAIN)
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, PAUSES[1])

    def handled(self) -> None:
        """A message has left the process: there is room for another."""
        self._window.release()

    async def _hear(self) -> str:
        pubsub = self._pubsub or await self._dial()
        while True:
            message = await pubsub.get_message(timeout=None)
            if message is not None and message["type"] == "subscribe":
                self.connected, self._pause = True, PAUSES[0]
                return LOOK_AGAIN
            if message is not None and message["type"] == "message":
                said = str(message["data"], errors="replace")
                if not is_wake(said):
                    return said
                self._wake(said)

    async def _dial(self) -> PubSub:
        self._pubsub = pubsub = self._client.pubsub()
        await pubsub.subscribe(self.channel)
        return pubsub

    async def _hang_up(self) -> bool:
        """Whether the link stood until now."""
        stood, self.connected = self.connected, False
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            try:
                await pubsub.aclose()
            except Exception as error:
                log.debug("Redis did not say goodbye: %r", error)
        return stood
