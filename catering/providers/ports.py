"""All the rest of the code knows about outside systems.

An answer is data, never an exception: the core must act on each of them, and an adapter that
raises is a bug. A foreign status word that nobody has taught us comes back as UNKNOWN with the
word kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from catering.providers.values import (
    CourierReport,
    KitchenReport,
    KitchenTicket,
    PaymentReport,
    Place,
    Quote,
    TicketItem,
    TicketModifier,
    Trip,
)

__all__ = [
    "QUOTE_EXPIRED",
    "Accepted",
    "Ambiguous",
    "Booked",
    "Booking",
    "Cancellation",
    "Cancelled",
    "CannotTell",
    "Change",
    "Courier",
    "CourierCapabilities",
    "CourierReport",
    "Forged",
    "Found",
    "Hint",
    "Kitchen",
    "KitchenCapabilities",
    "KitchenReport",
    "KitchenTicket",
    "Malformed",
    "Missing",
    "NotServiceable",
    "Notice",
    "Pending",
    "Place",
    "Quote",
    "Receipt",
    "Rejected",
    "Reply",
    "Requested",
    "Submission",
    "TicketItem",
    "TicketModifier",
    "TooLate",
    "Trip",
    "Unavailable",
    "Unsupported",
]

Report_co = TypeVar("Report_co", KitchenReport, CourierReport, PaymentReport, covariant=True)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The kitchen will cook it."""

    report: KitchenReport


@dataclass(frozen=True, slots=True)
class Pending:
    """Their system has it; somebody there has yet to answer."""

    report: KitchenReport


@dataclass(frozen=True, slots=True)
class Booked:
    """The courier company has taken the trip."""

    report: CourierReport


@dataclass(frozen=True, slots=True)
class Rejected:
    """A final no: asking again the same way will not help. `items` are external ids, if named: then
    nothing was kept, and the same reference is good for a ticket without them."""

    code: str
    message: str
    items: tuple[str, ...] = ()


QUOTE_EXPIRED = "quote_expired"  # the `Rejected.code` that a new quote mends, at any provider


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may or may not have happened: look it up before you try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Certainly nothing happened: try again later."""

    why: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotServiceable:
    """They do not go there, or not now."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Found(Generic[Report_co]):
    """Our attempt did reach them."""

    report: Report_co


@dataclass(frozen=True, slots=True)
class Missing:
    """Our attempt certainly never reached them."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """They could not be asked, or their answer made no sense."""

    why: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Called off; `fee` is None where they do not say what it costs."""

    fee: int | None = None


@dataclass(frozen=True, slots=True)
class TooLate:
    """It cannot be called off any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Requested:
    """They were asked to call it off; a later report tells whether they did."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """This provider has no way to call it off: somebody must telephone."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something changed. Without a `report`, read it: what arrived proves too little to act on."""

    external_id: str | None
    reference: str | None
    report: KitchenReport | CourierReport | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A webhook that is theirs. The same `dedupe_key` means the same news again."""

    dedupe_key: str
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Forged:
    """A webhook that is not theirs, as far as their signature tells."""

    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A webhook that nobody can read."""

    why: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider wants to hear before it stops repeating a webhook."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class KitchenCapabilities:
    """What the core can expect of a restaurant's system; the conformance suite holds it to that."""

    idempotent_submit: bool
    resolve_by: Literal["reference", "list_scan", "none"]
    cancel: bool
    tells_ready: bool
    webhooks: bool
    poll_every: timedelta = timedelta(seconds=30)
    changes: bool = False


@dataclass(frozen=True, slots=True)
class CourierCapabilities:
    """What the core can expect of a courier company; the conformance suite holds it to that."""

    quote_needed: bool
    idempotent_book: bool
    resolve_by: Literal["replay", "reference", "list_scan", "none"]
    webhooks: bool
    cancel: bool
    poll_every: timedelta = timedelta(seconds=30)


Submission: TypeAlias = Accepted | Pending | Rejected | Ambiguous | Unavailable
Change: TypeAlias = Submission | TooLate | Unsupported
Booking: TypeAlias = Booked | Rejected | Ambiguous | Unavailable
Cancellation: TypeAlias = Cancelled | TooLate | Requested | Unsupported | Ambiguous
Receipt: TypeAlias = Notice | Forged | Malformed


class Kitchen(Protocol):
    """A restaurant's own system."""

    @property
    def capabilities(self) -> KitchenCapabilities: ...

    @property
    def acknowledgement(self) -> Reply: ...

    async def submit(self, ticket: KitchenTicket) -> Submission:
        """Hand over a ticket. Repeat an `Ambiguous` one only after `find` said `Missing`."""
        ...

    async def find(self, ticket: KitchenTicket) -> Found[KitchenReport] | Missing | CannotTell:
        """Whether a ticket of ours arrived, by our reference alone."""
        ...

    async def read(self, external_id: str, reference: str) -> KitchenReport | CannotTell: ...

    async def cancel(self, external_id: str, reference: str, reason: str) -> Cancellation: ...

    async def change(self, external_id: str, ticket: KitchenTicket) -> Change:
        """Have these items cooked instead of those that were handed over; safe to repeat."""
        ...

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        """What a webhook says, after its signature was checked over these very bytes."""
        ...


class Courier(Protocol):
    """A courier company for hire."""

    @property
    def capabilities(self) -> CourierCapabilities: ...

    @property
    def acknowledgement(self) -> Reply: ...

    async def quote(self, trip: Trip) -> Quote | NotServiceable | Unavailable: ...

    async def book(self, trip: Trip, quote: Quote | None) -> Booking:
        """Hire somebody. Repeat an `Ambiguous` one only after `find` said `Missing`."""
        ...

    async def find(self, trip: Trip) -> Found[CourierReport] | Missing | CannotTell:
        """Whether a trip of ours was booked, by our reference alone."""
        ...

    async def read(self, external_id: str) -> CourierReport | CannotTell: ...

    async def cancel(self, external_id: str, reason: str) -> Cancellation: ...

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        """What a webhook says, after its signature was checked over these very bytes."""
        ...
