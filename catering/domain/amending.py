"""What can still be changed about an order that was placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from .baskets import Destination, Portion, Span
from .deliveries import DeliveryStatus
from .orders import LIVE, OrderStatus
from .people import STAFF, Role
from .refusals import ForbiddenStep, Refused
from .tickets import LOST, TicketStatus


class Change(StrEnum):
    """What can be changed, one by one."""

    LINES = "LINES"
    NOTES = "NOTES"
    WINDOW = "WINDOW"
    ADDRESS = "ADDRESS"
    DOOR_DETAILS = "DOOR_DETAILS"
    CONTACT_PHONE = "CONTACT_PHONE"


@dataclass(frozen=True, slots=True)
class Replacement:
    """The whole basket, anew. `expected_total` is minor units and currency."""

    portions: tuple[Portion, ...]
    expected_total: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is None stays as it is; an empty text takes the old one away. `notes` go to lines."""

    destination: Destination | None = None
    door_details: str | None = None
    contact_phone: str | None = None
    notes: tuple[tuple[UUID, str], ...] = ()
    window: Span | None = None
    expected_total: tuple[int, str] | None = None

    def changes(self) -> tuple[Change, ...]:
        """What is asked for."""
        asked = {
            Change.WINDOW: self.window,
            Change.ADDRESS: self.destination,
            Change.DOOR_DETAILS: self.door_details,
            Change.CONTACT_PHONE: self.contact_phone,
            Change.NOTES: self.notes or None,
        }
        return tuple(change for change, value in asked.items() if value is not None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come. `collected`: something is on board; `booked`: a courier company
    was told the address and the phone."""

    status: OrderStatus
    tickets: tuple[TicketStatus, ...]
    delivery: DeliveryStatus | None = None
    collected: bool = False
    booked: bool = False


_OURS: Final = frozenset(
    {DeliveryStatus.ASSIGNED, DeliveryStatus.TO_PICKUP, DeliveryStatus.AT_PICKUP}
)
_STILL_AT_HOME: Final = frozenset({None, DeliveryStatus.PLANNED})


def open_changes(so_far: Progress, role: Role | None) -> tuple[Change, ...]:
    """What this role may still change.

    The basket, until a kitchen was handed its ticket. The window, until the order is released. The
    door, until something is on board; not while carriers are asked what that way costs. What the
    courier needs to know at the door, until he has been there.
    """
    if so_far.status not in LIVE:
        return ()
    told = so_far.booked and role not in STAFF  # a company is told once; the office can call it
    return tuple(_open(so_far, told=told))


def must_be_open(so_far: Progress, wanted: Iterable[Change], role: Role | None) -> None:
    """Raises `Refused(ForbiddenStep)` for what cannot be changed any more, one for each."""
    allowed = open_changes(so_far, role)
    late = [change for change in wanted if change not in allowed]
    if late:
        raise Refused(*(_too_late(change, so_far, allowed) for change in late))


def _open(so_far: Progress, *, told: bool) -> Iterable[Change]:
    coming = [ticket for ticket in so_far.tickets if ticket not in LOST]
    if all(ticket is TicketStatus.QUEUED for ticket in coming):
        yield from (Change.LINES, Change.NOTES)
        if so_far.status is OrderStatus.SCHEDULED:
            yield Change.WINDOW
    nobody_asked = so_far.delivery in _STILL_AT_HOME or so_far.delivery in _OURS
    if nobody_asked and not so_far.collected and not so_far.booked:
        yield Change.ADDRESS
    if not told:
        yield Change.DOOR_DETAILS
        yield Change.CONTACT_PHONE


_WHY_NOT: Final = {
    Change.LINES: "A kitchen has its ticket already, so the basket stays as it is.",
    Change.NOTES: "A kitchen has its ticket already, so its notes stay as they are.",
    Change.WINDOW: "Only the window of an order that is still scheduled can be moved.",
    Change.ADDRESS: "It is too late for another address: a carrier is looked for or on the way.",
    Change.DOOR_DETAILS: "The courier has been told already. Call the support.",
    Change.CONTACT_PHONE: "The courier has been told already. Call the support.",
}

_PATH: Final = {
    Change.LINES: ("lines",),
    Change.NOTES: ("notes",),
    Change.WINDOW: ("window",),
    Change.ADDRESS: ("destination",),
    Change.DOOR_DETAILS: ("doorDetails",),
    Change.CONTACT_PHONE: ("contactPhone",),
}


def _too_late(change: Change, so_far: Progress, allowed: tuple[Change, ...]) -> ForbiddenStep:
    over = so_far.status not in LIVE
    message = f"The order is {so_far.status} already." if over else _WHY_NOT[change]
    return ForbiddenStep(message, _PATH[change], current=so_far.status, allowed=allowed)
