"""The hand that moves the simulated world: everything under `/_sim`. See `docs/simulator.md`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catering.simulator.catalog import Item
from catering.simulator.faults import Fault, Kind
from catering.simulator.world import World


def application(world: World) -> Starlette:
    control = Control(world)
    return Starlette(
        routes=[
            Route("/state", control.state, methods=["GET"]),
            Route("/ledger", control.ledger, methods=["GET"]),
            Route("/reset", told(control.reset), methods=["POST"]),
            Route("/clock", told(control.clock), methods=["POST"]),
            Route("/faults", told(control.faults), methods=["POST"]),
            Route("/dashboard", told(control.dashboard), methods=["POST"]),
            Route("/catalog/{provider}/{item}", told(control.catalog), methods=["POST"]),
            Route("/restaurant/{id}", told(control.restaurant), methods=["POST"]),
            Route("/courier/{id}", told(control.courier), methods=["POST"]),
            Route("/bank", told(control.bank), methods=["POST"]),
            Route("/webhooks/{action}", told(control.webhooks), methods=["POST"]),
        ],
        exception_handlers={Confused: _explain, HTTPException: _explain_http},
    )


class Confused(Exception):
    """What was asked for makes no sense here; the message says why."""


Told = Callable[[Request, dict[str, Any]], Awaitable[None]]


def told(act: Told) -> Callable[[Request], Awaitable[Response]]:
    """A call with a JSON object; nothing means an empty one. Answered with `{"ok": true}`."""

    async def serve(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError as error:
            raise Confused(f"This is no JSON: {error}.") from error
        if not isinstance(body, dict):
            raise Confused("The body must be a JSON object.")
        try:
            await act(request, body)
        except (TypeError, ValueError) as error:
            raise Confused(str(error)) from error
        return JSONResponse({"ok": True})

    return serve


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def state(self, _: Request) -> Response:
        """How the world is set up now."""
        world = self._world
        clock, post = world.clock, world.post
        return JSONResponse(
            {
                "seed": world.seed,
                "speed": clock.speed,
                "elapsed": clock.elapsed,
                "now": clock.now().isoformat(),
                "dashboard": asdict(world.dashboard),
                "restaurants": {name: asdict(staff) for name, staff in world.staff.items()},
                "couriers": {name: asdict(fleet) for name, fleet in world.fleets.items()},
                "bank": asdict(world.bank),
                "faults": [asdict(fault) for fault in world.faults.queued],
                "webhooks": {
                    "holding": post.holding,
                    "kept": post.kept,
                    "drop": post.drop,
                    "duplicate": post.duplicate,
                    "reorder": post.reorder,
                },
            }
        )

    async def ledger(self, request: Request) -> Response:
        query = request.query_params
        return JSONResponse(self._world.ledger.shown(query.get("provider"), query.get("reference")))

    async def reset(self, _: Request, body: dict[str, Any]) -> None:
        self._world.restart(body.get("seed"))

    async def clock(self, _: Request, body: dict[str, Any]) -> None:
        """Change the speed, then advance; due steps and their webhooks are done when it answers."""
        if "speed" in body:
            self._world.clock.run_at(_positive(body["speed"]))
        if "advance" in body:
            await self._world.clock.advance(_positive(body["advance"]))

    async def faults(self, _: Request, body: dict[str, Any]) -> None:
        """Queue one fault; `{"clear": true}` first forgets those that are queued, `{"release":
        true}` lets go on what is held."""
        if body.pop("clear", False):
            self._world.faults.queued.clear()
        if body.pop("release", False):
            self._world.faults.gate.open()
        if body:
            self._world.faults.queued.append(Fault(**body | {"kind": Kind(str(body.get("kind")))}))

    async def dashboard(self, _: Request, body: dict[str, Any]) -> None:
        self._world.dashboard = replace(self._world.dashboard, **body)

    async def catalog(self, request: Request, body: dict[str, Any]) -> None:
        """Change an item, or begin to sell it."""
        provider, sku = request.path_params["provider"], request.path_params["item"]
        if not self._world.catalog.serves(provider):
            raise Confused(f"{provider} sells nothing here.")
        known = self._world.catalog.find(provider, sku) or Item(sku, sku, 10_000)
        self._world.catalog.put(provider, replace(known, **body))

    async def restaurant(self, request: Request, body: dict[str, Any]) -> None:
        """Tell the people of a provider, or of one of its spots, how to behave."""
        name = request.path_params["id"]
        staff = self._world.staff
        known = staff.get(name) or staff.get(name.partition(":")[0])
        if known is None:
            raise Confused(f"{name} is no restaurant here.")
        staff[name] = replace(known, **body)

    async def courier(self, request: Request, body: dict[str, Any]) -> None:
        name = request.path_params["id"]
        fleet = self._world.fleets.get(name)
        if fleet is None:
            raise Confused(f"{name} has no couriers here.")
        _set(fleet, body)

    async def bank(self, _: Request, body: dict[str, Any]) -> None:
        _set(self._world.bank, body)

    async def webhooks(self, request: Request, body: dict[str, Any]) -> None:
        """`hold` and `release` all; `drop`, `duplicate` or `reorder` the next `times`."""
        post, times = self._world.post, int(body.get("times", 1))
        match request.path_params["action"]:
            case "hold":
                post.holding = True
            case "release":
                post.release()
            case "drop":
                post.drop = times
            case "duplicate":
                post.duplicate = times
            case "reorder":
                post.reorder = int(body.get("times", 2))
            case action:
                raise Confused(f"{action} is nothing that can be done with webhooks.")


def _set(target: Any, values: dict[str, Any]) -> None:
    names = {field.name for field in fields(target)}
    if unknown := set(values) - names:
        raise Confused(f"{', '.join(sorted(unknown))}: there is only {', '.join(sorted(names))}.")
    for name, value in values.items():
        setattr(target, name, value)


def _positive(value: Any) -> float:
    number = float(value)
    if number < 0:
        raise Confused("Time does not run backwards.")
    return number


async def _explain(_: Request, error: Exception) -> Response:
    return JSONResponse({"ok": False, "message": str(error)}, 400)


async def _explain_http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"ok": False, "message": str(error)}, status)
