"""A graphql-transport-ws server that plays a script: one scene for each socket it is given."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol


@dataclass(frozen=True)
class Scene:
    """What one socket says once it was asked, and how it ends: a closing code, or a cut wire."""

    messages: Sequence[dict[str, Any]] = ()
    closing: int | None = None
    acknowledges: bool = True


@dataclass
class Server:
    """What the sockets asked, in order."""

    scenes: list[Scene]
    url: str = ""
    tokens: list[str] = field(default_factory=list)
    variables: list[dict[str, Any]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def play(self, socket: ServerConnection) -> None:
        scene = self.scenes.pop(0)
        init = json.loads(await socket.recv())
        self.tokens.append(init["payload"]["Authorization"])
        if scene.acknowledges:
            await socket.send(json.dumps({"type": "connection_ack"}))
            self.variables.append(json.loads(await socket.recv())["payload"]["variables"])
            await self._say(socket, scene)
        if scene.closing is None:
            socket.transport.abort()
        else:
            await socket.close(scene.closing, "as written")

    async def _say(self, socket: ServerConnection, scene: Scene) -> None:
        for message in scene.messages:
            await socket.send(json.dumps(message))
            if message["type"] == "ping":
                self.answers.append(json.loads(await socket.recv())["type"])


@asynccontextmanager
async def serving(*scenes: Scene) -> AsyncIterator[Server]:
    """A server on this machine for as long as it lasts."""
    server = Server(list(scenes))
    subprotocols = [Subprotocol("graphql-transport-ws")]
    async with serve(server.play, "127.0.0.1", 0, subprotocols=subprotocols) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        server.url = f"ws://127.0.0.1:{port}/graphql"
        yield server


def event(position: int, name: str = "OrderChanged") -> dict[str, Any]:
    """An event as it crosses the wire."""
    told = {"__typename": name, "position": str(position), "reason": "POSITION_EXPIRED"}
    return {"type": "next", "id": "1", "payload": {"data": {"feed": told}}}


COMPLETE: dict[str, Any] = {"type": "complete", "id": "1"}
