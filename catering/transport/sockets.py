"""graphql-transport-ws: sockets that know for how long they may speak for somebody."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)

from catering.database import is_passing
from catering.domain.people import Actor, Role

from .attending import TooMany
from .calling import SocketContext, dismissal
from .codes import Code
from .faults import AWAY, Fault
from .reading import MEANT, understood

FORBIDDEN: Final = 4403
"""Clients of graphql-ws come back by themselves after this one, and not after 4401."""

TOO_MANY: Final = 4429
"""After this one they stay away: coming back would not help."""

TRY_AGAIN_LATER: Final = 1013

PER_SOCKET: Final = 20
PER_SOCKET_OF_THE_OFFICE: Final = 100
"""Operations under way. A manager's board watches many things at once."""


class Socket(BaseGraphQLTransportWSHandler[SocketContext, None]):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._watching: asyncio.Task[None] | None = None

    async def handle_message(self, message: Any) -> None:
        """Nonsense ends the connection with 4400, and not the process's patience."""
        if not is_message(message):
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")
        else:
            await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """From here on somebody is responsible for the connection, for as long as he may be."""
        told: Any = {**message, "payload": message.get("payload") or {}}
        try:
            await super().handle_connection_init(told)
        except TooMany as error:
            await self.websocket.close(TOO_MANY, str(error))
            return
        except Exception as error:
            if not is_passing(error):
                raise
            await self.websocket.close(TRY_AGAIN_LATER, AWAY)
            return
        actor = self.context.actor
        if self.connection_acknowledged and actor and self._watching is None:
            if actor.role in {Role.MANAGER, Role.ADMIN}:
                self.max_subscriptions_per_connection = PER_SOCKET_OF_THE_OFFICE
            self._watching = asyncio.create_task(self._watch(actor))

    async def handle_ping(self, message: Any) -> None:
        """A pong carries what the ping did."""
        payload = {"payload": message["payload"]} if message.get("payload") is not None else {}
        await self.send_message({"type": "pong", **payload})

    async def handle_subscribe(self, message: Any) -> None:
        """One more, if there is room. Who was refused may ask again when another has ended."""
        most = self.max_subscriptions_per_connection or PER_SOCKET
        fresh = message["id"] not in self.operations
        if self.connection_acknowledged and fresh and len(self.operations) >= most:
            error = {
                "message": f"A socket may have {most} operations under way.",
                "extensions": {"code": Code.TOO_MANY_OPERATIONS},
            }
            refusal: Any = {"id": message["id"], "type": "error", "payload": [error]}
            await self.send_message(refusal)
            return
        try:
            asked = understood(message["payload"])
            query = self.view.trusted.text(asked)  # type: ignore[attr-defined]
        except Fault as fault:
            wrong: Any = {"id": message["id"], "type": "error", "payload": [fault.error]}
            await self.send_message(wrong)
            return
        meant: Any = {**message, "payload": {**message["payload"], "query": query}}
        await super().handle_subscribe(meant)

    async def send_message(self, message: Any) -> None:
        """Whatever is sent gives way: a stream that never waits must not be the only one to run."""
        await super().send_message(message)
        await asyncio.sleep(0)

    async def shutdown(self) -> None:
        """The client has gone: so does everything that was done for him."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        try:
            await super().shutdown()
        finally:
            self.context.held.close()

    async def handle_task_exception(self, error: Exception) -> None:
        """A client that vanished while we spoke is nothing to write down."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """Bad syntax is an answer to one operation; the others on the socket go on."""
        return None

    async def _watch(self, actor: Actor) -> None:
        context = self.context
        await dismissal(context.transaction, context.changes, context.token or "", actor)
        for operation in list(self.operations):
            await self.cleanup_operation(operation)
        with suppress(WebSocketDisconnected, RuntimeError):
            await self.websocket.close(FORBIDDEN, "Forbidden")


def is_message(message: Any) -> bool:
    """Whether this is one of those that a client may send, in its shape."""
    match message:
        case {"type": "connection_init" | "ping" | "pong"}:
            return _is(message, "payload", dict)
        case {"type": "complete", "id": str(id)}:
            return bool(id)
        case {"type": "subscribe", "id": str(id), "payload": dict(payload)}:
            return (
                bool(id)
                and any(payload.get(name) is not None for name in MEANT)
                and _is(payload, "query", str)
                and _is(payload, "documentId", str)
                and _is(payload, "variables", dict)
                and _is(payload, "operationName", str)
                and _is(payload, "extensions", dict)
            )
    return False


def _is(members: dict[str, Any], name: str, kind: type[Any]) -> bool:
    return isinstance(members.get(name), kind | None)
