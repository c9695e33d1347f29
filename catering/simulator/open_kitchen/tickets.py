"""The tickets of a supermarket with a kitchen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from catering.simulator.catalog import OPEN_KITCHEN
from catering.simulator.cooking import Job, Work
from catering.simulator.ledger import Effect
from catering.simulator.world import World

STILL_OPEN = {Work.WAITING, Work.CONFIRMED, Work.COOKING}
STILL_FREE = {Work.WAITING, Work.CONFIRMED, Work.CANCELLED}


@dataclass(slots=True)
class Ticket:
    reference: str
    number: str
    body: dict[str, Any]
    job: Job
    effect: Effect
    version: int = 1

    def shown(self) -> dict[str, Any]:
        ready_at = self.job.ready_at
        return {
            "reference": self.reference,
            "ticket_id": self.number,
            "status": self.job.work,
            "reason": self.job.reason,
            "ready_at": f"{ready_at:%Y-%m-%dT%H:%M:%SZ}" if ready_at else None,
            "unavailable": [self.body["items"][0]["sku"]] if self.job.short else [],
            "version": self.version,
        }


class Tickets:
    """Every ticket the kitchen has kept, by the platform's reference."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: dict[str, Ticket] = {}

    def clear(self) -> None:
        self._tickets.clear()

    def find(self, reference: str) -> Ticket | None:
        return self._tickets.get(reference)

    def unavailable(self, body: dict[str, Any], kept: Counter[str] | None = None) -> list[str]:
        """The SKUs of a ticket of which there is too little beside what is `kept` for it."""
        wanted = Counter[str]()
        for item in body["items"]:
            wanted[item["sku"]] += item["quantity"]
            self._world.catalog.asked_for(
                OPEN_KITCHEN, item["sku"], item["name"], item["unit_price_minor"]
            )
        missing = wanted - (kept or Counter())
        return [sku for sku, quantity in missing.items() if not self._suffices(sku, quantity)]

    def keep(self, reference: str, body: dict[str, Any]) -> Ticket:
        """Take a ticket in. What it needs is set aside at once."""
        number = f"sk-{self._world.number()}"
        staff = self._world.staff_at(OPEN_KITCHEN, body["spot"])
        job = Job(self._world, staff, reference, lambda: self._changed(reference))
        effect = self._world.ledger.submission(OPEN_KITCHEN, reference, number, job.work)
        ticket = self._tickets[reference] = Ticket(reference, number, body, job, effect)
        self._set_aside(body)
        job.begin(can_ask=True)
        return ticket

    def change(self, ticket: Ticket, items: list[dict[str, Any]]) -> bool:
        """Cook these items instead; False once it is packed or over."""
        if ticket.job.work not in STILL_OPEN:
            return False
        if items != ticket.body["items"]:
            self._set_aside(ticket.body, back=True)
            ticket.body = ticket.body | {"items": items}
            self._set_aside(ticket.body)
            ticket.job.go_on()
        return True

    def lacking(self, ticket: Ticket, items: list[dict[str, Any]]) -> list[str]:
        """The SKUs of new items of which there is too little, beside what is set aside for it."""
        kept = Counter[str]()
        for item in ticket.body["items"]:
            kept[item["sku"]] += item["quantity"]
        gone = set(ticket.shown()["unavailable"])
        short = [sku for sku in self.unavailable({"items": items}, kept) if sku not in gone]
        return [*(item["sku"] for item in items if item["sku"] in gone), *short]

    def cancel(self, ticket: Ticket, reason: str) -> bool:
        """Whether it could still be called off."""
        if ticket.job.work not in STILL_FREE:
            return False
        if ticket.job.work != Work.CANCELLED:
            ticket.job.cancel(reason)
        return True

    def _changed(self, reference: str) -> None:
        ticket = self._tickets[reference]
        stopped = ticket.job.work in (Work.REFUSED, Work.CANCELLED)
        ticket.version += 1
        ticket.effect.become(ticket.job.work, live=not stopped)
        if stopped:
            self._set_aside(ticket.body, back=True)

    def _set_aside(self, body: dict[str, Any], *, back: bool = False) -> None:
        for item in body["items"]:
            quantity = -item["quantity"] if back else item["quantity"]
            self._world.catalog.take(OPEN_KITCHEN, item["sku"], quantity)

    def _suffices(self, sku: str, quantity: int) -> bool:
        item = self._world.catalog.find(OPEN_KITCHEN, sku)
        return item is not None and item.suffices(quantity)
