"""When an order that is over leaves the lists, and who may take it out or put it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from .orders import ENDS, OrderStatus
from .refusals import ForbiddenStep, Refused

ARCHIVE_AFTER: Final = timedelta(days=30)
"""Unless `CATERING_ARCHIVE_AFTER_DAYS` says otherwise."""

HISTORY: Final = timedelta(days=400)
"""How long events are kept, unless `CATERING_HISTORY_DAYS` says otherwise."""


def must_be_over(status: OrderStatus, archived_at: datetime | None) -> None:
    """Only what is over, and not archived yet, goes. Raises `Refused(ForbiddenStep)`."""
    if status not in ENDS:
        message = "It is not over yet. Cancel it, or wait until it has come."
        raise Refused(ForbiddenStep(message, current=status, allowed=("CANCEL",)))
    if archived_at is not None:
        raise Refused(
            ForbiddenStep("It is archived already.", current="ARCHIVED", allowed=("RESTORE",))
        )


def must_be_archived(status: OrderStatus, archived_at: datetime | None) -> None:
    """Only what is archived comes back. Raises `Refused(ForbiddenStep)`."""
    if archived_at is None:
        allowed = ("ARCHIVE",) if status in ENDS else ()
        raise Refused(ForbiddenStep("It is not archived.", current=status, allowed=allowed))


def rest(now: datetime, last_change: datetime, after: timedelta) -> timedelta:
    """How long an order stays in the lists yet: it counts from the last thing that happened."""
    return max(timedelta(0), last_change + after - now)
