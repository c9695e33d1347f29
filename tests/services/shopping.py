"""A shop that takes cards: one order, its tasks, and the bank outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from catering.domain.orders import PaymentMethod
from tests.providers.simulated import Outside

from .acting import Day

CARD = {"payment_method": PaymentMethod.CARD, "payment_token": "tok_visa"}


@dataclass
class Shop:
    """A day on which cards are taken, and the company that takes them."""

    day: Day
    company: Outside

    async def order(self, token: str = "tok_visa", **changes: Any) -> UUID:
        portions = changes.pop("portions", (self.day.world.portion(self.day.world.borscht),))
        return await self.day.order(*portions, **{**CARD, "payment_token": token, **changes})

    async def effects(self) -> list[tuple[str, bool]]:
        """What really happened to the money."""
        ledger = await self.company.ledger(provider="kasa")
        return [(effect["status"], effect["live"]) for effect in ledger["effects"]]
