"""The life of a delivery and of its stops, the same for our drivers and outside couriers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .lives import Life
from .people import ITSELF, Role


class DeliveryStatus(StrEnum):
    """Where a delivery is."""

    PLANNED = "PLANNED"
    SEARCHING = "SEARCHING"
    ASSIGNED = "ASSIGNED"
    TO_PICKUP = "TO_PICKUP"
    AT_PICKUP = "AT_PICKUP"
    TO_DROPOFF = "TO_DROPOFF"
    AT_DROPOFF = "AT_DROPOFF"
    DELIVERED = "DELIVERED"
    NO_CARRIER = "NO_CARRIER"
    UNDELIVERABLE = "UNDELIVERABLE"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    DISCARDED = "DISCARDED"
    CANCELLED = "CANCELLED"


class DeliveryAction(StrEnum):
    """What can be done with a delivery."""

    SEARCH = "SEARCH"
    ASSIGN = "ASSIGN"
    DEPART = "DEPART"
    ARRIVE_AT_PICKUP = "ARRIVE_AT_PICKUP"
    COLLECT = "COLLECT"
    COLLECT_LAST = "COLLECT_LAST"
    ARRIVE_AT_DROPOFF = "ARRIVE_AT_DROPOFF"
    DELIVER = "DELIVER"
    RELEASE = "RELEASE"
    HAND_OVER = "HAND_OVER"
    GIVE_UP = "GIVE_UP"
    FAIL = "FAIL"
    TURN_BACK = "TURN_BACK"
    RETURN = "RETURN"
    DISCARD = "DISCARD"
    CANCEL = "CANCEL"


_S, _A = DeliveryStatus, DeliveryAction
_CARRIER: Final = frozenset({Role.DRIVER, Role.MANAGER, Role.ADMIN, ITSELF})
_OFFICE: Final = frozenset({Role.MANAGER, Role.ADMIN, ITSELF})

DELIVERY: Final = Life(
    of="delivery",
    first=_S.PLANNED,
    steps={
        (_S.PLANNED, _A.SEARCH): _S.SEARCHING,
        (_S.NO_CARRIER, _A.SEARCH): _S.SEARCHING,
        (_S.SEARCHING, _A.ASSIGN): _S.ASSIGNED,
        (_S.SEARCHING, _A.GIVE_UP): _S.NO_CARRIER,
        (_S.ASSIGNED, _A.DEPART): _S.TO_PICKUP,
        (_S.TO_PICKUP, _A.ARRIVE_AT_PICKUP): _S.AT_PICKUP,
        (_S.AT_PICKUP, _A.COLLECT): _S.TO_PICKUP,
        (_S.AT_PICKUP, _A.COLLECT_LAST): _S.TO_DROPOFF,
        (_S.TO_PICKUP, _A.COLLECT_LAST): _S.TO_DROPOFF,
        (_S.TO_DROPOFF, _A.ARRIVE_AT_DROPOFF): _S.AT_DROPOFF,
        (_S.AT_DROPOFF, _A.DELIVER): _S.DELIVERED,
        (_S.ASSIGNED, _A.RELEASE): _S.SEARCHING,
        (_S.TO_PICKUP, _A.RELEASE): _S.SEARCHING,
        (_S.AT_PICKUP, _A.RELEASE): _S.SEARCHING,
        # Another driver goes on from where the first one stands, with what is on board.
        (_S.ASSIGNED, _A.HAND_OVER): _S.ASSIGNED,
        (_S.TO_PICKUP, _A.HAND_OVER): _S.TO_PICKUP,
        (_S.AT_PICKUP, _A.HAND_OVER): _S.TO_PICKUP,
        (_S.TO_DROPOFF, _A.HAND_OVER): _S.TO_DROPOFF,
        (_S.AT_DROPOFF, _A.HAND_OVER): _S.TO_DROPOFF,
        (_S.ASSIGNED, _A.FAIL): _S.UNDELIVERABLE,
        (_S.TO_PICKUP, _A.FAIL): _S.UNDELIVERABLE,
        (_S.AT_PICKUP, _A.FAIL): _S.UNDELIVERABLE,
        (_S.TO_DROPOFF, _A.FAIL): _S.UNDELIVERABLE,
        (_S.AT_DROPOFF, _A.FAIL): _S.UNDELIVERABLE,
        (_S.UNDELIVERABLE, _A.TURN_BACK): _S.RETURNING,
        (_S.RETURNING, _A.RETURN): _S.RETURNED,
        (_S.UNDELIVERABLE, _A.DISCARD): _S.DISCARDED,
        (_S.PLANNED, _A.CANCEL): _S.CANCELLED,
        (_S.SEARCHING, _A.CANCEL): _S.CANCELLED,
        (_S.NO_CARRIER, _A.CANCEL): _S.CANCELLED,
        (_S.ASSIGNED, _A.CANCEL): _S.CANCELLED,
        (_S.TO_PICKUP, _A.CANCEL): _S.CANCELLED,
        (_S.AT_PICKUP, _A.CANCEL): _S.CANCELLED,
        (_S.TO_DROPOFF, _A.CANCEL): _S.CANCELLED,
        (_S.AT_DROPOFF, _A.CANCEL): _S.CANCELLED,
    },
    may={
        _A.SEARCH: _OFFICE,
        _A.ASSIGN: _CARRIER,
        _A.DEPART: _CARRIER,
        _A.ARRIVE_AT_PICKUP: _CARRIER,
        _A.COLLECT: _CARRIER,
        _A.COLLECT_LAST: _CARRIER,
        _A.ARRIVE_AT_DROPOFF: _CARRIER,
        _A.DELIVER: _CARRIER,
        _A.RELEASE: _CARRIER,
        _A.HAND_OVER: _OFFICE,
        _A.GIVE_UP: frozenset({ITSELF}),
        _A.FAIL: _OFFICE,
        _A.TURN_BACK: _OFFICE,
        _A.RETURN: _OFFICE,
        _A.DISCARD: _OFFICE,
        _A.CANCEL: _OFFICE,
    },
)

CONTACT_TRIES: Final = 2
"""A customer was not there only when he was called so often."""

CARRIED: Final = frozenset(
    {
        _S.ASSIGNED, _S.TO_PICKUP, _S.AT_PICKUP, _S.TO_DROPOFF, _S.AT_DROPOFF,
        _S.UNDELIVERABLE, _S.RETURNING,
    }
)  # fmt: skip
"""Statuses in which a driver is bound to the delivery and to no other."""

LIVE: Final = frozenset(_S) - {_S.DELIVERED, _S.RETURNED, _S.DISCARDED, _S.CANCELLED}
"""An order has at most one delivery in these."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who has signed for it at the door; `image` is the address of a picture of it."""

    name: str
    image: str | None = None


