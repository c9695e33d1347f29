"""The negotiation about what cannot be had: what can be chosen, until when, and what silence means.

It is about one line that ran out, or about the whole part of a restaurant that will not cook while
others do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from .deliveries import DeliveryStatus
from .lines import ResolutionChoice, StandByKind
from .tickets import LOST, TicketStatus

_C = ResolutionChoice

CHOICES_FOR_LINE: Final = (_C.SUBSTITUTE, _C.REMOVE, _C.POSTPONE, _C.CANCEL_ORDER)
CHOICES_FOR_PART: Final = (_C.REMOVE, _C.WAIT, _C.CANCEL_ORDER)

ANSWER_WITHIN: Final = timedelta(minutes=5)
SHORTEST: Final = timedelta(minutes=2)
"""Nobody reads and answers faster, however hot the rest of his order is."""

MOST_TRIES: Final = 3
"""So often one restaurant is asked for its part of one order."""


def answer_by(now: datetime, others_ready: Iterable[datetime]) -> datetime:
    """Until when the customer is waited for: five minutes, or the slack left until all that comes
    is ready."""
    slack = max(others_ready, default=now + ANSWER_WITHIN) - now
    return now + min(ANSWER_WITHIN, max(SHORTEST, slack))


def is_his_to_choose(others: Iterable[TicketStatus], *, left: bool, on_the_road: bool) -> bool:
    """Whether the customer is asked what becomes of his order without this part.

    He is not where nothing is `left` of it, because he has decided line by line already; where
    nothing else would come; or where the rest is on its way to him.
    """
    return left and not on_the_road and any(t not in LOST for t in others)


def may_join(delivery: DeliveryStatus | None) -> bool:
    """Whether a kitchen can still get another ticket of this order: not while a courier is asked
    or on his way."""
    return delivery in {None, DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED}


def on_silence(stand_by: Iterable[StandByKind]) -> ResolutionChoice:
    """What becomes of an order that loses a part, where its customer says nothing: he goes without
    it, unless he said at checkout that one of its lines is worth all the rest."""
    return _C.CANCEL_ORDER if StandByKind.CANCEL_ORDER in stand_by else _C.REMOVE
