"""What a restaurant sells, and whether it can be had now."""

from datetime import datetime
from enum import StrEnum


class ProductKind(StrEnum):
    """A dish is cooked when it is ordered; goods are taken from a shelf."""

    DISH = "DISH"
    GOODS = "GOODS"


class Availability(StrEnum):
    """Whether a product can be ordered at this moment."""

    AVAILABLE = "AVAILABLE"
    LIMITED = "LIMITED"
    SNOOZED = "SNOOZED"
    UNAVAILABLE = "UNAVAILABLE"


def availability(
    *, unavailable: bool, snoozed_until: datetime | None, stock: int | None, now: datetime
) -> Availability:
    """What a customer is told. `stock` counts what is left; None means as many as you like.

    Nothing left outlasts a snooze: waking up brings no food.
    """
    if unavailable or (stock is not None and stock <= 0):
        return Availability.UNAVAILABLE
    if snoozed_until is not None and now < snoozed_until:
        return Availability.SNOOZED
    return Availability.AVAILABLE if stock is None else Availability.LIMITED