class StopKind(StrEnum):
    """What happens at a stop."""

    PICKUP = "PICKUP"
    DROPOFF = "DROPOFF"


class StopStatus(StrEnum):
    """Where a stop is."""

    PENDING = "PENDING"
    ARRIVED = "ARRIVED"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


class StopAction(StrEnum):
    """What can be done at a stop."""

    ARRIVE = "ARRIVE"
    COMPLETE = "COMPLETE"
    SKIP = "SKIP"
    REOPEN = "REOPEN"


STOP: Final = Life(
    of="stop",
    first=StopStatus.PENDING,
    steps={
        (StopStatus.PENDING, StopAction.ARRIVE): StopStatus.ARRIVED,
        (StopStatus.ARRIVED, StopAction.COMPLETE): StopStatus.DONE,
        (StopStatus.PENDING, StopAction.SKIP): StopStatus.SKIPPED,
        (StopStatus.ARRIVED, StopAction.SKIP): StopStatus.SKIPPED,
        (StopStatus.ARRIVED, StopAction.REOPEN): StopStatus.PENDING,
    },
    may={
        StopAction.ARRIVE: _CARRIER,
        StopAction.COMPLETE: _CARRIER,
        StopAction.SKIP: _CARRIER,
        StopAction.REOPEN: _CARRIER,
    },
)

PASSED: Final = frozenset({StopStatus.DONE, StopStatus.SKIPPED})
