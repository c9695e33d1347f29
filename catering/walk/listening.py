"""A live feed over graphql-transport-ws that goes on where its last socket broke."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from catering.walk.documents import document
from catering.walk.ending import Failed
from catering.walk.talking import pauses, told

PROTOCOL: Final = Subprotocol("graphql-transport-ws")
ACKNOWLEDGED_WITHIN: Final = 10.0
REFUSALS: Final = frozenset({4400, 4401, 4403, 4406, 4409, 4429})
"""Closing codes after which coming back would not help."""
PASSING: Final = frozenset({"UNAVAILABLE", "TIMEOUT"})
"""Codes of errors that are no answer: whoever comes back is answered."""
LAST: Final = frozenset({"TrackingEnded"})
"""Events after which a feed is over; any other end is a break."""

Event = dict[str, Any]
Hear = Callable[[Event], Awaitable[None]]
Pauses = Callable[[], Iterator[float]]


class Feed:
    """One subscription, over as many sockets as it takes.

    Each event goes to `hear` once and in order; a socket that breaks is followed by one that asks
    for what came `after` the last event heard. `sockets` tells what each one that was opened asked
    for, None where that was the present state.
    """

    def __init__(
        self, url: str, token: str, operation: str, variables: dict[str, Any], hear: Hear,
        *, after: str | None = None, pausing: Pauses = pauses,
    ) -> None:  # fmt: skip
        self._url, self._token = url, token
        self._operation, self._variables = operation, variables
        self._hear, self._pausing = hear, pausing
        self._after = after
        self._pauses = pausing()
        self._over = False
        self.sockets: list[str | None] = []

    @property
    def resumed(self) -> int:
        """How often it went on after a socket had broken."""
        return max(0, len(self.sockets) - 1)

    async def follow(self) -> None:
        """Listen until an event says that nothing more will come."""
        while not self._over:
            await self._listen()
            await asyncio.sleep(next(self._pauses))

    async def _listen(self) -> None:
        """Use one socket until it breaks, or the server completes the subscription."""
        try:
            async with connect(self._url, subprotocols=[PROTOCOL], proxy=None) as socket:
                await self._begin(socket)
                async for frame in socket:
                    if await self._completed(socket, json.loads(frame)):
                        return
        except ConnectionClosed as closed:
            self._must_be_mendable(closed)
        except (OSError, WebSocketException):  # a TimeoutError is an OSError
            pass

    async def _begin(self, socket: ClientConnection) -> None:
        await _send(socket, "connection_init", payload={"Authorization": f"Bearer {self._token}"})
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
            while (answer := json.loads(await socket.recv()))["type"] != "connection_ack":
                await self._completed(socket, answer)
        payload = {
            "query": document(self._operation),
            "operationName": self._operation,
            "variables": self._variables | ({"after": self._after} if self._after else {}),
        }
        await _send(socket, "subscribe", id="1", payload=payload)
        self.sockets.append(self._after)

    async def _completed(self, socket: ClientConnection, message: dict[str, Any]) -> bool:
        match message["type"]:
            case "next":
                await self._take(message["payload"])
            case "error" if _pass(message["payload"]):
                return True
            case "error":
                raise self._failed(message["payload"])
            case "ping":
                await _send(socket, "pong")
            case "complete":
                return True
        return False

    async def _take(self, payload: dict[str, Any]) -> None:
        if payload.get("errors"):
            raise self._failed(payload["errors"])
        (event,) = payload["data"].values()
        if event["__typename"] == "StreamReset":
            raise Failed(
                f"{self._operation} lost events: {event['reason']} at {event['position']}."
            )
        await self._hear(event)
        self._over = event["__typename"] in LAST
        self._after = event["position"]
        self._pauses = self._pausing()

    def _must_be_mendable(self, closed: ConnectionClosed) -> None:
        if closed.rcvd and closed.rcvd.code in REFUSALS:
            code, reason = closed.rcvd.code, closed.rcvd.reason
            raise Failed(f"{self._operation} was closed with {code}: {reason}.") from closed

    def _failed(self, errors: list[dict[str, Any]]) -> Failed:
        return Failed(f"{self._operation} failed: {'; '.join(map(told, errors))}.")


def _pass(errors: list[dict[str, Any]]) -> bool:
    return all(error.get("extensions", {}).get("code") in PASSING for error in errors)


async def _send(socket: ClientConnection, kind: str, **rest: Any) -> None:
    await socket.send(json.dumps({"type": kind, **rest}))
