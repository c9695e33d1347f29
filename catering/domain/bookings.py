"""The life of a booking: one trip that an outside courier company carries for us.

Neither Uber Direct nor Uklon collects from two places on one trip, so a delivery carried by a
company has one booking per pickup stop, all to the same door.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .lives import Life
from .people import ITSELF, Role


class BookingStatus(StrEnum):
    """Where a booking is. How far its courier got is told by the company's report."""

    REQUESTED = "REQUESTED"
    CONFIRMED = "CONFIRMED"
    COMPLETED = "COMPLETED"
    REFUSED = "REFUSED"
    LOST = "LOST"
    CANCELLED = "CANCELLED"


class BookingAction(StrEnum):
    """What can be done with a booking."""

    CONFIRM = "CONFIRM"
    COMPLETE = "COMPLETE"
    REFUSE = "REFUSE"
    LOSE = "LOSE"
    CANCEL = "CANCEL"


_S, _A = BookingStatus, BookingAction

BOOKING: Final = Life(
    of="booking",
    first=_S.REQUESTED,
    steps={
        (_S.REQUESTED, _A.CONFIRM): _S.CONFIRMED,
        (_S.REQUESTED, _A.REFUSE): _S.REFUSED,
        (_S.CONFIRMED, _A.COMPLETE): _S.COMPLETED,
        (_S.CONFIRMED, _A.LOSE): _S.LOST,
        (_S.REQUESTED, _A.CANCEL): _S.CANCELLED,
        (_S.CONFIRMED, _A.CANCEL): _S.CANCELLED,
    },
    may={
        _A.CONFIRM: frozenset({ITSELF}),
        _A.COMPLETE: frozenset({ITSELF}),
        _A.REFUSE: frozenset({ITSELF}),
        _A.LOSE: frozenset({ITSELF}),
        _A.CANCEL: frozenset({Role.MANAGER, Role.ADMIN, ITSELF}),
    },
)

LIVE: Final = frozenset({_S.REQUESTED, _S.CONFIRMED})

CARRIES: Final = frozenset({BookingStatus.CONFIRMED, BookingStatus.COMPLETED})
"""Somebody of the company comes for it, or came."""
