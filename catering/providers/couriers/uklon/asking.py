"""What we send to Uklon. Amounts there are hryvnias with a point."""

from __future__ import annotations

from typing import Any

from catering.providers.ports import Place, Quote, Trip
from catering.providers.reading import major

NAME, COMMENT = 100, 1000  # cut by us: how long they may be is not known


def estimate(trip: Trip, city: int, product: str) -> dict[str, Any]:
    """What would it cost? `deferred` stays out: we book when we want somebody to come."""
    return {
        "city": city,
        "pickup_point": _point(trip.pickup),
        "dropoff_points": [_point(trip.dropoff)],
        "products": {product: {}},
    }


def order(trip: Trip, quote: Quote, product: str) -> dict[str, Any]:
    """`agreed_cost` must lie inside the band of the fare; the quote says where we settle."""
    receiver = {
        **_person(trip.dropoff),
        "extra_parameters": {"external_tracking_number": trip.reference},
    }
    return {
        "fare_id": quote.id,
        "product": product,
        "agreed_cost": major(quote.agreed, quote.currency),
        "sender": _person(trip.pickup),
        "receivers": [receiver],
        "comment": _comment(trip),
    }


def _point(place: Place) -> dict[str, Any]:
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "address": place.address_line,
    }


def _person(place: Place) -> dict[str, Any]:
    return {"name": place.name[:NAME], "phone": place.phone}


def _comment(trip: Trip) -> str:
    """The door's details go here: their `door` wants entrance, floor and flat apart.

    The customer's PIN does not: a courier who could read it would prove nothing with it.
    """
    said = (f"№ {trip.number}", trip.pickup.details, trip.dropoff.details, trip.comment)
    return ". ".join(filter(None, said))[:COMMENT]
