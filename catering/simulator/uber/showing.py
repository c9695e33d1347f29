"""The delivery object, as Uber Direct tells it."""

from __future__ import annotations

from typing import Any

from catering.simulator.driving import Stage
from catering.simulator.uber.delivery import Delivery
from catering.simulator.world import World

COLLECTED = {Stage.PICKED_UP, Stage.NEAR_DROPOFF, Stage.DELIVERED, Stage.FAILED}


def delivery_shown(world: World, delivery: Delivery) -> dict[str, Any]:
    clock, request, trip = world.clock, delivery.request, delivery.trip
    currency = world.configuration.currency
    return {
        "kind": "delivery",
        "id": delivery.delivery_id,
        "uuid": delivery.delivery_id.removeprefix("del_"),
        "quote_id": request.get("quote_id") or "",
        "external_id": request.get("external_id") or "",
        "status": delivery.status,
        "complete": delivery.complete,
        "courier": _courier(delivery),
        "courier_imminent": delivery.imminent,
        "created": delivery.created.isoformat(),
        "updated": delivery.updated.isoformat(),
        "pickup": _waypoint(request, "pickup", done=trip.stage in COLLECTED),
        "dropoff": _waypoint(request, "dropoff", done=trip.stage == Stage.DELIVERED),
        "pickup_ready": request.get("pickup_ready_dt"),
        "pickup_eta": clock.instant(trip.collects).isoformat(),
        "dropoff_eta": clock.instant(trip.delivers).isoformat(),
        "fee": delivery.fee,
        "tip": request.get("tip") or 0,
        "currency": currency.lower(),
        "manifest": {
            "reference": request.get("manifest_reference") or "",
            "total_value": request.get("manifest_total_value") or 0,
        },
        "manifest_items": request["manifest_items"],
        "related_deliveries": [],
        "tracking_url": f"https://www.ubereats.com/orders/{delivery.delivery_id}",
        "undeliverable_action": "returned" if delivery.status == "returned" else "",
        "undeliverable_reason": "cannot_find_customer" if delivery.status == "returned" else "",
        "live_mode": False,
    }


def _courier(delivery: Delivery) -> dict[str, Any] | None:
    position = delivery.trip.position()
    if position is None:
        return None
    return {
        "name": "Тарас К.",
        "vehicle_type": "bicycle",
        "phone_number": "+380440000000",
        "location": {"lat": position.latitude, "lng": position.longitude},
        "img_href": "",
    }


def _waypoint(request: dict[str, Any], end: str, *, done: bool) -> dict[str, Any]:
    point = {
        "name": request[f"{end}_name"],
        "phone_number": request[f"{end}_phone_number"],
        "address": request[f"{end}_address"],
        "notes": request.get(f"{end}_notes") or "",
        "location": {
            "lat": request.get(f"{end}_latitude"),
            "lng": request.get(f"{end}_longitude"),
        },
    }
    return point | ({"status": "completed"} if done else {})
