"""Deliveries: booked once for a reference, driven, called off while the food is not collected."""

from __future__ import annotations

import secrets
from typing import Any

from catering.simulator.driving import Stage, Trip
from catering.simulator.uber.delivery import Delivery
from catering.simulator.uber.hooks import announce
from catering.simulator.uber.quotes import Quotes, fee, ready_after, route
from catering.simulator.uber.reading import Faulty
from catering.simulator.uber.showing import delivery_shown
from catering.simulator.world import UBER, World

KEY_LIFE = 3_600.0
LOCATION_EVERY = 20.0

STATUS = {
    Stage.SEARCHING: "pending",
    Stage.ASSIGNED: "pickup",
    Stage.NEAR_PICKUP: "pickup",
    Stage.AT_PICKUP: "pickup",
    Stage.PICKED_UP: "pickup_complete",
    Stage.NEAR_DROPOFF: "dropoff",
    Stage.DELIVERED: "delivered",
    Stage.FAILED: "returned",
    Stage.CALLED_OFF: "canceled",
}
CANCELLABLE = {"pending", "pickup"}


class Deliveries:
    def __init__(self, world: World, quotes: Quotes) -> None:
        self._world, self._quotes = world, quotes
        self._deliveries: dict[str, Delivery] = {}

    def clear(self) -> None:
        self._deliveries.clear()

    def find(self, delivery_id: str) -> Delivery:
        """Raises `Faulty` when there is none."""
        try:
            return self._deliveries[delivery_id]
        except KeyError:
            message = "The requested delivery does not exist."
            raise Faulty(404, "delivery_not_found", message) from None

    def listed(self) -> list[Delivery]:
        """Newest first."""
        return list(reversed(self._deliveries.values()))

    def book(self, request: dict[str, Any]) -> Delivery:
        """Send a courier. Raises `Faulty`, 409 when one was already sent for this."""
        if known := self._duplicate(request):
            message = "An active delivery like this already exists."
            raise Faulty(409, "duplicate_delivery", message, {"delivery_id": known.delivery_id})
        price = fee(request)
        if quote_id := request.get("quote_id"):
            quote = self._quotes.redeem(quote_id, request)
            quote.used, price = True, quote.fee
        return self._begin(request, price + (request.get("tip") or 0))

    def cancel(self, delivery: Delivery) -> None:
        """Raises `Faulty` when it is too late."""
        if delivery.status not in CANCELLABLE:
            message = "The delivery cannot be canceled."
            raise Faulty(400, "noncancelable_delivery", message)
        delivery.trip.stop()
        self._become(delivery, "canceled")

    def _begin(self, request: dict[str, Any], price: int) -> Delivery:
        clock = self._world.clock
        delivery_id = f"del_{secrets.token_urlsafe(16)}"
        delivery = Delivery(delivery_id, request, price, clock.now(), clock.elapsed)
        reference = request.get("external_id")
        delivery.effect = self._world.ledger.booking(UBER, reference, delivery_id, "pending")
        delivery.trip = Trip(
            self._world,
            self._world.fleets[UBER],
            reference or "",
            route(request),
            lambda: self._moved(delivery),
            ready_in=ready_after(self._world, request),
        )
        self._deliveries[delivery_id] = delivery
        return delivery

    def _duplicate(self, request: dict[str, Any]) -> Delivery | None:
        now = self._world.clock.elapsed
        for known in self._deliveries.values():
            same_key = _same(known.request, request, "idempotency_key")
            if same_key and now < known.booked + KEY_LIFE:
                return known
            manifests = [each.get("manifest_reference") for each in (known.request, request)]
            if _same(known.request, request, "external_id") and manifests[0] == manifests[1]:
                return known
        return None

    def _moved(self, delivery: Delivery) -> None:
        stage = delivery.trip.stage
        delivery.imminent = stage in (Stage.NEAR_PICKUP, Stage.AT_PICKUP, Stage.NEAR_DROPOFF)
        if stage == Stage.AT_PICKUP:
            return
        self._become(delivery, STATUS[stage])
        if stage == Stage.ASSIGNED:
            self._report(delivery)
        if stage == Stage.PICKED_UP:
            self._become(delivery, "dropoff")

    def _become(self, delivery: Delivery, status: str) -> None:
        delivery.status, delivery.updated = status, self._world.clock.now()
        delivery.effect.become(status, live=status != "canceled")
        announce(self._world, delivery, "event.delivery_status", self.shown(delivery))

    def _report(self, delivery: Delivery) -> None:
        """Tell where the courier is, and again until the end; at most once in a real second."""
        if delivery.complete:
            return
        if delivery.trip.position():
            announce(self._world, delivery, "event.courier_update", self.shown(delivery))
        every = max(LOCATION_EVERY, self._world.clock.real(1.0))
        self._world.clock.after(every, lambda: self._report(delivery))

    def shown(self, delivery: Delivery) -> dict[str, Any]:
        return delivery_shown(self._world, delivery)


def _same(one: dict[str, Any], other: dict[str, Any], name: str) -> bool:
    return one.get(name) is not None and one.get(name) == other.get(name)
