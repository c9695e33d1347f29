"""What Uber Direct accepts, and the errors it answers otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from catering.simulator.checks import (
    Check,
    broken,
    instant,
    maybe,
    moment,
    number,
    one_of,
    phone,
    text,
    whole,
)


class Faulty(Exception):
    """One of Uber's errors: `{"code": …, "message": …, "kind": "error", "metadata": …}`."""

    def __init__(
        self, status: int, code: str, message: str, metadata: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.metadata = metadata or {}


LATITUDE, LONGITUDE = maybe(number(-90, 90)), maybe(number(-180, 180))
WINDOWS = ("pickup_ready_dt", "pickup_deadline_dt", "dropoff_ready_dt", "dropoff_deadline_dt")


def _address(value: Any) -> str | None:
    """Text whose content is JSON: an object here is the commonest mistake."""
    rule = "must be a JSON string with street_address, city and country"
    try:
        address = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return rule
    if not isinstance(address, dict):
        return rule
    street = address.get("street_address")
    lines = isinstance(street, list) and street and all(isinstance(line, str) for line in street)
    words = all(isinstance(address.get(name), str) for name in ("city", "country"))
    return None if lines and words else rule


QUOTE: dict[str, Check] = {
    "pickup_address": _address,
    "dropoff_address": _address,
    "pickup_latitude": LATITUDE,
    "pickup_longitude": LONGITUDE,
    "dropoff_latitude": LATITUDE,
    "dropoff_longitude": LONGITUDE,
    "pickup_phone_number": maybe(phone),
    "dropoff_phone_number": maybe(phone),
    "manifest_total_value": maybe(whole(0, 10**9)),
    "external_store_id": maybe(text(128)),
    **dict.fromkeys(WINDOWS, maybe(moment)),
}
DELIVERY: dict[str, Check] = QUOTE | {
    "pickup_name": text(128),
    "dropoff_name": text(128),
    "pickup_phone_number": phone,
    "dropoff_phone_number": phone,
    "pickup_notes": maybe(text(280)),
    "dropoff_notes": maybe(text(280)),
    "quote_id": maybe(text(128)),
    "idempotency_key": maybe(text(128)),
    "external_id": maybe(text(128)),
    "manifest_reference": maybe(text(128)),
    "tip": maybe(whole(0, 10**7)),
    "deliverable_action": maybe(
        one_of("deliverable_action_meet_at_door", "deliverable_action_leave_at_door")
    ),
    "undeliverable_action": maybe(one_of("leave_at_door", "return", "discard")),
}
ITEM: dict[str, Check] = {
    "name": text(256),
    "quantity": whole(1, 9_999),
    "size": maybe(one_of("small", "medium", "large", "xlarge")),
    "price": maybe(whole(0, 10**8)),
    "weight": maybe(whole(0, 10**6)),
}


def check_quote(body: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    """The request for a quote, as it was. Raises `Faulty`."""
    return _checked(body, QUOTE, now)


def check_delivery(body: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    """The request for a delivery, as it was. Raises `Faulty`."""
    checked = _checked(body, DELIVERY, now)
    items = checked.get("manifest_items")
    if not isinstance(items, list) or not items:
        raise invalid({"manifest_items": "must be a list of at least one item"})
    for position, item in enumerate(items):
        faulty = broken(item if isinstance(item, dict) else {}, ITEM, f"manifest_items.{position}.")
        if faulty:
            raise invalid(faulty)
    return checked


def invalid(metadata: dict[str, str]) -> Faulty:
    return Faulty(400, "invalid_params", "The parameters of your request were invalid.", metadata)


def _checked(body: dict[str, Any] | None, rules: dict[str, Check], now: datetime) -> dict[str, Any]:
    if body is None:
        raise invalid({"body": "must be a JSON object"})
    if faulty := broken(body, rules):
        raise invalid(faulty)
    _check_windows(body, now)
    return body


def _check_windows(body: dict[str, Any], now: datetime) -> None:
    ready, deadline, dropoff_ready, dropoff_deadline = (instant(body.get(name)) for name in WINDOWS)
    _refuse_if(ready, lambda at: at < now - timedelta(minutes=5), "pickup_ready_too_early")
    _refuse_if(ready, lambda at: at > now + timedelta(days=30), "pickup_ready_too_late")
    _refuse_if(deadline, lambda at: at < now + timedelta(minutes=20), "pickup_deadline_too_early")
    _refuse_if(
        deadline, lambda at: at - (ready or now) < timedelta(minutes=10), "pickup_window_too_small"
    )
    _refuse_if(
        dropoff_ready,
        lambda at: deadline is not None and at > deadline,
        "dropoff_ready_after_pickup_deadline",
    )
    _refuse_if(
        dropoff_deadline,
        lambda at: at - (dropoff_ready or now) < timedelta(minutes=20),
        "dropoff_window_too_small",
    )


def _refuse_if(at: datetime | None, wrong: Callable[[datetime], bool], code: str) -> None:
    if at is not None and wrong(at):
        raise Faulty(400, code, code.replace("_", " ").capitalize() + ".")
