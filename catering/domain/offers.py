"""The life of an offer: the question to one driver, will you carry this?"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .lives import Life
from .people import ITSELF, Role


class OfferStatus(StrEnum):
    """Where an offer is."""

    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class OfferAction(StrEnum):
    """What can be done with an offer."""

    ACCEPT = "ACCEPT"
    APPOINT = "APPOINT"
    DECLINE = "DECLINE"
    EXPIRE = "EXPIRE"
    WITHDRAW = "WITHDRAW"


_S, _A = OfferStatus, OfferAction

OFFER: Final = Life(
    of="offer",
    first=_S.SENT,
    steps={
        (_S.SENT, _A.ACCEPT): _S.ACCEPTED,
        (_S.SENT, _A.APPOINT): _S.ACCEPTED,
        (_S.SENT, _A.DECLINE): _S.DECLINED,
        (_S.SENT, _A.EXPIRE): _S.EXPIRED,
        (_S.SENT, _A.WITHDRAW): _S.WITHDRAWN,
        # The delivery was released after all: the driver's yes holds no longer.
        (_S.ACCEPTED, _A.WITHDRAW): _S.WITHDRAWN,
    },
    may={
        _A.ACCEPT: frozenset({Role.DRIVER}),
        _A.APPOINT: frozenset({Role.MANAGER, Role.ADMIN}),
        _A.DECLINE: frozenset({Role.DRIVER}),
        _A.EXPIRE: frozenset({ITSELF}),
        _A.WITHDRAW: frozenset({Role.MANAGER, Role.ADMIN, ITSELF}),
    },
)

PATIENCE: Final = 3
"""So many expiries in a row set a driver offline; a declined offer costs nothing."""
