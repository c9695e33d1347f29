"""Uber Direct: https://developer.uber.com/docs/deliveries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.operations import Operations, json_object
from catering.simulator.uber.deliveries import Deliveries
from catering.simulator.uber.quotes import Quotes
from catering.simulator.uber.reading import Faulty, check_delivery, check_quote, invalid
from catering.simulator.uber.tokens import Tokens
from catering.simulator.world import UBER, World

Answer = Callable[[Request], Awaitable[dict[str, Any]]]
LONGEST_LIST = 100


def application(world: World) -> Starlette:
    uber = Uber(world)
    world.at_restart(uber.clear)
    calls = Operations(world, UBER)
    home = "/v1/customers/{customer_id}"
    delivery = f"{home}/deliveries/{{delivery_id}}"
    calls.add("token", "POST", "/oauth/v2/token", uber.tokens.grant)
    calls.add("create_quote", "POST", f"{home}/delivery_quotes", uber.known(uber.quote))
    calls.add("create_delivery", "POST", f"{home}/deliveries", uber.known(uber.create))
    calls.add("list_deliveries", "GET", f"{home}/deliveries", uber.known(uber.list))
    calls.add("get_delivery", "GET", delivery, uber.known(uber.get))
    calls.add("cancel_delivery", "POST", f"{delivery}/cancel", uber.known(uber.cancel))
    return Starlette(routes=calls.routes)


class Uber:
    def __init__(self, world: World) -> None:
        self._world = world
        self.tokens = Tokens(world)
        self._quotes = Quotes(world)
        self._deliveries = Deliveries(world, self._quotes)

    def clear(self) -> None:
        self.tokens.clear()
        self._quotes.clear()
        self._deliveries.clear()

    def known(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """The same call for those with a token of this customer, errors in Uber's shape."""

        async def serve(request: Request) -> Response:
            try:
                self._check(request)
                return JSONResponse(await answer(request))
            except Faulty as faulty:
                return _error(faulty)

        return serve

    async def quote(self, request: Request) -> dict[str, Any]:
        body = check_quote(await json_object(request), self._world.clock.now())
        return self._quotes.give(body)

    async def create(self, request: Request) -> dict[str, Any]:
        body = check_delivery(await json_object(request), self._world.clock.now())
        return self._deliveries.shown(self._deliveries.book(body))

    async def get(self, request: Request) -> dict[str, Any]:
        return self._deliveries.shown(self._deliveries.find(request.path_params["delivery_id"]))

    async def cancel(self, request: Request) -> dict[str, Any]:
        delivery = self._deliveries.find(request.path_params["delivery_id"])
        self._deliveries.cancel(delivery)
        return self._deliveries.shown(delivery)

    async def list(self, request: Request) -> dict[str, Any]:
        """Newest first, narrowed to a status by `filter`; `total_count` is never told."""
        query = request.query_params
        limit, offset = _bound(query.get("limit"), 10), _bound(query.get("offset"), 0)
        status = query.get("filter")
        found = [each for each in self._deliveries.listed() if status in (None, each.status)]
        page = found[offset : offset + min(limit, LONGEST_LIST)]
        more = offset + len(page) < len(found)
        return {
            "object": "list",
            "url": request.url.path,
            "total_count": -1,
            "data": [self._deliveries.shown(each) for each in page],
            "next_href": f"{request.url.path}?limit={limit}&offset={offset + limit}"
            if more
            else "",
        }

    def _check(self, request: Request) -> None:
        if not self.tokens.known(request.headers.get("authorization", "")):
            raise Faulty(401, "unauthorized", "The access token is missing, expired or revoked.")
        if request.path_params["customer_id"] != self._world.configuration.uber_customer_id:
            raise Faulty(404, "customer_not_found", "The customer does not exist.")


def _bound(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal():
        raise invalid({"limit": "must be a number"})
    return int(text)


def _error(faulty: Faulty) -> Response:
    body = {
        "code": faulty.code,
        "message": faulty.message,
        "kind": "error",
        "metadata": faulty.metadata,
    }
    return JSONResponse(body, faulty.status)
