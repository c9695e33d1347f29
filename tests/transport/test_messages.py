"""The shapes of what a client may say on a socket, and what it hears."""

from __future__ import annotations

from typing import Any

import pytest

from catering.transport.frames import MOST_PIECES
from catering.transport.sockets import PER_SOCKET, is_message
from tests.live.conftest import api as api
from tests.live.serving import Api

LONG = 'subscription { serverTick(interval: "PT1M", limit: 9) { sequence } }'


@pytest.mark.parametrize(
    "message",
    [
        {"type": "connection_init"},
        {"type": "connection_init", "payload": None},
        {"type": "ping", "payload": {"a": 1}},
        {"type": "pong"},
        {"type": "complete", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}},
        {
            "type": "subscribe", "id": "1", "more": 1,
            "payload": {
                "query": "{ a }", "variables": None, "operationName": None, "extensions": None
            },
        },
    ],
)  # fmt: skip
def test_a_message_of_the_protocol(message: Any) -> None:
    assert is_message(message)


@pytest.mark.parametrize(
    "message",
    [
        None, [], "subscribe", 7, {}, {"type": {}}, {"type": "start"}, {"type": "connection_ack"},
        {"type": "connection_init", "payload": "x"},
        {"type": "ping", "payload": []},
        {"type": "complete"}, {"type": "complete", "id": ""},
        {"type": "subscribe", "payload": {"query": "{ a }"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{ a }"}},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": None},
        {"type": "subscribe", "id": "1", "payload": {"query": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "operationName": 5}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "extensions": "x"}},
    ],
)  # fmt: skip
def test_no_message_of_the_protocol(message: Any) -> None:
    assert not is_message(message)


async def test_a_pong_carries_what_the_ping_did(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "ping", "payload": {"a": 1}})
        assert await socket.hear() == {"type": "pong", "payload": {"a": 1}}
        await socket.say({"type": "ping", "payload": None})
        assert await socket.hear() == {"type": "pong"}


async def test_a_second_greeting_closes_the_socket(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "connection_init"})
        assert await socket.closed() == 4429


async def test_an_id_is_used_once_at_a_time(api: Api) -> None:
    async with api.socket() as socket:
        message = {"id": "1", "type": "subscribe", "payload": {"query": LONG}}
        await socket.say(message)
        await socket.say(message)
        assert await socket.closed() == 4409


async def test_one_operation_too_many_is_refused_and_the_others_go_on(api: Api) -> None:
    async with api.socket() as socket:
        for _ in range(PER_SOCKET + 1):
            last = await socket.subscribe(LONG)
        heard = [await socket.hear() for _ in range(PER_SOCKET + 1)]
        (refusal,) = [message for message in heard if message["type"] == "error"]
        assert refusal["id"] == last
        assert refusal["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
        await socket.say({"id": "0", "type": "complete"})
        await socket.subscribe("{ __typename }")
        assert await socket.next() == "Query"


async def test_a_large_message_closes_the_socket(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"type": "ping", "payload": {"x": "x" * (2 << 20)}})
        assert await socket.closed() == 1009


async def test_a_message_in_too_many_pieces_closes_the_socket(api: Api) -> None:
    async with api.socket() as socket:
        await socket.connection.send(['{"type": ', '"ping"', "}"])
        assert await socket.hear() == {"type": "pong"}
        # Nothing is said, and it is said for ever: no count of bytes would notice.
        await socket.connection.send([""] * MOST_PIECES)
        assert await socket.closed() == 1009


async def test_text_that_is_not_utf_8_closes_the_socket(api: Api) -> None:
    async with api.socket() as socket:
        await socket.connection.send(b'{"type": "\xff"}', text=True)
        assert await socket.closed() == 1007


async def test_the_handshake_has_an_id_as_well(api: Api) -> None:
    async with api.dial() as connection:
        assert connection.response is not None
        assert connection.response.headers["x-request-id"]
