"""What we ask of outside systems, and what they tell us.

Amounts are whole minor units of `currency`; instants are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from catering.domain.reports import ChargeWord, CourierStatus, KitchenStatus


@dataclass(frozen=True, slots=True)
class Place:
    """A door somebody can knock at; `details` is what a courier needs beyond the address."""

    name: str
    address_line: str
    latitude: float
    longitude: float
    phone: str
    details: str | None = None


@dataclass(frozen=True, slots=True)
class TicketModifier:
    """Something added to each portion. `external_id` is theirs, where they know it."""

    name: str
    quantity: int
    unit_price: int
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class TicketItem:
    """Some portions of one dish, by the name the provider knows it under; `name` names its variant,
    and `unit_price` has the modifiers in it."""

    external_id: str
    name: str
    quantity: int
    unit_price: int
    note: str | None = None
    variant_id: str | None = None
    modifiers: tuple[TicketModifier, ...] = ()

    @property
    def wishes(self) -> str | None:
        """What is to be added and the note, in words: for systems that have no place for it."""
        return told_in_words(self.modifiers, self.note)


def told_in_words(modifiers: Iterable[TicketModifier], note: str | None) -> str | None:
    """Modifiers and a note as one line of text; None where there is nothing to say."""
    added = (
        f"+ {one.name}" + (f" ×{one.quantity}" if one.quantity > 1 else "") for one in modifiers
    )
    return "; ".join(filter(None, [*added, note])) or None


@dataclass(frozen=True, slots=True)
class KitchenTicket:
    """What one restaurant is asked to prepare.

    `reference` was stored before anybody is called: the same attempt always carries the same one.
    `submitted_after` is earlier than any call that was made with it, and bounds the search for it.
    """

    reference: str
    number: str
    location: str
    items: tuple[TicketItem, ...]
    currency: str
    phone: str
    comment: str | None
    wanted_at: datetime | None
    submitted_after: datetime


@dataclass(frozen=True, slots=True)
class KitchenReport:
    """What a restaurant's system says about a ticket; `word` is how it says it."""

    external_id: str
    status: KitchenStatus
    word: str
    ready_at: datetime | None = None
    reason: str | None = None
    occurred_at: datetime | None = None
    missing: tuple[str, ...] = ()
    """External ids of what they have not got; they wait to hear what to cook instead."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One way from one pickup to one drop-off.

    The courier companies we know carry no second pickup: an order from two restaurants is two. At
    the door the courier asks for the `pin`, or has it `signed`.
    """

    reference: str
    number: str
    pickup: Place
    dropoff: Place
    items: tuple[TicketItem, ...]
    value: int
    currency: str
    ready_at: datetime | None = None
    pin: str | None = None
    signed: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a courier company asks; `agreed` is what we would pay where the price is a band."""

    id: str | None
    fee: int
    currency: str
    expires_at: datetime | None
    agreed: int
    pickup_eta: datetime | None = None
    dropoff_eta: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourierReport:
    """What a courier company says about a trip; `word` is how it says it."""

    external_id: str
    status: CourierStatus
    word: str
    occurred_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    courier_name: str | None = None
    courier_phone: str | None = None
    eta: datetime | None = None
    tracking_url: str | None = None
    fee: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a payment company is asked for. `hold` is their name for the authorisation meant."""

    reference: str
    number: str
    amount: int
    currency: str
    token: str | None = field(default=None, repr=False)
    hold: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """What a payment company says of a charge; `word` is how it says it."""

    external_id: str
    status: ChargeWord
    word: str
    amount: int | None = None
    reason: str | None = None
