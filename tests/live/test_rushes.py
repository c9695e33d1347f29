"""Everybody comes back at once, and somebody does not read: nobody misses anything for it."""

from __future__ import annotations

import asyncio
import socket as sockets
from typing import Any
from uuid import UUID

from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.settings import Settings

from .asking import text
from .people import Person, Town
from .serving import Api, Socket, serving, serving_here

WATCHERS = 120
EVENTS = 150
BRIEF = """subscription ($id: ID!, $after: String) {
  orderChanged(id: $id, after: $after) { ... on LiveEvent { position } } }"""
AT_LENGTH = " ".join(f"position_{n:0150}: position" for n in range(29))
LONG_WINDED = BRIEF.replace("position", f"position {AT_LENGTH}")
"""About 5 KB an event."""
NARROW = 4_096
ENOUGH = 256 * 1024
"""Bytes that may wait for one client: more than asyncio keeps before it says so, and far less than
what happens."""


async def test_all_who_are_sent_away_and_come_back_at_once_see_everything_once(
    api: Api, settings: Settings, town: Town, anna: Person, order: UUID
) -> None:
    many = {"CATERING_SOCKETS_PER_USER": str(WATCHERS)}
    here, home = asyncio.Semaphore(0), asyncio.Barrier(WATCHERS + 1)

    async def watch(leaving: Api) -> list[str]:
        seen = []
        async with leaving.socket(anna.token) as socket:
            await _follow(socket, order)
            here.release()
            seen.append((await socket.next(60))["position"])
            here.release()
            assert await socket.closed(60) == 1012
        await home.wait()
        async with api.socket(anna.token, open_timeout=60) as socket:
            await _follow(socket, order, after=seen[-1])
            seen += [(await socket.next(60))["position"] for _ in range(2)]
            here.release()
            return [*seen, (await socket.next(60))["position"]]

    async with serving(settings, **many) as leaving:
        watching = [asyncio.create_task(watch(leaving)) for _ in range(WATCHERS)]
        happened = [await _happens_to(order, town, here)]
        await _all(here)
        assert leaving.part is not None
        leaving.part.ask_to_leave()
        happened += [await _happens(town, order) for _ in range(2)]
        await home.wait()
        happened.append(await _happens_to(order, town, here))
        assert {tuple(seen) for seen in await asyncio.gather(*watching)} == {tuple(happened)}


async def test_who_never_reads_holds_up_nobody_and_fills_no_memory(
    settings: Settings, town: Town, anna: Person, order: UUID
) -> None:
    async with (
        serving_here(settings) as api,
        api.socket(anna.token, sock=_narrow(api), max_queue=1, compression=None) as silent,
        api.socket(anna.token) as socket,
    ):
        for one in (silent, socket):
            await one.subscribe(LONG_WINDED, id=text(Prefix.ORDER, order))
            await one.next()
        _narrow_on_this_side(api)
        for _ in range(EVENTS):
            await town.happens_unheard(EventKind.TICKET_REMINDED, order, order_id=order)
        last = await town.announce()
        seen = [(await socket.next(60))["position"] for _ in range(EVENTS)]
        assert seen[-1] == str(last)

        assert 0 < _waits_for_somebody(api) < ENOUGH < EVENTS * 4_000
        assert [(await silent.next(60))["position"] for _ in range(EVENTS)] == seen


async def _follow(socket: Socket, order: UUID, **since: Any) -> None:
    await socket.subscribe(BRIEF, id=text(Prefix.ORDER, order), **since)
    if not since:
        await socket.next(60)


async def _happens_to(order: UUID, town: Town, here: asyncio.Semaphore) -> str:
    """Something happens once all are there; its position."""
    await _all(here)
    return await _happens(town, order)


async def _happens(town: Town, order: UUID) -> str:
    return str(await town.happens(EventKind.TICKET_REMINDED, order, order_id=order))


async def _all(here: asyncio.Semaphore) -> None:
    for _ in range(WATCHERS):
        await here.acquire()


def _narrow(api: Api) -> sockets.socket:
    """A connection through which little fits that is not read."""
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, NARROW)
    narrow.connect(("127.0.0.1", api.port))
    return narrow


def _narrow_on_this_side(api: Api) -> None:
    """Otherwise the kernel takes it all."""
    for line in _lines(api):
        line.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, NARROW)


def _waits_for_somebody(api: Api) -> int:
    """Bytes that the process keeps for the slowest of its clients."""
    return max(line.get_write_buffer_size() for line in _lines(api))


def _lines(api: Api) -> list[asyncio.WriteTransport]:
    assert api.server is not None
    connections: Any = api.server.server_state.connections
    return [connection.transport for connection in connections]
