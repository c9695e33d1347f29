"""The web side, wired: routes, lifespan, what surrounds them."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from socket import socket

import uvicorn
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from strawberry.http.ides import get_graphql_ide_html

from catering import database, garbage, health, webhooks
from catering.changes import Hub, Lookout
from catering.database import Transaction
from catering.providers import calling
from catering.resolvers.root import schema, sdl
from catering.services import keys
from catering.settings import Settings
from catering.transport import Endpoint, Surrounding
from catering.transport.codes import Code
from catering.transport.counting import Together
from catering.transport.faults import AWAY, Fault
from catering.transport.frames import Frames
from catering.transport.identifying import HEADER
from catering.transport.reading import LARGEST, PREFLIGHTS
from catering.watching import lines, tracing

log = logging.getLogger(__name__)

GRACE = 5
"""Seconds for what is under way when we are told to stop."""


def create_app(settings: Settings) -> Starlette:
    """The application; it connects to nothing before it is started."""
    engine = database.engine(settings.database_url)
    transaction = database.transactions(engine)
    hub = Hub(settings.redis_url)
    counter = Together(settings.redis_url)
    lookout = Lookout(settings.redis_url)
    http = calling.client()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with hub, http:
            garbage.settle()
            yield
        await counter.close()
        await lookout.close()
        await engine.dispose()

    endpoint = Endpoint(schema, transaction, hub, settings, counter, lookout)
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Route("/schema.graphql", _printed),
        Route("/.well-known/jwks.json", _key_set(transaction)),
        *health.routes(transaction, hub, settings),
        *webhooks.routes(transaction, http, counter, settings),
    ]
    if settings.development:
        routes.append(Route("/", _graphiql))
    app = Starlette(
        routes=routes,
        middleware=_middleware(settings),
        lifespan=lifespan,
        exception_handlers=dict.fromkeys(
            (DBAPIError, NoConnectionFree, OSError, TimeoutError), _away
        ),
    )
    app.state.hub, app.state.endpoint = hub, endpoint
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C. Sockets are closed with 1012: come back, elsewhere."""
    lines.begin(settings.log, "api")
    tracing.begin("api")
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=Frames,
        ws_max_size=LARGEST,
        access_log=False,
        # Its lines are written like all others.
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # whom to believe about addresses is decided in `addresses`
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit("The API could not start.")


class Server(uvicorn.Server):
    """Streams over HTTP know no word for going away: they are ended before anybody waits."""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self.config.app.state.endpoint.ending.set()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def _middleware(settings: Settings) -> list[Middleware]:
    surrounding = Middleware(Surrounding)
    if not settings.origins:
        return [surrounding]
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST"],
        allow_headers=[
            "authorization",
            "content-type",
            "last-event-id",
            "traceparent",
            HEADER,
            *PREFLIGHTS,
        ],
        expose_headers=[HEADER, "ratelimit", "ratelimit-policy", "retry-after"],
    )
    return [surrounding, allowed]


async def _away(_: Request, error: Exception) -> Response:
    """PostgreSQL does not answer: say when to come back, instead of how we fell."""
    if not database.is_passing(error):
        raise error
    log.warning("The database is away: %r", error)
    return Fault(Code.UNAVAILABLE, AWAY, {"Retry-After": "2"}).response()


async def _printed(_: Request) -> Response:
    return PlainTextResponse(sdl())


def _key_set(transaction: Transaction) -> Callable[[Request], Awaitable[Response]]:
    async def key_set(_: Request) -> Response:
        """What somebody else's service needs to read our access tokens."""
        async with transaction() as session:
            published = await keys.published(session)
        return JSONResponse({"keys": published}, headers={"Cache-Control": "public, max-age=60"})

    return key_set


async def _graphiql(_: Request) -> Response:
    # The page asks the address it came from; ours lives beside the endpoint.
    page = get_graphql_ide_html("graphiql")
    here = 'window.location.href.split("?")[0]'
    return HTMLResponse(page.replace(here, 'new URL("/graphql", window.location.href).href'))
