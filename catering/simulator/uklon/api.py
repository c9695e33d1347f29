"""Uklon Delivery, which has to be asked for news.

Its documentation is not public. The shapes are those on which two independent clients agree; how
long an order may be called off and which status refuses it are our assumption.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.operations import Operations, json_object
from catering.simulator.uklon.fares import Fares
from catering.simulator.uklon.orders import Order, Orders
from catering.simulator.uklon.reading import (
    CITIES,
    Faulty,
    checked_estimate,
    checked_order,
    checked_reason,
)
from catering.simulator.uklon.showing import location_shown, order_shown
from catering.simulator.world import UKLON, World

TOKEN_LIFE = 86_400.0
PAGE = 50
Answer = Callable[[Request], Awaitable[Response]]


def application(world: World) -> Starlette:
    uklon = Uklon(world)
    world.at_restart(uklon.clear)
    calls = Operations(world, UKLON)
    order = "/api/v1/orders/{order_id}"
    calls.add("auth", "POST", "/api/v1/auth", uklon.answering(uklon.auth))
    calls.add("cities", "GET", "/api/v1/cities", uklon.known(uklon.cities))
    calls.add("estimate_fare", "POST", "/api/v1/fares/estimate", uklon.known(uklon.estimate))
    calls.add("create_order", "POST", "/api/v1/orders", uklon.known(uklon.create))
    calls.add("active_orders", "GET", "/api/v1/orders/active", uklon.known(uklon.active))
    calls.add("archived_orders", "GET", "/api/v1/orders/archived", uklon.known(uklon.archived))
    calls.add("get_order", "GET", order, uklon.known(uklon.get))
    calls.add("driver_location", "GET", f"{order}/driver/location", uklon.known(uklon.location))
    calls.add("cancel_order", "PUT", f"{order}/cancel", uklon.known(uklon.cancel))
    return Starlette(routes=calls.routes)


class Uklon:
    def __init__(self, world: World) -> None:
        self._world = world
        self._fares = Fares(world)
        self._orders = Orders(world)
        self._tokens: dict[str, float] = {}

    def clear(self) -> None:
        self._fares.clear()
        self._orders.clear()
        self._tokens.clear()

    def answering(self, answer: Answer) -> Answer:
        """The same call, errors in Uklon's shape."""

        async def serve(request: Request) -> Response:
            try:
                return await answer(request)
            except Faulty as faulty:
                return _error(faulty)

        return serve

    def known(self, answer: Answer) -> Answer:
        """The same call for those with a token."""

        async def serve(request: Request) -> Response:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            ends = self._tokens.get(token, 0.0)
            if kind != "Bearer" or ends <= self._world.clock.elapsed:
                raise Faulty(401, "unauthorized", "The access token is missing or expired.")
            return await answer(request)

        return self.answering(serve)

    async def auth(self, request: Request) -> Response:
        given, right = await json_object(request) or {}, self._world.configuration
        wanted = {
            "app_uid": right.uklon_app_uid,
            "client_id": right.uklon_client_id,
            "client_secret": right.uklon_client_secret,
        }
        if {name: given.get(name) for name in wanted} != wanted:
            raise Faulty(401, "invalid_credentials", "The credentials are wrong.")
        token, clock = secrets.token_urlsafe(32), self._world.clock
        self._tokens[token] = clock.elapsed + TOKEN_LIFE
        return JSONResponse({"access_token": token, "expires_in": int(clock.told(TOKEN_LIFE))})

    async def cities(self, _: Request) -> Response:
        return JSONResponse([{"id": number, "name": name} for number, name in CITIES.items()])

    async def estimate(self, request: Request) -> Response:
        return JSONResponse(self._fares.estimate(checked_estimate(await json_object(request))))

    async def create(self, request: Request) -> Response:
        body = checked_order(await json_object(request))
        order = self._orders.create(self._fares.accept(body), body)
        return JSONResponse({"id": order.order_id})

    async def get(self, request: Request) -> Response:
        return JSONResponse(order_shown(self._world, self._order(request)))

    async def active(self, request: Request) -> Response:
        return self._page(request, self._orders.listed(active=True))

    async def archived(self, request: Request) -> Response:
        return self._page(request, self._orders.listed(active=False))

    async def location(self, request: Request) -> Response:
        location = location_shown(self._world, self._order(request))
        if location is None:
            raise Faulty(404, "driver_not_found", "The order has no driver now.")
        return JSONResponse(location)

    async def cancel(self, request: Request) -> Response:
        reason = checked_reason(await json_object(request))
        self._orders.cancel(self._order(request), reason)
        return Response(status_code=204)

    def _order(self, request: Request) -> Order:
        return self._orders.find(request.path_params["order_id"])

    def _page(self, request: Request, orders: list[Order]) -> Response:
        """From after the order that the cursor names: new ones in front do not shift the pages."""
        limit, cursor = request.query_params.get("limit", ""), request.query_params.get("cursor")
        size = min(int(limit), PAGE) if limit.isdecimal() and int(limit) else PAGE
        names = [order.order_id for order in orders]
        begin = names.index(cursor) + 1 if cursor in names else 0
        page = orders[begin : begin + size]
        more = begin + size < len(orders)
        items: list[dict[str, Any]] = [order_shown(self._world, order) for order in page]
        return JSONResponse({"items": items, "next_cursor": page[-1].order_id if more else None})


def _error(faulty: Faulty) -> Response:
    body = {
        "subcode": faulty.subcode,
        "message": faulty.message,
        "descriptions": faulty.descriptions,
    }
    return JSONResponse(body, faulty.status)
