"""Backward planning: who needs less time begins later, so that all of an order is hot together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

STAGGERED_FROM: Final = timedelta(minutes=10)
"""Where kitchens differ by no more than this, they begin together: it is not worth a wait."""

TO_ANSWER: Final = timedelta(minutes=5)
"""A kitchen has its ticket so long before it has to begin: it has to say yes first."""

TO_BE_FETCHED: Final = timedelta(minutes=20)
"""And so long before all is ready: its answer is waited for before a courier is looked for."""

HELD_AT_MOST: Final = timedelta(hours=1)
"""Longer no ticket is held: who would say no has to say so while something else can be found."""


def ready_at(soonest: datetime, last: datetime, *, on_a_shelf: bool) -> datetime:
    """When a kitchen should be ready that could be `soonest`, where the slowest is ready `last`.

    What stands on a shelf does not get cold.
    """
    return last if last - soonest > STAGGERED_FROM and not on_a_shelf else soonest


def submit_at(
    begins: datetime, first: datetime, ready: datetime, work: datetime, *, on_a_shelf: bool
) -> datetime:
    """When a kitchen gets its ticket that has to begin to `work` then: as soon as the order
    `begins`, where the `first` kitchen has to begin at about the same time."""
    if on_a_shelf or work - first <= STAGGERED_FROM:
        return begins
    return max(begins, min(work - TO_ANSWER, ready - TO_BE_FETCHED, begins + HELD_AT_MOST))
