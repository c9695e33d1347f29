"""A map in the shape of OSRM: streets that run north and east, at 27 km/h."""

from __future__ import annotations

from itertools import pairwise
from math import cos, radians
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SPEED: Final = 7.5  # m/s
A_DEGREE: Final = 111_195.0  # metres, of latitude


def application() -> Starlette:
    return Starlette(routes=[Route("/route/v1/{profile}/{places}", route)])


async def route(request: Request) -> Response:
    """One route along all places, leg by leg; `code` is theirs."""
    try:
        places = [_place(told) for told in request.path_params["places"].split(";")]
    except ValueError:
        return JSONResponse({"code": "InvalidQuery", "message": "Query string malformed"}, 400)
    if len(places) < 2:
        return JSONResponse({"code": "InvalidOptions", "message": "Two places at least"}, 400)
    legs = [_leg(*step) for step in pairwise(places)]
    whole = {name: round(sum(leg[name] for leg in legs), 1) for name in ("distance", "duration")}
    return JSONResponse({"code": "Ok", "routes": [{"legs": legs, **whole}]})


def _place(told: str) -> tuple[float, float]:
    longitude, latitude = told.split(",")
    return float(longitude), float(latitude)


def _leg(a: tuple[float, float], b: tuple[float, float]) -> dict[str, Any]:
    east = abs(b[0] - a[0]) * cos(radians(a[1])) * A_DEGREE
    meters = east + abs(b[1] - a[1]) * A_DEGREE
    return {"distance": round(meters, 1), "duration": round(meters / SPEED, 1), "steps": []}
