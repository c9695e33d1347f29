"""The open kitchen protocol, served: see `docs/kitchen-protocol.md`."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.catalog import OPEN_KITCHEN, Item
from catering.simulator.checks import text
from catering.simulator.open_kitchen.reading import (
    REFERENCE,
    canonical,
    canonical_items,
    faulty_fields,
    faulty_items,
)
from catering.simulator.open_kitchen.tickets import Tickets
from catering.simulator.operations import Operations, json_object
from catering.simulator.world import World


def application(world: World) -> Starlette:
    kitchen = OpenKitchen(world)
    world.at_restart(kitchen.tickets.clear)
    calls = Operations(world, OPEN_KITCHEN)
    ticket = "/v1/tickets/{reference}"
    calls.add("put_ticket", "PUT", ticket, kitchen.known(kitchen.put))
    calls.add("get_ticket", "GET", ticket, kitchen.known(kitchen.get))
    calls.add("put_items", "PUT", f"{ticket}/items", kitchen.known(kitchen.change))
    calls.add("cancel_ticket", "POST", f"{ticket}/cancel", kitchen.known(kitchen.cancel))
    calls.add("get_stock", "GET", "/v1/stock", kitchen.known(kitchen.stock))
    return Starlette(routes=calls.routes)


class OpenKitchen:
    def __init__(self, world: World) -> None:
        self._world = world
        self.tickets = Tickets(world)

    def known(
        self, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """The same call for those who have the key."""

        async def serve(request: Request) -> Response:
            right = f"Bearer {self._world.configuration.open_kitchen_key}"
            given = request.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), right.encode()):
                return error(401, "unauthorized", "The key is missing or wrong.")
            return await endpoint(request)

        return serve

    async def put(self, request: Request) -> Response:
        reference = request.path_params["reference"]
        body = await json_object(request)
        if body is None:
            return malformed({"": "must be a JSON object"})
        faulty = faulty_fields(body, self._world.configuration.open_kitchen_spots)
        if not REFERENCE.fullmatch(reference):
            faulty["reference"] = "must be 1 to 64 letters, digits, -, _ or ."
        return malformed(faulty) if faulty else self._keep(reference, canonical(body))

    async def get(self, request: Request) -> Response:
        ticket = self.tickets.find(request.path_params["reference"])
        return JSONResponse(ticket.shown()) if ticket else unknown_ticket()

    async def change(self, request: Request) -> Response:
        body = await json_object(request) or {}
        if faulty := faulty_items(body.get("items")):
            return malformed(faulty)
        ticket = self.tickets.find(request.path_params["reference"])
        if ticket is None:
            return unknown_ticket()
        items = canonical_items(body["items"])
        if missing := self.tickets.lacking(ticket, items):
            message = "Some items are not to be had."
            return error(422, "unavailable", message, unavailable=missing)
        if self.tickets.change(ticket, items):
            return JSONResponse(ticket.shown())
        message = f"A ticket that is {ticket.job.work} cannot be changed."
        return error(409, "too_late", message, ticket=ticket.shown())

    async def cancel(self, request: Request) -> Response:
        body = await json_object(request) or {}
        if rule := text(280)(body.get("reason")):
            return malformed({"reason": rule})
        ticket = self.tickets.find(request.path_params["reference"])
        if ticket is None:
            return unknown_ticket()
        if self.tickets.cancel(ticket, body["reason"]):
            return JSONResponse(ticket.shown())
        message = f"A ticket that is {ticket.job.work} cannot be called off."
        return error(409, "too_late", message, ticket=ticket.shown())

    async def stock(self, request: Request) -> Response:
        spot = request.query_params.get("spot")
        if not spot:
            return malformed({"spot": "is required"})
        if spot not in self._world.configuration.open_kitchen_spots:
            return error(404, "unknown_spot", "This kitchen has no such spot.")
        items = [self._item(item) for item in self._world.catalog.of(OPEN_KITCHEN)]
        as_of = f"{self._world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        return JSONResponse({"spot": spot, "as_of": as_of, "items": items})

    def _keep(self, reference: str, body: dict[str, Any]) -> Response:
        known = self.tickets.find(reference)
        if known and known.body == body:
            return JSONResponse(known.shown())
        if known:
            return error(409, "reference_taken", "There is another ticket under this reference.")
        if missing := self.tickets.unavailable(body):
            message = "Some items are not to be had."
            return error(422, "unavailable", message, unavailable=missing)
        return JSONResponse(self.tickets.keep(reference, body).shown(), 201)

    def _item(self, item: Item) -> dict[str, Any]:
        return {
            "sku": item.sku,
            "name": item.name,
            "available": item.suffices(1),
            "quantity": item.left,
            "unit_price_minor": item.price,
            "currency": self._world.configuration.currency,
        }


def error(status: int, code: str, message: str, **more: Any) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}} | more, status)


def malformed(fields: dict[str, str]) -> Response:
    return error(400, "invalid_request", "The request is malformed.", fields=fields)


def unknown_ticket() -> Response:
    return error(404, "unknown_ticket", "There is no such ticket.")
