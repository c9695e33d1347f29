"""What Uklon accepts, and the errors it answers otherwise."""

from __future__ import annotations

from typing import Any

from catering.simulator.checks import Check, broken, maybe, number, one_of, phone, text, whole

CITIES = {1: "Київ", 2: "Львів", 3: "Одеса"}
PRODUCTS = ("car", "courier")
REASONS = (
    "package_not_fit",
    "trunk_occupied",
    "plans_changed",
    "driver_refused_package",
    "driver_low_rating",
    "driver_behavior",
    "driver_was_late",
    "driver_not_arrived",
    "driver_confused_address",
    "driver_ignore",
    "driver_too_far",
    "driver_asked",
    "another_vehicle",
)


class Faulty(Exception):
    """One of Uklon's errors: `{"subcode": …, "message": …, "descriptions": …}`."""

    def __init__(
        self, status: int, subcode: str, message: str, descriptions: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.subcode, self.message = status, subcode, message
        self.descriptions = descriptions or {}


POINT: dict[str, Check] = {
    "latitude": number(-90, 90),
    "longitude": number(-180, 180),
    "address": maybe(text(500)),
}
PERSON: dict[str, Check] = {"name": text(100), "phone": phone}
ORDER: dict[str, Check] = {
    "fare_id": text(64),
    "product": one_of(*PRODUCTS),
    "agreed_cost": number(0, 100_000),
    "comment": maybe(text(1000)),
}


def checked_estimate(body: dict[str, Any] | None) -> dict[str, Any]:
    """The request for a fare, as it was. Raises `Faulty`."""
    body = _object(body)
    faulty = broken(body, {"city": whole(1, max(CITIES))})
    faulty |= broken(_part(body.get("pickup_point")), POINT, "pickup_point.")
    dropoffs = body.get("dropoff_points")
    if not isinstance(dropoffs, list) or not dropoffs:
        faulty["dropoff_points"] = "must be a list of at least one point"
    else:
        faulty |= broken(_part(dropoffs[0]), POINT, "dropoff_points.0.")
    products = _part(body.get("products"))
    if not products or not set(products) <= set(PRODUCTS):
        faulty["products"] = f"must name some of {', '.join(PRODUCTS)}"
    return _unless(faulty, body)


def checked_order(body: dict[str, Any] | None) -> dict[str, Any]:
    """The request for a courier, as it was. Raises `Faulty`."""
    body = _object(body)
    faulty = broken(body, ORDER) | broken(_part(body.get("sender")), PERSON, "sender.")
    receivers = body.get("receivers")
    if not isinstance(receivers, list) or not receivers:
        faulty["receivers"] = "must be a list of at least one person"
    else:
        faulty |= broken(_part(receivers[0]), PERSON, "receivers.0.")
    return _unless(faulty, body)


def checked_reason(body: dict[str, Any] | None) -> str:
    body = _object(body)
    return str(_unless(broken(body, {"reason": one_of(*REASONS)}), body)["reason"])


def tracking_number(order: dict[str, Any]) -> str | None:
    """The platform's own name for an order, which Uklon keeps and does not look at."""
    extra = _part(order["receivers"][0].get("extra_parameters"))
    found = extra.get("external_tracking_number")
    return found if isinstance(found, str) else None


def _object(body: dict[str, Any] | None) -> dict[str, Any]:
    if body is None:
        raise Faulty(400, "invalid_request", "The body is not a JSON object.")
    return body


def _part(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _unless(faulty: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    if faulty:
        raise Faulty(400, "invalid_request", "The request is not valid.", faulty)
    return body
