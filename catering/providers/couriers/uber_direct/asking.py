"""What we send to Uber Direct. Amounts there are whole minor units, as ours are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from catering.providers.ports import Place, Quote, Trip
from catering.providers.reading import clipped

NOTES = 280


def quote(trip: Trip, region: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_journey(trip, region),
        "pickup_phone_number": trip.pickup.phone,
        "dropoff_phone_number": trip.dropoff.phone,
    }


def delivery(trip: Trip, quoted: Quote | None, region: Mapping[str, str]) -> dict[str, Any]:
    wanted = {
        **_journey(trip, region),
        **_stop("pickup", trip.pickup, trip.pickup.details),
        **_stop("dropoff", trip.dropoff, _notes(trip)),
        "external_id": trip.reference,
        "idempotency_key": trip.reference,
        "manifest_reference": trip.number,
        "manifest_items": [
            {
                "name": item.name,
                "quantity": item.quantity,
                "size": "small",
                "price": item.unit_price,
            }
            for item in trip.items
        ],
        "undeliverable_action": "return",
        "quote_id": quoted.id if quoted else None,
        "dropoff_verification": _verification(trip),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _journey(trip: Trip, region: Mapping[str, str]) -> dict[str, Any]:
    ready = {"pickup_ready_dt": _rfc3339(trip.ready_at)} if _lies_ahead(trip.ready_at) else {}
    return {
        "pickup_address": _address(trip.pickup, region),
        "pickup_latitude": trip.pickup.latitude,
        "pickup_longitude": trip.pickup.longitude,
        "dropoff_address": _address(trip.dropoff, region),
        "dropoff_latitude": trip.dropoff.latitude,
        "dropoff_longitude": trip.dropoff.longitude,
        "manifest_total_value": trip.value,
        **ready,
    }


def _address(place: Place, region: Mapping[str, str]) -> str:
    """An address is a text that holds JSON; our one line goes into its street."""
    rest = {name: region.get(name, "") for name in ("city", "state", "zip_code", "country")}
    return json.dumps({"street_address": [place.address_line], **rest}, ensure_ascii=False)


def _stop(which: str, place: Place, notes: str | None) -> dict[str, Any]:
    return {
        f"{which}_name": place.name,
        f"{which}_phone_number": place.phone,
        f"{which}_notes": clipped(notes, NOTES),
    }


def _notes(trip: Trip) -> str | None:
    return ". ".join(filter(None, [trip.dropoff.details, trip.comment])) or None


def _verification(trip: Trip) -> dict[str, Any] | None:
    """Their app asks the courier for it; so a PIN must not also stand in the notes."""
    if trip.signed:
        return {"signature_requirement": {"enabled": True, "collect_signer_name": True}}
    return {"pincode": {"enabled": True, "value": trip.pin}} if trip.pin else None


def _lies_ahead(moment: datetime | None) -> bool:
    """They refuse a pickup in the past, where "as soon as possible" is what we mean."""
    return moment is not None and moment > datetime.now(UTC)


def _rfc3339(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
