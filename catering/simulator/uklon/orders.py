"""Orders: taken as often as they are sent, driven, called off while the food is not collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from catering.simulator.driving import Stage, Trip
from catering.simulator.ledger import Effect
from catering.simulator.uklon.fares import Fare
from catering.simulator.uklon.reading import Faulty, tracking_number
from catering.simulator.world import UKLON, World

STATUS = {
    Stage.SEARCHING: "processing",
    Stage.ASSIGNED: "accepted",
    Stage.NEAR_PICKUP: "accepted",
    Stage.AT_PICKUP: "arrived",
    Stage.PICKED_UP: "running",
    Stage.NEAR_DROPOFF: "running",
    Stage.DELIVERED: "completed",
    Stage.FAILED: "completed",
    Stage.CALLED_OFF: "canceled",
}
CANCELLABLE = {"processing", "accepted", "arrived"}
DOOR = {Stage.DELIVERED: "delivered", Stage.FAILED: "not_delivered"}


@dataclass(slots=True)
class Order:
    order_id: str
    fare: Fare
    body: dict[str, Any]
    created: datetime
    status: str = "processing"
    reason: str | None = None
    trip: Trip = field(init=False)
    effect: Effect = field(init=False)

    @property
    def active(self) -> bool:
        return self.status not in ("completed", "canceled")

    @property
    def door(self) -> str:
        """What came of it at the drop-off: `completed` alone does not say."""
        return DOOR.get(self.trip.stage, "delivering")


class Orders:
    def __init__(self, world: World) -> None:
        self._world = world
        self._orders: dict[str, Order] = {}

    def clear(self) -> None:
        self._orders.clear()

    def find(self, order_id: str) -> Order:
        """Raises `Faulty` when there is none."""
        try:
            return self._orders[order_id]
        except KeyError:
            raise Faulty(404, "order_not_found", "The order does not exist.") from None

    def listed(self, *, active: bool) -> list[Order]:
        """Newest first."""
        return [order for order in reversed(self._orders.values()) if order.active == active]

    def create(self, fare: Fare, body: dict[str, Any]) -> Order:
        """Send a courier. Nothing here recognises an order that was sent before."""
        order = Order(str(uuid4()), fare, body, self._world.clock.now())
        reference = tracking_number(body)
        order.effect = self._world.ledger.booking(UKLON, reference, order.order_id, order.status)
        order.trip = Trip(
            self._world,
            self._world.fleets[UKLON],
            reference or "",
            fare.route,
            lambda: self._become(order, STATUS[order.trip.stage]),
        )
        self._orders[order.order_id] = order
        return order

    def cancel(self, order: Order, reason: str) -> None:
        """Raises `Faulty` when it is too late."""
        if order.status not in CANCELLABLE:
            message = f"An order that is {order.status} cannot be canceled."
            raise Faulty(409, "order_not_cancellable", message)
        order.trip.stop()
        order.reason = reason
        self._become(order, "canceled")

    def _become(self, order: Order, status: str) -> None:
        order.status = status
        order.effect.become(status, live=status != "canceled")
