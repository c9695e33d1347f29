"""`/graphql`: one address for queries, mutations and everything that is live.

Strawberry executes, and keeps the sockets; what crosses the border over HTTP is ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from catering.changes import Changes, Nowhere, Whereabouts
from catering.database import Transaction
from catering.schema.context import Context
from catering.services.tokens import BadToken
from catering.settings import Settings
from catering.watching import counts

from . import negotiating, reading, strictly
from .addresses import address
from .attending import Attendance, TooMany
from .budgeting import Purse, headers
from .calling import SocketContext, bearer, caller, dismissal, patient, token_in
from .codes import Code, status
from .counting import Counter, Here
from .executing import Schema
from .faults import AWAY, Fault
from .negotiating import Form
from .reading import Asked
from .sockets import PER_SOCKET, Socket
from .streams import Results, Stream
from .trusting import Trusted

FIRST_WORDS: Final = timedelta(seconds=5)
LIVE_AT_ONCE: Final = 8
"""Transactions that all live operations of a process have open together."""

ANSWERED_AT_ONCE: Final = 12
"""Requests that are answered at once; the others queue at the door. With the live operations they
have as many connections as the pool: who would wait for one longer than the pool lets him, waits
here, where his time has not begun to run."""

IN_THE_QUEUE: Final = 30.0
"""Seconds that a request may wait there."""

TOO_MANY: Final = 429
"""Proxies and clients slow down at this status, whatever the type of the answer."""

VARIES: Final = {"Vary": "Accept, Authorization"}


class Endpoint(GraphQL[Any, None]):
    """One for the process."""

    graphql_transport_ws_handler_class = Socket

    def __init__(
        self,
        schema: Schema,
        transaction: Transaction,
        changes: Changes,
        settings: Settings,
        counter: Counter | None = None,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        """Without a counter that others share, it counts for itself; without whereabouts it knows
        where drivers are from PostgreSQL. Raises `BadSetting` when a
        manifest of trusted documents is not good."""
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=FIRST_WORDS,
            max_subscriptions_per_connection=PER_SOCKET,
            allowed_origins=settings.origins,
        )
        self.ending = asyncio.Event()
        """Set when the process is told to stop: streams over HTTP would hold it up."""
        self._transaction = transaction
        self._patient = patient(transaction, LIVE_AT_ONCE)
        self.room = asyncio.Semaphore(ANSWERED_AT_ONCE)
        """For those whose turn it is."""
        self._changes = changes
        self._settings = settings
        self._counter = counter or Here()
        self._whereabouts = whereabouts or Nowhere()
        self.trusted = Trusted.read(schema.documents, settings)
        self._attendance = Attendance(settings.sockets_per_user)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            with counts.SOCKETS.track_inprogress():
                await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        form = Form.JSON
        with ExitStack() as held:
            try:
                form = negotiating.form(request)
                response = await self._answer(request, form, held)
            except Fault as fault:
                response = fault.response(Form.JSON if form.is_stream else form)
            await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:  # noqa: ARG002
        """Of a socket, on which nobody has spoken yet."""
        where = self._address(request)
        purse = Purse(self._counter, self._settings, where)
        return SocketContext(
            None, self._patient, self._changes, self._settings, None, where, purse,
            self._whereabouts,
        )  # fmt: skip

    async def on_ws_connect(self, context: SocketContext) -> Any:
        """The first words on a socket say for whom it speaks."""
        try:
            token = token_in(context.connection_params or {})
            if token is not None:
                known = await caller(context.transaction, token)
                context.held.enter_context(self._attendance.attending(known.actor))
                context.speaks_for(token, known)
        except BadToken as error:
            raise ConnectionRejectionError from error
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """An object: nothing else is a message."""
        return strictly.decoded(data)

    def encode_json(self, data: object) -> str:
        return strictly.encoded(data).decode()

    async def _answer(self, request: Request, form: Form, held: ExitStack) -> Response:
        asked = await reading.asked(request)
        asked = replace(asked, query=self.trusted.text(asked))
        if form.is_stream:
            visit = await self._visit(request, form)
            self._attend(visit, held)
            held.enter_context(counts.STREAMS.track_inprogress())
            return await self._stream(request, form, asked, visit)
        async with self._turn():
            visit = await self._visit(request, form)
            result = await self._executed(request, asked, visit.context)
        return _told(result, form, headers(visit.purse))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """First come, first served. Raises `Fault` for who has waited in vain."""
        try:
            async with asyncio.timeout(IN_THE_QUEUE):
                await self.room.acquire()
        except TimeoutError:
            raise Fault(Code.UNAVAILABLE, AWAY, {"Retry-After": "2"}) from None
        try:
            yield
        finally:
            self.room.release()

    async def _visit(self, request: Request, form: Form) -> _Visit:
        transaction = self._patient if form.is_stream else self._transaction
        try:
            token = bearer(request.headers.get("authorization"))
            known = await caller(transaction, token) if token is not None else None
        except BadToken as error:
            challenge = {"WWW-Authenticate": "Bearer"}
            raise Fault(Code.UNAUTHENTICATED, str(error), challenge) from error
        actor, family = (known.actor, known.family) if known else (None, None)
        where = self._address(request)
        purse = Purse(self._counter, self._settings, where)
        context = Context(
            actor, transaction, self._changes, self._settings, family, where, purse,
            self._whereabouts,
        )  # fmt: skip
        return _Visit(context, token, purse)

    def _address(self, connection: HTTPConnection) -> str:
        return address(connection.scope, self._settings.trusted_proxies)

    def _attend(self, visit: _Visit, held: ExitStack) -> None:
        if visit.context.actor is not None:
            try:
                held.enter_context(self._attendance.attending(visit.context.actor))
            except TooMany as error:
                raise Fault(Code.TOO_MANY_OPERATIONS, str(error)) from None

    async def _executed(self, request: Request, asked: Asked, context: Context) -> ExecutionResult:
        try:
            return await self.schema.execute(
                asked.query or "",
                asked.variables,
                context,
                operation_name=asked.operation_name,
                allowed_operation_types=_allowed(request),
                operation_extensions=asked.extensions,
            )
        except CannotGetOperationTypeError as error:
            reason = error.as_http_error_reason()
            raise Fault(Code.OPERATION_RESOLUTION_FAILURE, reason) from error
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                message = f"A subscription is told over a WebSocket, or as {Form.EVENTS}."
                raise Fault(Code.NOT_ACCEPTABLE, message) from error
            message = "A mutation is asked for with POST."
            raise Fault(Code.METHOD_NOT_ALLOWED, message, {"Allow": "POST"}) from error

    async def _stream(self, request: Request, form: Form, asked: Asked, visit: _Visit) -> Response:
        results = await self.schema.stream(
            asked.query or "",
            _resumed(request, asked),
            visit.context,
            operation_name=asked.operation_name,
            allowed_operation_types=_allowed(request),
            operation_extensions=asked.extensions,
        )
        if visit.purse.limited is not None:
            async with aclosing(results):
                first: Any = await anext(results)
                return _told(first, Form.JSON, headers(visit.purse))
        ends: list[Awaitable[Any]] = [self.ending.wait()]
        actor = visit.context.actor
        if visit.token is not None and actor is not None:
            ends.append(dismissal(self._patient, self._changes, visit.token, actor))
        return Stream(form, _formatted(results), *ends, headers=headers(visit.purse))


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who asks, and with what token he came."""

    context: Context
    token: str | None
    purse: Purse


def _allowed(request: Request) -> set[OperationType]:
    everything = set(OperationType)
    return everything - {OperationType.MUTATION} if request.method == "GET" else everything


def _resumed(request: Request, asked: Asked) -> dict[str, Any] | None:
    """A browser that comes back says which event was the last one: that is our `after`."""
    last = request.headers.get("last-event-id", "")
    return {**(asked.variables or {}), "after": last} if last.isdecimal() else asked.variables


async def _formatted(results: Any) -> Results:
    async with aclosing(results):
        async for result in results:
            yield process_result(result)


def _told(result: ExecutionResult, form: Form, spent: Mapping[str, str]) -> Response:
    """Whatever went wrong in an operation, it is 200 if the operation began."""
    body: dict[str, Any] = {**process_result(result)}
    code = 200
    if result.data is None and not any(error.path for error in result.errors or ()):
        del body["data"]
        errors = result.errors or []
        code = status((errors[0].extensions or {}).get("code") if errors else None)
        if form is Form.JSON and code < 500 and code != TOO_MANY:
            code = 200  # the older type knows no other for a request that could be read
    return Response(strictly.encoded(body), code, {**VARIES, **spent}, form)
