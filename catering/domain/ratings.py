"""What may be said about a restaurant and a driver, when, and how often: once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .orders import LIVE, OrderStatus
from .refusals import ForbiddenStep, InvalidInput, Refused

STARS: Final = range(1, 6)
LONGEST_COMMENT: Final = 1_000


def faults(stars: int, comment: str | None) -> Iterator[InvalidInput]:
    """What is wrong with what is said."""
    if stars not in STARS:
        yield InvalidInput("Give one to five stars.", ("stars",), rule="stars")
    yield from text_faults("comment", comment)


def text_faults(name: str, text: str | None) -> Iterator[InvalidInput]:
    """What is wrong with a text."""
    if text is not None and len(text) > LONGEST_COMMENT:
        yield InvalidInput(f"At most {LONGEST_COMMENT} characters.", (name,), rule="max_length")


def must_have_come(status: OrderStatus) -> None:
    """Raises `Refused(ForbiddenStep)` for an order that was not delivered, or not yet."""
    if status is OrderStatus.DELIVERED:
        return
    late = "It can be rated once it has come." if status in LIVE else "It never came."
    raise Refused(ForbiddenStep(late, current=status))


def average(sum: int, count: int) -> float | None:
    """With two digits, as it is shown; None where nobody has said anything."""
    return round(sum / count, 2) if count else None
