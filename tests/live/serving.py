"""API processes of their own, and clients that speak to them over real sockets."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

import httpx
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from catering.app import create_app
from catering.changes import Hub
from catering.settings import Settings
from catering.transport.frames import Frames
from catering.transport.reading import LARGEST
from tests.parts import PATIENCE, Part, start

PROTOCOL = Subprotocol("graphql-transport-ws")
LONGEST = 20.0
"""Seconds in which every request is answered, whatever is away."""


@dataclass
class Api:
    """One server, in a process of its own or in ours."""

    port: int
    part: Part | None = None
    hub: Hub | None = None
    server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation over HTTP."""
        response = await self.post({"query": query, "variables": variables}, token)
        answer: dict[str, Any] = response.json()
        return answer

    async def post(self, body: Any, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(verify=False, timeout=LONGEST) as http:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
            return await http.post(f"{self.url}/graphql", content=content, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(verify=False) as http:
            return await http.get(f"{self.url}{path}")

    @asynccontextmanager
    async def dial(self, **options: Any) -> AsyncIterator[ClientConnection]:
        """A socket on which nothing was said."""
        uri = f"ws://127.0.0.1:{self.port}/graphql"
        async with websockets.connect(uri, subprotocols=[PROTOCOL], **options) as connection:
            yield connection

    @asynccontextmanager
    async def socket(self, token: str | None = None, **options: Any) -> AsyncIterator[Socket]:
        """A socket that speaks for the owner of a token."""
        async with self.dial(**options) as connection:
            socket = Socket(connection)
            payload = {"Authorization": f"Bearer {token}"} if token else {}
            await socket.say({"type": "connection_init", "payload": payload})
            assert (await socket.hear())["type"] == "connection_ack"
            yield socket


@dataclass
class Socket:
    """A client of graphql-transport-ws with its operations."""

    connection: ClientConnection
    _ids: count[int] = field(default_factory=count)

    async def say(self, message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self, within: float = PATIENCE) -> dict[str, Any]:
        async with asyncio.timeout(within):
            message: dict[str, Any] = json.loads(await self.connection.recv())
            return message

    async def subscribe(self, query: str, **variables: Any) -> str:
        id = str(next(self._ids))
        payload = {"query": query, "variables": variables}
        await self.say({"id": id, "type": "subscribe", "payload": payload})
        return id

    async def next(self, within: float = 10) -> Any:
        """The one field of the next event."""
        message = await self.hear(within)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    async def closed(self, within: float = 10) -> int | None:
        """The code that the server closes with."""
        async with asyncio.timeout(within):
            await self.connection.wait_closed()
        return self.connection.close_code

    async def __aenter__(self) -> Self:
        return self


@asynccontextmanager
async def serving(settings: Settings, **environment: str) -> AsyncIterator[Api]:
    """A process of `catering api`, ready."""
    port = _free_port()
    part = start("api", settings, CATERING_PORT=str(port), **environment)
    api = Api(port, part)
    try:
        await _ready(api)
        yield api
    finally:
        part.ask_to_leave()
        await part.end()
        part.kill()


@asynccontextmanager
async def serving_here(settings: Settings) -> AsyncIterator[Api]:
    """The same in this process, where it can be looked into."""
    app = create_app(settings)
    config = uvicorn.Config(
        app, port=_free_port(), ws=Frames, ws_max_size=LARGEST, log_level="warning",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    api = Api(config.port, hub=app.state.hub, server=server)
    try:
        await _ready(api)
        yield api
    finally:
        server.should_exit = True
        await running
        gc.unfreeze()


async def _ready(api: Api) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                ready = (await api.get("/health/ready")).json()
                if (ready["status"], ready["redis"]) == ("ok", "ok"):
                    return
            except httpx.TransportError:
                assert api.part is None or not api.part.has_ended
            await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
