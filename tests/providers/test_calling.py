from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from catering.providers.calling import NoAnswer, NothingSent, Response, call
from tests.providers.conftest import answering

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SOON = timedelta(seconds=0.3)


@asynccontextmanager
async def somebody(talk: Talk) -> AsyncIterator[str]:
    """A server that speaks as badly as `talk` does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_dripping_answer_is_no_answer(http: httpx.AsyncClient) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _byte in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with somebody(drip) as url:
        assert await call(http, "GET", url, deadline=SOON) == NoAnswer(
            "no whole answer within 0.3 s"
        )


async def test_an_endless_answer_is_cut_off(http: httpx.AsyncClient) -> None:
    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with somebody(pour) as url:
        assert isinstance(await call(http, "GET", url), NoAnswer)


async def test_hanging_up_after_we_asked_is_no_answer(http: httpx.AsyncClient) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with somebody(hang_up) as url:
        assert isinstance(await call(http, "POST", url, json={}), NoAnswer)


async def test_half_an_answer_is_no_answer(http: httpx.AsyncClient) -> None:
    async def half(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")

    async with somebody(half) as url:
        assert isinstance(await call(http, "GET", url), NoAnswer)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "no-scheme", "http://[::", "ftp://a/"])
async def test_where_nobody_listens_nothing_is_sent(url: str, http: httpx.AsyncClient) -> None:
    assert isinstance(await call(http, "GET", url), NothingSent)


async def test_a_redirect_is_not_followed() -> None:
    asked = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(302, headers={"location": "http://stranger.test/"})

    answer = await call(answering(elsewhere), "GET", "http://provider.test/a")
    assert isinstance(answer, Response)
    assert answer.status == 302
    assert asked == ["/a"]


@pytest.mark.parametrize(
    ("header", "wait"), [("7", 7), ("999999999999", 3_600), ("-1", None), ("soon", None)]
)
def test_how_long_to_stay_away(header: str, wait: int | None) -> None:
    answer = Response(429, b"", {"retry-after": header})
    assert answer.retry_after == (None if wait is None else timedelta(seconds=wait))


async def test_no_query_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await call(
        answering(lambda _: httpx.Response(200)),
        "GET",
        "http://provider.test/api/x",
        params={"token": "demo:secret"},
    )
    assert "/api/x" in caplog.text
    assert "secret" not in caplog.text
