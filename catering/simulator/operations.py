"""How a provider's calls are declared: named, recorded in the ledger, open to faults."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catering.simulator.faults import Endpoint, HangUp, suffer
from catering.simulator.ledger import Received
from catering.simulator.world import World

SECRET_PARAMETERS = {"token"}


class Operations:
    """The calls of one provider. Faults and the ledger know each by its name."""

    def __init__(self, world: World, provider: str) -> None:
        self._world, self._provider = world, provider
        self.routes: list[Route] = []

    def add(self, name: str, method: str, path: str, endpoint: Endpoint) -> None:
        async def serve(request: Request) -> Response:
            received = await self._received(name, request)
            faults = self._world.faults
            fault = faults.strike(self._provider, name)
            received.fault = fault.kind if fault else None
            answer = await suffer(fault, request, endpoint, faults.gate)
            received.status = None if isinstance(answer, HangUp) else answer.status_code
            return answer

        self.routes.append(Route(path, serve, methods=[method], name=name))

    async def _received(self, name: str, request: Request) -> Received:
        query = {
            key: "***" if key in SECRET_PARAMETERS else value
            for key, value in request.query_params.items()
        }
        body = (await request.body()).decode(errors="replace")
        now = self._world.clock.now()
        received = Received(
            now, self._provider, name, request.method, request.url.path, query, body
        )
        self._world.ledger.requests.append(received)
        return received


async def json_object(request: Request) -> dict[str, Any] | None:
    """The body, if it is a JSON object and says so."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return None
    try:
        value = json.loads(await request.body())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
