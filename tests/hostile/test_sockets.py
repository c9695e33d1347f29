"""Sockets on which nonsense is talked, while others go on with their work."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from catering.settings import Settings
from tests.live.conftest import database_url as database_url
from tests.live.conftest import settings as settings
from tests.live.serving import PROTOCOL, Api, serving_here

from .conftest import MOST_SECONDS, must_be_harmless

DEEP = 100_000
HUNG_UP = {1009, 1006}
"""1006 is what a client makes of it that is still speaking when the line is cut."""


@pytest.fixture
async def here(settings: Settings) -> AsyncIterator[Api]:
    """A server in this process, so that what it writes into its log can be read."""
    async with serving_here(settings) as api:
        yield api


NONSENSE: list[str | bytes] = [
    "null", "7", '"x"', "[]", "", "{", "\0", "{}", '{"type": 7}', '{"type": "start"}',
    "[" * DEEP, "{" * DEEP, '{"type":' * 25_000, '{"type": "ping", "payload": ' + "[" * DEEP,
    '{"type": "ping", "payload": {"a": NaN}}', '{"type": "ping", "type": "pong"}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 7}}',
    '{"type": "subscribe", "id": {"$gt": ""}, "payload": {"query": "{ a }"}}',
    '{"type": "connection_init", "payload": "x"}', b"\x01\x02\x03", b"",
]  # fmt: skip


async def test_nonsense_ends_a_socket_with_4400(here: Api) -> None:
    for said in NONSENSE:
        began = time.process_time()
        async with here.socket() as socket:
            await socket.connection.send(said)
            assert await socket.closed() == 4400, said[:80]
        assert time.process_time() - began < MOST_SECONDS


async def test_too_much_ends_a_socket_with_1009(here: Api) -> None:
    two_mebibytes = json.dumps({"type": "ping", "payload": {"x": "x" * (2 << 20)}})
    async with here.socket() as socket:
        with suppress(ConnectionClosed):
            await socket.connection.send(two_mebibytes)
        assert await socket.closed() in HUNG_UP
    async with here.socket() as socket:
        # In pieces, each of them small enough.
        pieces = [two_mebibytes[at : at + 65_536] for at in range(0, 2 << 20, 65_536)]
        with suppress(ConnectionClosed):
            await socket.connection.send(pieces)
        assert await socket.closed() in HUNG_UP


async def test_a_forged_token_ends_a_socket_with_4403(here: Api) -> None:
    for token in ("x", "a.b.c", "x" * 100_000, 7, {"a": 1}, None):
        async with here.dial() as connection:
            payload = {"Authorization": f"Bearer {token}"}
            await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
            await connection.wait_closed()
            assert connection.close_code == 4403


async def test_a_page_of_another_site_gets_no_socket(here: Api) -> None:
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{here.port}.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            await _from_a_page(here, origin)
        assert refused.value.response.status_code == 403


async def test_a_page_of_the_list_gets_one(settings: Settings) -> None:
    async with serving_here(replace(settings, origins=("https://order.example",))) as api:
        for origin in ("https://order.example", f"http://127.0.0.1:{api.port}"):
            await (await _from_a_page(api, origin)).close()
        with pytest.raises(InvalidStatus):
            await _from_a_page(api, "https://order.example.evil.example")


async def _from_a_page(api: Api, origin: str) -> ClientConnection:
    uri = f"ws://127.0.0.1:{api.port}/graphql"
    return await websockets.connect(uri, subprotocols=[PROTOCOL], origin=Origin(origin))


async def test_bombs_on_a_socket_are_errors_of_their_operations(here: Api) -> None:
    async with here.socket() as socket:
        for query in ("{" * DEEP, "{" + " a" * 50_000 + "}", "", "\ud800", "{ a" * 500):
            id = await socket.subscribe(query)
            told = await socket.hear()
            assert (told["type"], told["id"]) == ("error", id)
            assert len(told["payload"]) <= 10
        await socket.subscribe("{ __typename }")
        assert await socket.next() == "Query"


async def test_others_are_served_meanwhile(here: Api) -> None:
    """Every question of an honest client is answered, in turn with those of the others."""
    over = asyncio.Event()

    async def attack() -> int:
        count = 0
        bombs = [b"[" * DEEP, os.urandom(300_000), json.dumps({"query": "{" * DEEP}).encode()]
        async with httpx.AsyncClient(
            verify=False, headers={"content-type": "application/json"}
        ) as http:
            while not over.is_set():
                response = await http.post(f"{here.url}/graphql", content=bombs[count % len(bombs)])
                must_be_harmless(response)
                count += 1
        return count

    attackers = [asyncio.create_task(attack()) for _ in range(4)]
    async with here.socket() as socket:
        for _ in range(25):
            assert (await here.ask("{ __typename }"))["data"] == {"__typename": "Query"}
            await socket.subscribe("{ __typename }")
            assert await socket.next() == "Query"
            assert (await socket.hear())["type"] == "complete"
    over.set()
    assert min(await asyncio.gather(*attackers)) > 0
