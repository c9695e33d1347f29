"""What a customer asks for, before it is an order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from .choices import Chosen
from .geography import Point
from .lines import StandByKind
from .orders import OrderType, PaymentMethod
from .refusals import InvalidInput

if TYPE_CHECKING:
    from .facilities import Site

LONGEST_ADDRESS: Final = 300


@dataclass(frozen=True, slots=True)
class StandBy:
    """What is to be done with a line that ran out while the customer stays silent."""

    kind: StandByKind = StandByKind.ASK_ME
    product_id: UUID | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """So much of one product."""

    product_id: UUID
    quantity: int
    note: str | None = None
    stand_by: StandBy = StandBy()
    variant_id: UUID | None = None
    chosen: tuple[Chosen, ...] = ()

    @property
    def choices(self) -> Counter[UUID]:
        """How many it takes of its variant and of each of its modifiers."""
        taken = Counter({self.variant_id: self.quantity} if self.variant_id else {})
        for one in self.chosen:
            taken[one.modifier_id] += one.quantity * self.quantity
        return taken


@dataclass(frozen=True, slots=True)
class Destination:
    """The door."""

    line: str
    point: Point
    details: str | None = None

    def faults(self) -> Iterator[InvalidInput]:
        """What is wrong with what is written on it."""
        if not self.line.strip():
            yield InvalidInput("Write street and house.", ("destination", "line"), rule="required")
        for name, text in (("line", self.line), ("details", self.details)):
            if text is not None and len(text) > LONGEST_ADDRESS:
                yield InvalidInput(
                    f"At most {LONGEST_ADDRESS} characters.",
                    ("destination", name),
                    rule="max_length",
                )


@dataclass(frozen=True, slots=True)
class Span:
    """When it is wanted at the door; aware, from before until."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Basket:
    """What a quote is asked for; `site` where it is for a facility, with rules of its own."""

    portions: tuple[Portion, ...]
    destination: Destination | None
    window: Span | None = None
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an order for a facility says beside the others."""

    facility_id: UUID | None = None
    headcount: int | None = None
    cost_centre: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What an order is placed with. `expected_total` is minor units and currency."""

    type: OrderType
    basket: Basket
    contact_phone: str
    payment_method: PaymentMethod
    expected_total: tuple[int, str] | None = None
    payment_token: str | None = None
    occasion: Occasion = Occasion()
    leave_at_door: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What it would cost and when it would come, as of now. Minor units."""

    subtotal: int
    delivery_fee: int
    currency: str
    estimated_at: datetime
    valid_until: datetime

    @property
    def total(self) -> int:
        """What the customer would pay."""
        return self.subtotal + self.delivery_fee
