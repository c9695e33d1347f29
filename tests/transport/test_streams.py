"""Subscriptions over plain HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx
import pytest
import strawberry

from catering.settings import Settings
from catering.transport import Endpoint, Schema, streams
from catering.transport.faults import MASK
from catering.transport.negotiating import Form
from catering.transport.streams import FRAMINGS, Stream

from .conftest import NOTHING

TICKS = 'subscription { serverTick(interval: "PT0.1S", limit: 2) { sequence } }'
EVENTS = {"accept": "text/event-stream"}
PARTS = {"accept": "multipart/mixed;boundary=graphql;subscriptionSpec=1.0, application/json"}


async def test_events_come_and_the_end_is_told(http: httpx.AsyncClient) -> None:
    response = await http.post("", json={"query": TICKS}, headers=EVENTS)
    assert response.text == (
        'event: next\ndata: {"data":{"serverTick":{"sequence":1}}}\n\n'
        'event: next\ndata: {"data":{"serverTick":{"sequence":2}}}\n\n'
        "event: complete\ndata:\n\n"
    )
    assert response.headers["cache-control"] == "no-cache, no-transform"
    assert response.headers["ratelimit"].startswith('"cost";r=')


async def test_parts_are_delimited_as_soon_as_they_end(http: httpx.AsyncClient) -> None:
    response = await http.post("", json={"query": TICKS}, headers=PARTS)
    before, *parts, end = response.text.split("--graphql")
    assert (before.strip(), end) == ("", "--\r\n")
    told = [json.loads(part.partition("\r\n\r\n")[2]) for part in parts]
    assert [part["payload"]["data"]["serverTick"]["sequence"] for part in told] == [1, 2]


@pytest.mark.parametrize("query", ["{", "subscription { nothing }", "mutation { nothing }"])
async def test_what_cannot_begin_is_told_in_the_stream(http: httpx.AsyncClient, query: str) -> None:
    response = await http.post("", json={"query": query}, headers=EVENTS)
    assert response.status_code == 200
    first, second, _ = response.text.split("\n\n")
    assert "errors" in json.loads(first.partition("data: ")[2])
    assert second.startswith("event: complete")


def test_an_event_with_a_position_has_an_id() -> None:
    framed = FRAMINGS[Form.EVENTS].framed
    assert b"\nid: 17\n" in framed({"data": {"orderChanged": {"position": "17"}}})
    for position in (None, 17, "1\ndata: x", "", "x"):
        assert b"id:" not in framed({"data": {"orderChanged": {"position": position}}})
    assert b"id:" not in framed({"data": None})


async def test_silence_is_broken(http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.02)
    assert "\n\n:\n\n" in (await http.post("", json={"query": TICKS}, headers=EVENTS)).text
    parts = (await http.post("", json={"query": TICKS}, headers=PARTS)).text
    assert "\r\n\r\n{}\r\n--graphql" in parts


class Source:
    """A stream that never ends by itself, and knows whether it was closed."""

    closed = False

    async def results(self) -> AsyncGenerator[Mapping[str, Any], None]:
        try:
            yield {"data": {"n": 1}}
            await asyncio.Event().wait()
        finally:
            self.closed = True


class Client:
    """One that reads until he goes."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.heard, self.gone = asyncio.Event(), asyncio.Event()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.told.append(message)
        if message.get("body"):
            self.heard.set()


async def test_a_client_that_goes_takes_the_source_with_it() -> None:
    source, client = Source(), Client()
    stream = Stream(Form.EVENTS, source.results(), asyncio.Event().wait())
    serving = asyncio.create_task(stream({}, client.receive, client.send))
    async with asyncio.timeout(5):
        await client.heard.wait()
        client.gone.set()
        await serving
    assert source.closed


async def test_a_stream_is_cut_when_its_time_is_over() -> None:
    source, client, over = Source(), Client(), asyncio.Event()
    stream = Stream(Form.EVENTS, source.results(), over.wait())
    serving = asyncio.create_task(stream({}, client.receive, client.send))
    async with asyncio.timeout(5):
        await client.heard.wait()
        over.set()
        await serving
    assert source.closed
    assert client.told[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_source_that_breaks_ends_the_stream(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> AsyncGenerator[Mapping[str, Any], None]:
        yield {"data": {"n": 1}}
        raise ValueError("secret")

    client = Client()
    async with asyncio.timeout(5):
        await Stream(Form.EVENTS, broken())({}, client.receive, client.send)
    said = b"".join(message.get("body", b"") for message in client.told)
    assert said.endswith(b"event: complete\ndata:\n\n")
    assert b"secret" not in said
    assert "secret" in caplog.text


@strawberry.type
class Fine:
    here: bool = True


@strawberry.type
class Broken:
    """Breaks after an event."""

    @strawberry.subscription
    async def counted(self) -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("secret")


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
async def test_a_bug_in_a_subscription_is_masked_and_logged_once(
    accept: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = Endpoint(Schema(Fine, None, Broken), NOTHING, NOTHING, Settings("", ""))
    app = httpx.ASGITransport(endpoint)
    async with httpx.AsyncClient(transport=app, base_url="http://edge/graphql") as client:
        body = {"query": "subscription { counted }"}
        response = await client.post("", json=body, headers=accept)
    assert '{"counted":1}' in response.text
    assert MASK in response.text
    assert "secret" not in response.text
    assert response.text.endswith(("event: complete\ndata:\n\n", "--graphql--\r\n"))
    (logged,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert logged.exc_info is not None


async def test_a_stop_ends_all_streams(endpoint: Endpoint, http: httpx.AsyncClient) -> None:
    endpoint.ending.set()
    query = TICKS.replace("limit: 2", "limit: 3600")
    async with asyncio.timeout(5):
        response = await http.post("", json={"query": query}, headers=EVENTS)
    assert "complete" not in response.text
