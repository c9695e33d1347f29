"""graphql-transport-ws: sockets that know for how long they may speak for somebody."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)

from catering.services.tokens import BadToken

from .calling import SocketContext, caller

FORBIDDEN: Final = 4403
"""Clients of graphql-ws come back by themselves after this one, and not after 4401."""

LOOK_AFTER: Final = 30.0
"""Seconds between two looks whether the session was ended or the role taken away."""

log = logging.getLogger(__name__)


class Socket(BaseGraphQLTransportWSHandler[SocketContext, None]):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._watching: asyncio.Task[None] | None = None

    async def handle_message(self, message: Any) -> None:
        """Nonsense ends the connection with 4400, and not the process's patience."""
        if not _is_message(message):
            await self.handle_invalid_message("A message is an object with a `type`.")
        else:
            await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """From here on somebody is responsible for the connection, for as long as he may be."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.context.caller and self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def shutdown(self) -> None:
        """The client has gone: so does everything that was done for him."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await super().shutdown()

    async def handle_task_exception(self, error: Exception) -> None:
        """A client that vanished while we spoke is nothing to write down."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """Bad syntax is an answer to one operation; the others on the socket go on."""
        return None

    async def _watch(self) -> None:
        while left := await self._seconds_left():  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(min(left, LOOK_AFTER))
        for operation in list(self.operations):
            await self.cleanup_operation(operation)
        with suppress(WebSocketDisconnected, RuntimeError):
            await self.websocket.close(FORBIDDEN, "Forbidden")

    async def _seconds_left(self) -> float:
        """Nothing, if the caller is no longer who he was."""
        context = self.context
        try:
            now = await caller(context.transaction, context.token or "")
        except BadToken:
            return 0
        except Exception as error:
            log.warning("Whether a session lives cannot be said just now: %r", error)
            return 1
        return now.seconds_left if now.actor == context.actor else 0


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] == "subscribe":
        payload = message.get("payload")
        return (
            isinstance(message.get("id"), str)
            and isinstance(payload, dict)
            and isinstance(payload.get("query"), str)
            and isinstance(payload.get("variables"), dict | None)
            and isinstance(payload.get("operationName"), str | None)
        )
    return message["type"] != "complete" or isinstance(message.get("id"), str)
