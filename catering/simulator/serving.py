"""All simulated providers on one port, each under its own prefix."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Lifespan, Receive, Scope, Send

from catering.simulator import control, osrm
from catering.simulator.configuration import Configuration
from catering.simulator.faults import hanging_up
from catering.simulator.kasa import api as kasa
from catering.simulator.open_kitchen import api as open_kitchen
from catering.simulator.poster import api as poster
from catering.simulator.uber import api as uber
from catering.simulator.uklon import api as uklon
from catering.simulator.world import World

WEBHOOK_TIMEOUT = 10.0


def application(configuration: Configuration) -> Starlette:
    """A world of its own: two applications share nothing."""
    world = World(configuration)

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        # Proxies of the environment are for the way out; webhooks go to whoever runs beside us.
        async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT, trust_env=False) as world.http:
            yield
            world.clock.stop()

    return around(world, living)


def around(world: World, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The providers of a world. Whoever gives no lifespan gives it its `http`."""
    return Simulator(
        lifespan=lifespan,
        routes=[
            Route("/", _greet),
            Mount("/_sim", control.application(world)),
            Mount("/open-kitchen", open_kitchen.application(world)),
            Mount("/poster", poster.application(world)),
            Mount("/uklon", uklon.application(world)),
            Mount("/uber", uber.application(world)),
            Mount("/kasa", kasa.application(world)),
            Mount("/osrm", osrm.application()),
        ],
    )


def serve(configuration: Configuration, port: int, host: str = "127.0.0.1") -> None:
    """Run until interrupted."""
    uvicorn.run(
        application(configuration),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


async def _greet(_: Request) -> Response:
    providers = ["/open-kitchen", "/poster", "/uklon", "/uber", "/kasa"]
    return JSONResponse({"providers": providers, "state": "/_sim/state", "ledger": "/_sim/ledger"})


class Simulator(Starlette):
    """Starlette that can also hang up: faults need to, and only the outermost layer is able."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["simulator.hang_up"] = hanging_up(send)
        await super().__call__(scope, receive, send)
