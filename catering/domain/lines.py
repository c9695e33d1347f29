"""The lives of a line and of the negotiation that opens when a line cannot be had."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .lives import Life
from .people import ITSELF, Role


class LineStatus(StrEnum):
    """Where a line is."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    UNAVAILABLE = "UNAVAILABLE"
    SUBSTITUTED = "SUBSTITUTED"
    REMOVED = "REMOVED"
    POSTPONED = "POSTPONED"
    REPLACED = "REPLACED"


class LineAction(StrEnum):
    """What can be done with a line."""

    CONFIRM = "CONFIRM"
    MISS = "MISS"
    SUBSTITUTE = "SUBSTITUTE"
    REMOVE = "REMOVE"
    REPLACE = "REPLACE"
    POSTPONE = "POSTPONE"


class StandByKind(StrEnum):
    """What the customer wants done, should the line run out and he stay silent."""

    SPECIFIC = "SPECIFIC"
    BEST_MATCH = "BEST_MATCH"
    ASK_ME = "ASK_ME"
    REMOVE = "REMOVE"
    CANCEL_ORDER = "CANCEL_ORDER"


class ResolutionStatus(StrEnum):
    """Where a negotiation is."""

    OPEN = "OPEN"
    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class ResolutionAction(StrEnum):
    """What can be done in a negotiation."""

    PROPOSE = "PROPOSE"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    EXPIRE = "EXPIRE"


class ResolutionChoice(StrEnum):
    """What becomes of the line, or of the whole part of a restaurant."""

    SUBSTITUTE = "SUBSTITUTE"
    REMOVE = "REMOVE"
    POSTPONE = "POSTPONE"
    CANCEL_ORDER = "CANCEL_ORDER"
    WAIT = "WAIT"


_ANYONE: Final = frozenset(Role) | {ITSELF}
_L, _LA = LineStatus, LineAction
_R, _RA = ResolutionStatus, ResolutionAction
_EATER: Final = frozenset({Role.CUSTOMER, Role.MANAGER, Role.ADMIN, ITSELF})

LINE: Final = Life(
    of="line",
    first=_L.PENDING,
    steps={
        (_L.PENDING, _LA.CONFIRM): _L.CONFIRMED,
        (_L.PENDING, _LA.MISS): _L.UNAVAILABLE,
        (_L.CONFIRMED, _LA.MISS): _L.UNAVAILABLE,
        (_L.UNAVAILABLE, _LA.SUBSTITUTE): _L.SUBSTITUTED,
        (_L.UNAVAILABLE, _LA.REMOVE): _L.REMOVED,
        (_L.PENDING, _LA.REMOVE): _L.REMOVED,
        (_L.CONFIRMED, _LA.REMOVE): _L.REMOVED,
        (_L.PENDING, _LA.REPLACE): _L.REPLACED,
        # Its kitchen had said yes, and cooks no part of the order any more.
        (_L.CONFIRMED, _LA.REPLACE): _L.REPLACED,
        (_L.UNAVAILABLE, _LA.POSTPONE): _L.POSTPONED,
    },
    may={**dict.fromkeys(LineAction, _ANYONE), _LA.REPLACE: _EATER, _LA.POSTPONE: _EATER},
)

RESOLUTION: Final = Life(
    of="resolution",
    first=_R.OPEN,
    steps={
        (_R.OPEN, _RA.PROPOSE): _R.PROPOSED,
        (_R.OPEN, _RA.ACCEPT): _R.ACCEPTED,
        (_R.OPEN, _RA.REJECT): _R.REJECTED,
        (_R.OPEN, _RA.EXPIRE): _R.EXPIRED,
        (_R.PROPOSED, _RA.ACCEPT): _R.ACCEPTED,
        (_R.PROPOSED, _RA.REJECT): _R.REJECTED,
        (_R.PROPOSED, _RA.EXPIRE): _R.EXPIRED,
    },
    may={
        _RA.PROPOSE: frozenset({Role.RESTAURANT, Role.MANAGER, Role.ADMIN, ITSELF}),
        _RA.ACCEPT: _EATER,
        _RA.REJECT: _EATER,
        _RA.EXPIRE: _ANYONE,
    },
)

GONE: Final = frozenset({_L.SUBSTITUTED, _L.REMOVED, _L.POSTPONED, _L.REPLACED})
"""Lines in these cost nothing and will not come (with this ticket)."""

UNSETTLED: Final = frozenset({_R.OPEN, _R.PROPOSED})
