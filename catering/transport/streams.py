"""Subscriptions over plain HTTP: server-sent events (graphql-sse), and Apollo's multipart.

A stream ends with its operation, with its client, with the session of its caller, and with us.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing
from typing import Any, Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import identifying, strictly
from .negotiating import Form

HEARTBEAT: Final = 12.0
"""Seconds of silence, after which we say that we are still here; proxies cut at 30 or 60."""

Results = AsyncGenerator[Mapping[str, Any], None]

log = logging.getLogger(__name__)


class Framing(Protocol):
    """How results are told apart on the wire."""

    media_type: str
    opening: bytes
    beat: bytes
    end: bytes

    def framed(self, result: Mapping[str, Any]) -> bytes:
        """One result."""
        ...


class Events:
    """`text/event-stream`, in the distinct connections mode of graphql-sse."""

    media_type = Form.EVENTS.value
    opening = b""
    beat = b":\n\n"
    end = b"event: complete\ndata:\n\n"

    def framed(self, result: Mapping[str, Any]) -> bytes:
        """With an `id:` where the event has a position: it comes back as `Last-Event-ID`."""
        position = _position(result)
        id = f"id: {position}\n".encode() if position is not None else b""
        return b"event: next\n" + id + b"data: " + strictly.encoded(result) + b"\n\n"


class Parts:
    """`multipart/mixed` as Apollo's clients read it. Each part is followed by its delimiter at
    once, for they take a part only when they see that it has ended."""

    media_type = 'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"'
    opening = b"\r\n--graphql"
    beat = b"\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql"
    end = b"--\r\n"

    def framed(self, result: Mapping[str, Any]) -> bytes:
        """A part with the result as `payload`."""
        body = strictly.encoded({"payload": result})
        return b"\r\nContent-Type: application/json\r\n\r\n" + body + b"\r\n--graphql"


FRAMINGS: Final[Mapping[Form, Framing]] = {Form.EVENTS: Events(), Form.PARTS: Parts()}


class Stream(Response):
    """The results of one operation, as they come."""

    def __init__(
        self,
        form: Form,
        results: Results,
        *ends: Awaitable[Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """It is cut short by the first of `ends`; clients then come back by themselves."""
        self._framing = FRAMINGS[form]
        self._results, self._ends = results, ends
        self.status_code, self.background = 200, None
        self.init_headers(
            {
                "Content-Type": self._framing.media_type,
                "Cache-Control": "no-cache, no-transform",
                "X-Accel-Buffering": "no",
                **(headers or {}),
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Returns when everything that the stream held is given back."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        queue: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue(1)
        pump = asyncio.create_task(self._pump(queue))
        gone = asyncio.create_task(_gone(receive))
        ends = [asyncio.create_task(self._tell(queue, send)), gone, *map(_task, self._ends)]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = gone.done()
            for task in (pump, *ends):
                task.cancel()
            await asyncio.gather(pump, *ends, return_exceptions=True)
        if not left:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pump(self, queue: asyncio.Queue[Mapping[str, Any] | None]) -> None:
        # One task runs the operation from begin to end: what it has open is closed where it was.
        try:
            async with aclosing(self._results) as results:
                async for result in results:
                    await queue.put(result)
        except Exception:
            log.exception("Request %s failed in its stream", identifying.current())
        await queue.put(None)

    async def _tell(self, queue: asyncio.Queue[Mapping[str, Any] | None], send: Send) -> None:
        async def say(said: bytes) -> None:
            await send({"type": "http.response.body", "body": said, "more_body": True})

        if self._framing.opening:
            await say(self._framing.opening)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    result = await queue.get()
            except TimeoutError:
                await say(self._framing.beat)
                continue
            if result is None:
                await say(self._framing.end)
                return
            await say(self._framing.framed(result))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _task(end: Awaitable[Any]) -> asyncio.Task[Any]:
    async def wait() -> None:
        await end

    return asyncio.create_task(wait())


def _position(result: Mapping[str, Any]) -> str | None:
    data = result.get("data")
    (event,) = data.values() if isinstance(data, dict) and len(data) == 1 else (None,)
    position = event.get("position") if isinstance(event, dict) else None
    return position if isinstance(position, str) and position.isdecimal() else None
