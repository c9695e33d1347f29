"""The fan-out inside a process: from one link to Redis to everybody who follows a channel."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Final, Protocol, Self

from broadcaster import Broadcast
from broadcaster._base import Subscriber

from .wire import Wire

PATIENCE: Final = 10.0
"""Seconds after which a follower looks by himself, in case a wake-up was lost."""

IMPATIENCE: Final = 0.2
"""The part of it that is left while Redis is away."""


class Changes(Protocol):
    """Who wants to know when something changes in a channel."""

    def follow(
        self, *channels: str, patience: float | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """Wake-ups for `order:<uuid>`, `restaurant:<uuid>`, `driver:<uuid>`, `delivery:<uuid>`,
        `user:<uuid>`, `keys` or `board`, from the moment the context is entered; many may come as
        one, and one comes after so many seconds without any."""
        ...


class Hub:
    """The `Changes` of one process; entered for as long as the process serves."""

    def __init__(self, url: str) -> None:
        self._wire = Wire(url, self._hear)
        self._followers: dict[str, set[_Follower]] = {}
        self._position = 0
        self._open = AsyncExitStack()

    @property
    def connected(self) -> bool:
        """Whether Redis is heard; without it followers look by themselves."""
        return self._wire.connected

    @property
    def followers(self) -> int:
        """How many follow anything."""
        return len(set[_Follower]().union(*self._followers.values()))

    async def __aenter__(self) -> Self:
        broadcast = await self._open.enter_async_context(Broadcast(backend=self._wire))
        messages = await self._open.enter_async_context(broadcast.subscribe(self._wire.channel))
        listening = asyncio.create_task(self._listen(messages))
        self._open.push_async_callback(_end, listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @asynccontextmanager
    async def follow(
        self, *channels: str, patience: float | None = None
    ) -> AsyncIterator[AsyncIterator[None]]:
        """Wake-ups for channels: one flag, so that nobody's slowness piles anything up."""
        follower = _Follower(self._wire, patience or PATIENCE)
        for channel in channels:
            self._followers.setdefault(channel, set()).add(follower)
        try:
            yield follower
        finally:
            for channel in channels:
                self._leave(channel, follower)

    def _leave(self, channel: str, follower: _Follower) -> None:
        followers = self._followers[channel]
        followers.discard(follower)
        if not followers:
            del self._followers[channel]

    async def _listen(self, messages: Subscriber) -> None:
        while True:
            event = await messages.get()
            self._hear(event.message)
            self._wire.handled()

    def _hear(self, message: str) -> None:
        match _read(message):
            case {"beat": int(position)} if position <= self._position:
                pass
            case {"wake": [*channels]}:
                position = 0
                self._wake(map(str, channels))
            case {"p": int(position), "since": int(since), "channels": [*channels]} if (
                since <= self._position
            ):
                self._wake(map(str, channels))
            case {"beat": int(position)} | {"p": int(position)}:  # something was missed
                self._wake(self._followers)
            case _:
                position = 0
                self._wake(self._followers)
        self._position = max(self._position, position)

    def _wake(self, channels: Iterable[str]) -> None:
        for channel in channels:
            for follower in self._followers.get(channel, ()):
                follower.wake()


class _Follower:
    """Owed a look, or not: however much has happened, one look is enough."""

    def __init__(self, wire: Wire, patience: float) -> None:
        self._wire, self._patience = wire, patience
        self._owed = asyncio.Event()

    def wake(self) -> None:
        self._owed.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        patience = self._patience * (1 if self._wire.connected else IMPATIENCE)
        with suppress(TimeoutError):
            # Not all at once: thousands may have begun to wait in the same moment.
            async with asyncio.timeout(patience * random.uniform(0.8, 1)):  # noqa: S311
                await self._owed.wait()
        self._owed.clear()


def _read(message: str) -> object:
    try:
        return json.loads(message)
    except ValueError:
        return None


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
