"""Poster POS: https://dev.joinposter.com. The token is in the query, errors come with 200."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.catalog import POSTER, Item
from catering.simulator.operations import Operations, json_object
from catering.simulator.poster.hooks import announce
from catering.simulator.poster.orders import Orders
from catering.simulator.poster.reading import NO_SUCH_ID, NO_TOKEN, WRONG_TOKEN, Faulty, checked
from catering.simulator.poster.showing import bill_shown, order_listed, order_shown, product_shown
from catering.simulator.world import World

Answer = Callable[[Request], Awaitable[Any]]


def application(world: World) -> Starlette:
    poster = Poster(world)
    world.at_restart(poster.restart)
    calls = Operations(world, POSTER)

    def serve(name: str, method: str, answer: Answer) -> None:
        calls.add(name, method, f"/api/{name}", poster.enveloped(answer))

    serve("incomingOrders.createIncomingOrder", "POST", poster.create)
    serve("incomingOrders.getIncomingOrder", "GET", poster.order)
    serve("incomingOrders.getIncomingOrders", "GET", poster.orders)
    serve("menu.getProducts", "GET", poster.products)
    serve("dash.getTransaction", "GET", poster.transaction)
    serve("access.getSpots", "GET", poster.spots)
    return Starlette(routes=calls.routes)


class Poster:
    def __init__(self, world: World) -> None:
        self._world = world
        self._orders = Orders(world)

    def restart(self) -> None:
        self._orders.restart()
        self._world.catalog.listen(self._item_changed)

    def enveloped(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """The same call for those with a token, its answer in Poster's envelope."""

        async def serve(request: Request) -> Response:
            try:
                self._check(request.query_params.get("token"))
                return JSONResponse({"response": await answer(request)})
            except Faulty as faulty:
                error = {"code": faulty.code, "message": faulty.message}
                return JSONResponse({"error": error})

        return serve

    async def create(self, request: Request) -> dict[str, Any]:
        configuration = self._world.configuration
        body = await json_object(request)
        order = checked(body, configuration.poster_spots, configuration.currency)
        return order_shown(self._orders.create(order), self._orders.zone)

    async def order(self, request: Request) -> dict[str, Any]:
        order = self._orders.find(request.query_params.get("incoming_order_id", ""))
        if order is None:
            raise Faulty(*NO_SUCH_ID)
        return order_shown(order, self._orders.zone)

    async def orders(self, request: Request) -> list[dict[str, Any]]:
        query = request.query_params
        status = query.get("status")
        found = self._orders.listed(
            int(status) if status and status.isdecimal() else None,
            _wall_time(query.get("date_from")),
            _wall_time(query.get("date_to")),
        )
        return [order_listed(order, self._orders.zone) for order in found]

    async def transaction(self, request: Request) -> list[dict[str, Any]]:
        order = self._orders.with_bill(request.query_params.get("transaction_id", ""))
        if order is None or order.bill is None:
            raise Faulty(*NO_SUCH_ID)
        return [bill_shown(order, order.bill, self._orders.zone)]

    async def products(self, _: Request) -> list[dict[str, Any]]:
        spots = self._world.configuration.poster_spots
        return [product_shown(item, spots) for item in self._world.catalog.of(POSTER)]

    async def spots(self, _: Request) -> list[dict[str, Any]]:
        spots = self._world.configuration.poster_spots
        return [{"spot_id": str(spot), "spot_name": f"Заклад {spot}"} for spot in spots]

    def _check(self, token: str | None) -> None:
        if not token:
            raise Faulty(*NO_TOKEN)
        if not hmac.compare_digest(token.encode(), self._world.configuration.poster_token.encode()):
            raise Faulty(*WRONG_TOKEN)

    def _item_changed(self, provider: str, item: Item) -> None:
        if provider == POSTER and item.sku.isdecimal():
            announce(self._world, "dish", int(item.sku), "changed")


def _wall_time(text: str | None) -> datetime | None:
    """`Y-m-d H:i:s` in the account's zone, which is why it carries none. Raises `Faulty`."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S") if text else None  # noqa: DTZ007
    except ValueError:
        raise Faulty(34, "Incorrect property: date") from None
