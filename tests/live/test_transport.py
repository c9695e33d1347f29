"""What the endpoint answers to people, to nonsense, and to greed."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from catering.database import Transaction
from catering.domain.people import Role
from catering.services import registering, sessions, tokens
from catering.settings import Settings

from .serving import Api, serving
from .signing_in import somebody

TICK = 'subscription { serverTick(interval: "PT0.1S", limit: 3) { sequence now } }'


async def test_it_is_ready_when_the_database_is(api: Api) -> None:
    assert (await api.get("/health/live")).status_code == 200
    ready = await api.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "database": "ok", "redis": "ok"},
    )


async def test_the_schema_is_there_to_read(api: Api) -> None:
    assert "type Subscription" in (await api.get("/schema.graphql")).text
    assert "GraphiQL" in (await api.get("/")).text


@pytest.mark.parametrize("body", [None, 7, "x", [], [{}], True])
async def test_a_body_that_is_no_object_is_a_bad_request(api: Api, body: Any) -> None:
    response = await api.post(body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 10_000, b'{"query": NaN}', b'{"query": 1e%s}' % (b"9" * 9)]
)
async def test_a_body_that_is_not_json_is_a_bad_request(api: Api, body: bytes) -> None:
    async with httpx.AsyncClient(verify=False) as http:
        response = await http.post(
            f"{api.url}/graphql", content=body, headers={"Content-Type": "application/json"}
        )
    assert response.status_code == 400


async def test_a_large_body_is_not_read(api: Api) -> None:
    response = await api.post({"query": "{ __typename }", "variables": {"x": "x" * 300_000}})
    assert response.status_code == 413


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a.b.c", "Bearer", "Basic x"])
async def test_a_bad_token_is_told_before_anything_runs(api: Api, header: str) -> None:
    async with httpx.AsyncClient(verify=False) as http:
        response = await http.post(
            f"{api.url}/graphql",
            json={"query": "{ __typename }"},
            headers={"Authorization": header},
        )
    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_long_document_is_refused(api: Api) -> None:
    answer = await api.ask("{" + " a" * 2_000 + "}")
    told = answer["errors"][0]["extensions"]
    assert (told["code"], told["measure"], told["limit"]) == ("QUERY_TOO_COMPLEX", "tokens", 2_000)


async def test_a_deep_document_is_refused_quickly(api: Api) -> None:
    deep = "{ a" * 13 + "}" * 13
    told = (await api.ask(deep))["errors"][0]["extensions"]
    assert told == {"code": "QUERY_TOO_COMPLEX", "measure": "depth", "limit": 12, "actual": 13}

    # Each fragment spreads the next one twice: 2^60 paths, one look at each.
    wide = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(60))
    async with asyncio.timeout(5):
        answer = await api.ask(wide + "fragment f60 on Query { __typename } { ...f0 }")
    assert answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"

    chain = "".join(f"fragment f{n} on Query {{ ...f{n + 1} }} " for n in range(200))
    answer = await api.ask(chain + "fragment f200 on Query { __typename } { ...f0 }")
    assert answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"


async def test_fragments_in_a_circle_are_refused(api: Api) -> None:
    answer = await api.ask("fragment f on Query { ...g } fragment g on Query { ...f } { ...f }")
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_introspection_may_go_deep(api: Api) -> None:
    from graphql import get_introspection_query

    answer = await api.ask(get_introspection_query())
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "\ud800"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ __typename }", "operationName": "Other"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": TICK}, "NOT_ACCEPTABLE"),
        ({"query": ""}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
        ({"query": 7}, "BAD_REQUEST"),
        ({"query": "{ __typename }", "variables": [1]}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {}}}, "BAD_REQUEST"),
    ],
)
async def test_a_faulty_request_is_told_in_apollos_words(api: Api, body: Any, code: str) -> None:
    errors = (await api.post(body)).json()["errors"]
    assert {error["extensions"]["code"] for error in errors} == {code}


async def test_only_the_newer_protocol_is_spoken(api: Api) -> None:
    import websockets
    from websockets.typing import Subprotocol

    uri = f"ws://127.0.0.1:{api.port}/graphql"
    async with websockets.connect(uri, subprotocols=[Subprotocol("graphql-ws")]) as connection:
        await connection.wait_closed()
        assert connection.close_code == 4406


async def test_a_tick_comes_and_comes(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe(TICK)
        assert [(await socket.next())["sequence"] for _ in range(3)] == [1, 2, 3]
        assert (await socket.hear())["type"] == "complete"


@pytest.mark.parametrize(
    "arguments", ['interval: "PT0.01S"', 'interval: "PT2M"', "limit: 0", "limit: 3601"]
)
async def test_ticks_have_limits(api: Api, arguments: str) -> None:
    async with api.socket() as socket:
        await socket.subscribe(f"subscription {{ serverTick({arguments}) {{ sequence }} }}")
        message = await socket.hear()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_bad_syntax_ends_one_operation_and_not_the_socket(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("subscription {")
        assert (await socket.hear())["type"] == "error"
        await socket.subscribe("{ __typename }")
        assert await socket.next() == "Query"


@pytest.mark.parametrize(
    "message",
    [
        None, 7, "x", [], {}, {"type": 7}, {"type": "what"}, {"type": "complete"},
        {"type": "subscribe"}, {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}},
        {"type": "subscribe", "id": "1", "payload": {"query": None}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}},
    ],
)  # fmt: skip
async def test_nonsense_on_a_socket_closes_it_politely(api: Api, message: Any) -> None:
    async with api.socket() as socket:
        await socket.say(message)
        assert await socket.closed() == 4400


async def test_a_socket_with_a_bad_token_is_closed(api: Api) -> None:
    for payload in ({"Authorization": "Bearer x"}, {"authorization": "Basic x"}, {"token": "x"}):
        async with api.dial() as connection:
            await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
            await connection.wait_closed()
            assert connection.close_code == 4403


async def test_an_operation_before_the_first_words_is_refused(api: Api) -> None:
    async with api.dial() as connection:
        message = {"id": "1", "type": "subscribe", "payload": {"query": TICK}}
        await connection.send(json.dumps(message))
        await connection.wait_closed()
        assert connection.close_code == 4401


async def test_a_socket_ends_when_its_token_does(
    api: Api, transaction: Transaction, settings: Settings
) -> None:
    token = await _token_for(transaction, settings, seconds=2)
    async with api.socket(token) as socket:
        await socket.subscribe('subscription { serverTick(interval: "PT1M", limit: 9) { now } }')
        await socket.next()
        assert await socket.closed() == 4403


async def test_a_stop_sends_the_clients_elsewhere(settings: Settings) -> None:
    async with serving(settings) as api, api.socket() as socket:
        await socket.subscribe('subscription { serverTick(interval: "PT1M", limit: 9) { now } }')
        await socket.next()
        assert api.part is not None
        api.part.ask_to_leave()
        assert await socket.closed() == 1012
        async with asyncio.timeout(8):
            assert await api.part.end() in {0, -signal.SIGTERM}


IDLE = 'subscription { serverTick(interval: "PT1M", limit: 9) { now } }'


async def test_a_stream_over_http_ends_when_its_token_does(
    api: Api, transaction: Transaction, settings: Settings
) -> None:
    token = await _token_for(transaction, settings, seconds=2)
    async with asyncio.timeout(10):
        assert "complete" not in "".join([line async for line in _lines(api, token)])


async def test_a_stop_ends_streams_over_http_at_once(settings: Settings) -> None:
    async with serving(settings) as api:
        assert api.part is not None
        async with asyncio.timeout(4):
            async for _ in _lines(api):
                api.part.ask_to_leave()
            await api.part.end()


async def _lines(api: Api, token: str | None = None) -> AsyncIterator[str]:
    headers = {"Accept": "text/event-stream"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx.AsyncClient(verify=False, timeout=30) as http,
        http.stream("POST", f"{api.url}/graphql", json={"query": IDLE}, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            yield line


async def _token_for(transaction: Transaction, settings: Settings, seconds: int) -> str:
    from datetime import timedelta

    from catering import database

    form = registering.admitted(somebody())
    async with transaction() as session:
        user_id = await registering.register_customer(session, form, "-")
        begun = await sessions.begin(session, user_id, Role.CUSTOMER, settings)
        family = (await tokens.read(session, begun.access_token)).family
        until = await database.clock(session) + timedelta(seconds=seconds)
        return await tokens.sign(session, user_id, Role.CUSTOMER, family, until)
