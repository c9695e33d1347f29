"""When an order can be at the door: windows are moments, opening hours a clock on a wall.

A window is two instants, so a change of clocks cannot move it. A restaurant is open by its own
wall clock; both meet here, and only here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from .baskets import Span

NARROWEST: Final = timedelta(minutes=30)
FARTHEST: Final = timedelta(days=14)

_STEP: Final = timedelta(minutes=15)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TRIES: Final = 200


class Hours(Protocol):
    """When a restaurant takes orders: opening hours, or these with a pause."""

    def is_open(self, at: datetime) -> bool: ...
    def next_transition(self, at: datetime) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How long before the window the kitchens get their tickets, and the courier leaves them."""

    lead: timedelta
    way: timedelta


def moments(start: datetime, now: datetime, pace: Pace) -> tuple[datetime, datetime]:
    """When a kitchen has to be there: as the ticket comes, and as the courier leaves.

    Of a window that has begun already, what is left counts.
    """
    return max(now, start - pace.lead), max(now, start - pace.way)


def closed_at(hours: Hours, start: datetime, now: datetime, pace: Pace) -> datetime | None:
    """The first of these moments at which the restaurant is closed; None if it is there."""
    return next((at for at in moments(start, now, pace) if not hours.is_open(at)), None)


def soonest(
    kitchens: Sequence[Hours],
    now: datetime,
    pace: Pace,
    fits: Callable[[datetime], bool] = lambda _: True,
) -> Span | None:
    """The next window in which all of them can do it, on a full quarter of an hour.

    `fits` tells of a start whether there is a place in all of them.
    """
    for start in _candidates(kitchens, now, pace):
        here = all(closed_at(hours, start, now, pace) is None for hours in kitchens)
        if here and fits(start):
            return Span(start, start + NARROWEST)
    return None


def _candidates(kitchens: Sequence[Hours], now: datetime, pace: Pace) -> Iterator[datetime]:
    """Starts worth trying: as soon as possible, and then after each time that one opens."""
    start = quarter(now + pace.lead)
    for _ in range(_TRIES):
        if start > now + FARTHEST:
            return
        yield start
        shut = [closed_at(hours, start, now, pace) for hours in kitchens]
        changes = [h.next_transition(at) for h, at in zip(kitchens, shut, strict=True) if at]
        if None in changes:
            return  # one that never opens
        opened = (quarter(change + pace.lead) for change in changes if change)
        start = max((start + _STEP, *opened))


def quarter(at: datetime) -> datetime:
    """The next full quarter of an hour; every clock on Earth shows one then."""
    return at + (_EPOCH - at) % _STEP
