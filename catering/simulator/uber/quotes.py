"""Prices, kept for fifteen minutes and good for one delivery."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from catering.simulator.checks import instant
from catering.simulator.driving import Point
from catering.simulator.uber.reading import Faulty
from catering.simulator.world import World

LIFE = 900.0
BASE, A_KILOMETRE = 5_900, 1_200
PICKUP, DROPOFF = 300.0, 900.0
# Without coordinates we know no street: everything is in the middle of Kyiv, a little apart.
MIDDLE = {"pickup": Point(50.4501, 30.5234), "dropoff": Point(50.4625, 30.5190)}


@dataclass(slots=True)
class Quote:
    quote_id: str
    request: dict[str, Any]
    fee: int
    expires: float
    used: bool = False


class Quotes:
    def __init__(self, world: World) -> None:
        self._world = world
        self._quotes: dict[str, Quote] = {}

    def clear(self) -> None:
        self._quotes.clear()

    def give(self, request: dict[str, Any]) -> dict[str, Any]:
        clock, currency = self._world.clock, self._world.configuration.currency
        quote = Quote(
            f"dqt_{secrets.token_urlsafe(16)}", request, fee(request), clock.elapsed + LIFE
        )
        self._quotes[quote.quote_id] = quote
        ready_in = ready_after(self._world, request)
        arrives = clock.elapsed + max(PICKUP, ready_in) + DROPOFF
        return {
            "kind": "delivery_quote",
            "id": quote.quote_id,
            "created": clock.now().isoformat(),
            "expires": clock.instant(quote.expires).isoformat(),
            "fee": quote.fee,
            "currency": currency.lower(),
            "currency_type": currency,
            "dropoff_eta": clock.instant(arrives).isoformat(),
            "dropoff_deadline": clock.instant(arrives + DROPOFF).isoformat(),
            "duration": round((max(PICKUP, ready_in) + DROPOFF) / 60),
            "pickup_duration": round(max(PICKUP, ready_in) / 60),
        }

    def redeem(self, quote_id: str, request: dict[str, Any]) -> Quote:
        """The quote that a delivery names. Raises `Faulty` when it cannot be used for it."""
        quote = self._quotes.get(quote_id)
        if quote is None or quote.expires <= self._world.clock.elapsed:
            raise Faulty(400, "expired_quote", "The price quote has expired.")
        if quote.used:
            raise Faulty(400, "used_quote", "The price quote was already used.")
        if any(quote.request[end] != request[end] for end in ("pickup_address", "dropoff_address")):
            raise Faulty(400, "mismatched_price_quote", "The quote was for other addresses.")
        return quote


def fee(request: dict[str, Any]) -> int:
    """In kopecks."""
    pickup, dropoff = route(request)
    return BASE + round(pickup.kilometres(dropoff) * A_KILOMETRE)


def route(request: dict[str, Any]) -> tuple[Point, Point]:
    return _end(request, "pickup"), _end(request, "dropoff")


def ready_after(world: World, request: dict[str, Any]) -> float:
    """In how many simulated seconds the food is ready.

    Whoever says "in ten minutes" means ten minutes of this world, however fast it runs: a demo at
    60× whose couriers waited ten real minutes would be no demo.
    """
    ready = instant(request.get("pickup_ready_dt"))
    return max((ready - world.clock.now()).total_seconds(), 0.0) if ready else 0.0


def _end(request: dict[str, Any], end: str) -> Point:
    latitude, longitude = request.get(f"{end}_latitude"), request.get(f"{end}_longitude")
    return MIDDLE[end] if latitude is None or longitude is None else Point(latitude, longitude)
