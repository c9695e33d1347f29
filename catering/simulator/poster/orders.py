"""Incoming orders and the bills that the staff opens for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from catering.simulator.catalog import POSTER
from catering.simulator.cooking import Job, Work
from catering.simulator.ledger import Effect
from catering.simulator.poster.hooks import announce
from catering.simulator.poster.reading import Faulty, reference
from catering.simulator.world import World

NEW, ACCEPTED, CANCELLED = 0, 1, 7
OPEN, CLOSED, REMOVED = 1, 2, 3


@dataclass(slots=True)
class Bill:
    transaction_id: int
    opened: datetime
    closed: datetime | None = None
    status: int = OPEN


@dataclass(slots=True)
class Order:
    order_id: int
    body: dict[str, Any]
    job: Job
    effect: Effect
    created: datetime
    updated: datetime
    status: int = NEW
    bill: Bill | None = None

    @property
    def total(self) -> int:
        lines = self.body["products"]
        return round(sum(float(line["price"] * line["count"]) for line in lines))


class Orders:
    def __init__(self, world: World) -> None:
        self._world = world
        self._orders: dict[int, Order] = {}

    def restart(self) -> None:
        self._orders.clear()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self._world.configuration.poster_time_zone)

    def find(self, order_id: str) -> Order | None:
        return self._orders.get(int(order_id)) if order_id.isdecimal() else None

    def with_bill(self, transaction_id: str) -> Order | None:
        for order in self._orders.values():
            if order.bill and str(order.bill.transaction_id) == transaction_id:
                return order
        return None

    def listed(
        self, status: int | None, since: datetime | None, until: datetime | None
    ) -> list[Order]:
        """Oldest first; `since` and `until` are local wall time and bound the creation."""
        return [
            order
            for order in self._orders.values()
            if status in (None, order.status) and self._between(order, since, until)
        ]

    def create(self, body: dict[str, Any]) -> Order:
        """Take an order in, as often as it is sent: Poster cannot tell that it had it before.

        Raises `Faulty` for a product that the account does not have.
        """
        missing = self._missing(body)
        order_id = self._world.number()
        now = self._world.clock.now()
        named = reference(body.get("comment"))
        staff = self._world.staff_at(POSTER, str(body["spot_id"]))
        job = Job(self._world, staff, named or "", lambda: self._changed(order_id))
        effect = self._world.ledger.submission(POSTER, named, str(order_id), str(NEW))
        order = self._orders[order_id] = Order(order_id, body, job, effect, now, now)
        job.begin(cannot=f"{missing} is out." if missing else None)
        return order

    def _missing(self, body: dict[str, Any]) -> str | None:
        """The first product that has run out: no error at Poster, the staff will find out."""
        missing = None
        for line in body["products"]:
            sku, told = str(line["product_id"]), line.get("price")
            item = self._world.catalog.asked_for(POSTER, sku, f"Product {sku}", told or 10_000)
            if item is None:
                raise Faulty(41, "Product not found")
            line["price"] = item.price if told is None else told
            if not item.suffices(line["count"]):
                missing = item.name
        return missing

    def _changed(self, order_id: int) -> None:
        order = self._orders[order_id]
        order.updated = self._world.clock.now()
        match order.job.work:
            case Work.CONFIRMED:
                self._accept(order)
            case Work.PACKED:
                self._close(order)
            case Work.REFUSED:
                self._refuse(order)

    def _accept(self, order: Order) -> None:
        order.bill = Bill(self._world.number(), order.updated)
        self._become(order, ACCEPTED)

    def _close(self, order: Order) -> None:
        """The food is packed and paid for, so the cashier closes the bill."""
        if order.bill:
            order.bill.status, order.bill.closed = CLOSED, order.updated
            order.effect.become("1 closed")
            announce(self._world, "transaction", order.bill.transaction_id, "changed")

    def _refuse(self, order: Order) -> None:
        if order.bill:
            order.bill.status, order.bill.closed = REMOVED, order.updated
        self._become(order, CANCELLED)

    def _become(self, order: Order, status: int) -> None:
        order.status = status
        order.effect.become(str(status), live=status != CANCELLED)
        announce(self._world, "incoming_order", order.order_id, "changed")

    def _between(self, order: Order, since: datetime | None, until: datetime | None) -> bool:
        created = order.created.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
        return (since is None or since <= created) and (until is None or created <= until)
