"""What calling an order off costs, as data: the further a kitchen has come, the more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from .ledger import Share
from .pricing import rounded
from .tickets import TicketStatus

_S = TicketStatus

PERCENT_OF_FOOD: Final = {
    _S.ACCEPTED: 50,
    _S.PREPARING: 100,
    _S.READY: 100,
    _S.PICKED_UP: 100,
}
"""Of what a ticket costs, by how far it is; nothing in all other statuses: nobody has begun, or
the restaurant itself cannot go on as ordered."""

FREE_AFTER: Final = timedelta(minutes=15)
"""So late, and calling off is free again."""


@dataclass(frozen=True, slots=True)
class Begun:
    """One restaurant's part, and how far it is."""

    restaurant_id: UUID
    status: TicketStatus
    food: int


def work_done(parts: Iterable[Begun]) -> tuple[Share, ...]:
    """What the restaurants have coming for what they have begun, whoever pays it."""
    shares = (
        Share(part.restaurant_id, rounded(Decimal(part.food) * PERCENT_OF_FOOD[part.status] / 100))
        for part in parts
        if part.status in PERCENT_OF_FOOD
    )
    return tuple(share for share in shares if share.amount)


def expected(now: datetime, estimated: datetime | None, ready: Iterable[datetime]) -> datetime:
    """When it can be at the door at the earliest, by all that is known."""
    return max([now, estimated or now, *ready])


def is_late(promised: datetime, expected: datetime) -> bool:
    """Whether it comes so late that the customer may call it off for nothing."""
    return expected - promised >= FREE_AFTER


def fee(
    parts: Iterable[Begun], *, delivery_fee: int, promised: datetime, expected: datetime
) -> tuple[Share, ...]:
    """What the customer pays if he calls it off now; nothing where that is free.

    The journey is charged with the food once a part of it is on the road.
    """
    if is_late(promised, expected):
        return ()
    parts = tuple(parts)
    on_the_road = any(part.status is _S.PICKED_UP for part in parts)
    journey = (Share(None, delivery_fee),) if on_the_road and delivery_fee else ()
    return (*work_done(parts), *journey)
