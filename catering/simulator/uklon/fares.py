"""Fares: a band of prices for each product, for a while. Money is in hryvnias, with a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from catering.simulator.driving import Point
from catering.simulator.uklon.reading import Faulty
from catering.simulator.world import World

LIFE = 900.0
FARTHEST = {"car": 60.0, "courier": 15.0}
BASE = {"car": 90.0, "courier": 70.0}
A_KILOMETRE = {"car": 14.0, "courier": 11.0}
DETOUR = 1.3


@dataclass(frozen=True, slots=True)
class Fare:
    fare_id: str
    pickup: dict[str, Any]
    dropoff: dict[str, Any]
    city: int
    products: tuple[str, ...]
    expires: float

    @property
    def kilometres(self) -> float:
        return _point(self.pickup).kilometres(_point(self.dropoff)) * DETOUR

    @property
    def route(self) -> tuple[Point, Point]:
        return _point(self.pickup), _point(self.dropoff)

    def band(self, product: str) -> tuple[float, float, float]:
        """Minimum, recommended and maximum."""
        fair = BASE[product] + self.kilometres * A_KILOMETRE[product]
        return round(fair * 0.9), round(fair), round(fair * 1.8)


class Fares:
    def __init__(self, world: World) -> None:
        self._world = world
        self._fares: dict[str, Fare] = {}

    def clear(self) -> None:
        self._fares.clear()

    def estimate(self, body: dict[str, Any]) -> dict[str, Any]:
        clock = self._world.clock
        fare = Fare(
            str(uuid4()),
            body["pickup_point"],
            body["dropoff_points"][0],
            body["city"],
            tuple(body["products"]),
            clock.elapsed + LIFE,
        )
        self._fares[fare.fare_id] = fare
        return {
            "id": fare.fare_id,
            "currency": self._world.configuration.currency,
            "expires_at": int(clock.instant(fare.expires).timestamp()),
            "estimated_products": {name: _estimated(fare, name) for name in fare.products},
        }

    def accept(self, order: dict[str, Any]) -> Fare:
        """The fare that an order names. Raises `Faulty` when it cannot be used for it."""
        fare, product = self._fares.get(order["fare_id"]), order["product"]
        if fare is None or fare.expires <= self._world.clock.elapsed:
            raise Faulty(422, "invalid_fare", "The fare has expired.")
        if product not in fare.products or fare.kilometres > FARTHEST[product]:
            raise Faulty(422, "product_not_available", "The fare has no such product.")
        minimum, _, maximum = fare.band(product)
        if not minimum <= order["agreed_cost"] <= maximum:
            message = f"The agreed cost must be from {minimum:g} to {maximum:g}."
            raise Faulty(422, "invalid_agreed_cost", message)
        return fare


def _estimated(fare: Fare, product: str) -> dict[str, Any]:
    if fare.kilometres > FARTHEST[product]:
        return {"error": {"sub_code": "route_too_long"}}
    minimum, recommended, maximum = fare.band(product)
    return {
        "estimation": {
            "cost": {
                "minimum": minimum,
                "recommended": recommended,
                "maximum": maximum,
                "surge_multiplier": 1.0,
                "main_route": recommended,
                "return": 0,
            },
            "route": {
                "distance": {"cityMeters": round(fare.kilometres * 1_000), "suburbanMeters": 0},
                "drive_time_seconds": round(fare.kilometres * 180),
                "overview_polyline": "",
            },
        }
    }


def _point(point: dict[str, Any]) -> Point:
    return Point(point["latitude"], point["longitude"])
