"""What outside systems tell us, in our own words, and which of it may move us forward.

Providers repeat themselves, speak late and out of order, and invent words. A report is therefore
a claim: it is always recorded, and it counts only when it `advances` what we already know.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import TypeVar


class KitchenStatus(StrEnum):
    """Where a restaurant says our ticket is."""

    WAITING = auto()
    ACCEPTED = auto()
    PREPARING = auto()
    READY = auto()
    HANDED_OVER = auto()
    REJECTED = auto()
    CANCELLED = auto()
    UNKNOWN = auto()


class ChargeWord(StrEnum):
    """What a payment company says of a charge."""

    PROCESSING = auto()
    DONE = auto()
    DECLINED = auto()
    UNKNOWN = auto()


class CourierStatus(StrEnum):
    """Where a courier company says our delivery is."""

    PENDING = auto()
    COURIER_ASSIGNED = auto()
    AT_PICKUP = auto()
    PICKED_UP = auto()
    EN_ROUTE = auto()
    AT_DROPOFF = auto()
    DELIVERED = auto()
    CANCELLED = auto()
    REJECTED = auto()
    UNDELIVERED = auto()
    RETURNED = auto()
    UNKNOWN = auto()


Reported = TypeVar("Reported", KitchenStatus, CourierStatus)

# The way forward, in order. What is in neither list is UNKNOWN, which moves nothing.
PROGRESS: tuple[KitchenStatus | CourierStatus, ...] = (
    KitchenStatus.WAITING,
    KitchenStatus.ACCEPTED,
    KitchenStatus.PREPARING,
    KitchenStatus.READY,
    CourierStatus.PENDING,
    CourierStatus.COURIER_ASSIGNED,
    CourierStatus.AT_PICKUP,
    CourierStatus.PICKED_UP,
    CourierStatus.EN_ROUTE,
    CourierStatus.AT_DROPOFF,
)

# The kitchens say "cancelled" and "rejected" as the couriers do, and a StrEnum equals its text:
# one set of words serves both.
FINAL = frozenset(
    {
        KitchenStatus.HANDED_OVER,
        KitchenStatus.REJECTED,
        KitchenStatus.CANCELLED,
        CourierStatus.DELIVERED,
        CourierStatus.CANCELLED,
        CourierStatus.REJECTED,
        CourierStatus.UNDELIVERED,
        CourierStatus.RETURNED,
    }
)


def rank(status: KitchenStatus | CourierStatus) -> int:
    """How far along a status is; higher is later. UNKNOWN ranks before everything."""
    if is_final(status):
        return len(PROGRESS)
    return PROGRESS.index(status) if status in PROGRESS else -1


def is_final(status: KitchenStatus | CourierStatus) -> bool:
    """Whether nothing that is reported afterwards can change this any more."""
    return status in FINAL


def advances(current: Reported, reported: Reported) -> bool:
    """Whether a report moves us: only onwards, or to an end from anything that has not ended."""
    return not is_final(current) and rank(reported) > rank(current)
