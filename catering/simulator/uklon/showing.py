"""The order object, as Uklon tells it."""

from __future__ import annotations

from typing import Any

from catering.simulator.uklon.orders import Order
from catering.simulator.world import World


def order_shown(world: World, order: Order) -> dict[str, Any]:
    agreed = order.body["agreed_cost"]
    minimum, _, maximum = order.fare.band(order.body["product"])
    return {
        "id": order.order_id,
        "status": order.status,
        "product": order.body["product"],
        "times": {"creation": int(order.created.timestamp())},
        "sender": order.body["sender"],
        "receivers": order.body["receivers"],
        "driver": _driver(order),
        "route": _route(order),
        "cost": {
            "currency": world.configuration.currency,
            "total": agreed,
            "minimum": minimum,
            "maximum": maximum,
            "route": agreed,
        },
        "cancellation": {"reason": order.reason} if order.reason else None,
        "comment": order.body.get("comment"),
        "suspended": False,
        "deferred": False,
        "extra_services": [],
    }


def location_shown(world: World, order: Order) -> dict[str, Any] | None:
    """Where the driver is and how soon at the next stop; None while there is none."""
    trip, now = order.trip, world.clock.elapsed
    position = trip.position()
    if position is None or not order.active:
        return None
    collected = now >= trip.collects
    stop, at = (trip.dropoff, trip.delivers) if collected else (trip.pickup, trip.collects)
    return {
        "latitude": position.latitude,
        "longitude": position.longitude,
        "bearing": position.bearing(stop),
        "next_point_eta": round(max(world.clock.told(at - now), 0.0)),
    }


def _driver(order: Order) -> dict[str, Any] | None:
    if order.trip.position() is None:
        return None
    return {"id": "demo-driver", "name": "Олена", "phone": "+380440000001", "rating": 4.9}


def _route(order: Order) -> dict[str, Any]:
    return {
        "city": order.fare.city,
        "distance": {"cityMeters": round(order.fare.kilometres * 1_000), "suburbanMeters": 0},
        "points": {
            "pickup": order.fare.pickup,
            "dropoffs": [order.fare.dropoff | {"id": 1, "status": order.door}],
        },
    }
