"""Around everything that is served: an id on every answer, and a mask on every accident."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from catering.watching import counts

from .codes import Code
from .faults import MASK, Fault
from .identifying import HEADER, identified

STARTS: Final = {"http.response.start", "websocket.accept", "websocket.http.response.start"}

INTERNAL_ERROR: Final = 1011

log = logging.getLogger(__name__)


class Surrounding:
    """What fails outside of an operation is masked here, as `faults` masks what fails inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        with identified(scope) as id:
            await self._served(id, scope, receive, send)

    async def _served(self, id: str, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] in STARTS:
                started = True
                counts.RESPONSES.labels(message.get("status", 101)).inc()
                message.setdefault("headers", [])
                MutableHeaders(scope=message)[HEADER] = id
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception:
            if scope["type"] == "http" and started:
                raise  # half an answer: only the server can cut it off, and it logs what it did
            log.exception("Request %s failed", id)
            if scope["type"] == "http":
                await Fault(Code.INTERNAL_SERVER_ERROR, MASK).response()(scope, receive, marked)
            else:
                with suppress(RuntimeError):  # the client was quicker
                    await send({"type": "websocket.close", "code": INTERNAL_ERROR})
