"""`/graphql`: Strawberry's view, with our callers, our limits and our way to say no."""

from __future__ import annotations

import json
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, Final

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET

from catering.changes import Changes
from catering.database import Transaction
from catering.schema.context import Context
from catering.services.tokens import BadToken
from catering.settings import Settings

from . import faults
from .calling import SocketContext, bearer, caller, patient, token_in
from .sockets import Socket

LARGEST: Final = 256 * 1024
"""Bytes of a request, or of a message on a socket."""

PER_SOCKET: Final = 20
FIRST_WORDS: Final = timedelta(seconds=5)
LIVE_AT_ONCE: Final = 8
"""Transactions that all sockets of a process have open together."""

CODES: Final = {400: "BAD_REQUEST", 404: "NOT_FOUND", 405: "BAD_REQUEST", 413: "TOO_LARGE"}


class Endpoint(GraphQL[Any, None]):
    """One for the process."""

    graphql_transport_ws_handler_class = Socket

    def __init__(
        self, schema: BaseSchema, transaction: Transaction, changes: Changes, settings: Settings
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=FIRST_WORDS,
            max_subscriptions_per_connection=PER_SOCKET,
            allowed_origins=settings.origins,
        )
        self._transaction = transaction
        self._patient = patient(transaction, LIVE_AT_ONCE)
        self._changes = changes
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await (await self._answer(scope, receive))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        try:
            return await self.run(Request(scope, _limited(receive)))
        except BadToken as error:
            challenge = {"WWW-Authenticate": "Bearer"}
            return faults.response(401, "UNAUTHENTICATED", str(error), challenge)
        except HTTPException as error:
            code = CODES.get(error.status_code, "BAD_REQUEST")
            return faults.response(error.status_code, code, error.reason, {})

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:  # noqa: ARG002
        """Of the caller of a request; on a socket nobody has spoken yet."""
        if isinstance(request, WebSocket):
            return SocketContext(None, self._patient, self._changes, self._settings)
        token = bearer(request.headers.get("authorization"))
        known = await caller(self._transaction, token) if token is not None else None
        return Context(
            known.actor if known else None,
            self._transaction,
            self._changes,
            self._settings,
            known.family if known else None,
        )

    async def on_ws_connect(self, context: SocketContext) -> Any:
        """The first words on a socket say for whom it speaks."""
        try:
            token = token_in(context.connection_params or {})
            if token is not None:
                context.speaks_for(token, await caller(context.transaction, token))
        except BadToken as error:
            raise ConnectionRejectionError from error
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """An object: nothing else is a request, a message, or a set of variables."""
        try:
            decoded = json.loads(data, parse_constant=_not_json)
        except (ValueError, RecursionError) as error:
            raise JSONDecodeError("This is not JSON.", "", 0) from error
        if not isinstance(decoded, dict):
            raise JSONDecodeError("A JSON object is expected.", "", 0)
        return decoded


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST:
            raise HTTPException(413, f"A request has at most {LARGEST} bytes.")
        return message

    return limited


def _not_json(word: str) -> None:
    raise ValueError(f"{word} is not JSON.")
