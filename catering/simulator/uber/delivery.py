"""One booked courier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catering.simulator.driving import Trip
from catering.simulator.ledger import Effect


@dataclass(slots=True)
class Delivery:
    delivery_id: str
    request: dict[str, Any]
    fee: int
    created: datetime
    booked: float
    status: str = "pending"
    imminent: bool = False
    updated: datetime = field(init=False)
    trip: Trip = field(init=False)
    effect: Effect = field(init=False)

    def __post_init__(self) -> None:
        self.updated = self.created

    @property
    def complete(self) -> bool:
        return self.status in ("delivered", "returned", "canceled")
