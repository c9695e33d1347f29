"""Giving money back for an order that was not as it should be: how much, and who bears it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from . import pricing
from .ledger import Bearer
from .orders import ENDS, OrderStatus
from .refusals import ForbiddenStep, InvalidInput, Refusal, Refused

LONGEST_NOTE: Final = 500


class RefundReason(StrEnum):
    """Why money is given back."""

    MISSING = "MISSING"
    WRONG = "WRONG"
    BAD = "BAD"
    LATE = "LATE"
    GOODWILL = "GOODWILL"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is asked for, of a line or of the whole order. `amount` is minor units and currency."""

    amount: tuple[int, str]
    reason: RefundReason
    bearer: Bearer
    line_id: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Books:
    """Where the money of an order is, in minor units. `left` is what its customer has paid and not
    been given back, `left_of_line` the same of the line, where it is about one; `earned` is what
    the party that is to bear it has of this order, None for us."""

    status: OrderStatus
    currency: str
    left: int
    left_of_line: int | None = None
    earned: int | None = None
    stuck: bool = False


def must_be_refundable(claim: Claim, books: Books) -> None:
    """Never more than was charged, nor than whoever bears it has earned. Raises `Refused`."""
    if books.status not in ENDS:
        message = f"The order is {books.status}. What goes on can be changed or called off."
        raise Refused(ForbiddenStep(message, current=books.status))
    if books.stuck:
        message = "The payment company gives nothing back for this order. Pay it by hand."
        raise Refused(ForbiddenStep(message, current=books.status))
    if problems := list(_faults(claim, books)):
        raise Refused(*problems)


def _faults(claim: Claim, books: Books) -> Iterator[Refusal]:
    amount, currency = claim.amount
    if claim.bearer is Bearer.CUSTOMER:
        message = "Who is given something does not bear it. Name another."
        yield InvalidInput(message, ("bearer",), rule="bearer")
    if currency != books.currency:
        message = f"It was paid in {books.currency}."
        yield InvalidInput(message, ("amount", "currency"), rule="currency")
        return
    if amount <= 0:
        yield InvalidInput("Give back something.", ("amount", "amount"), rule="amount")
        return
    limits = (
        (books.left, "Only {} is left of what was charged.", "charged"),
        (books.left_of_line, "Only {} is left of what was charged for this line.", "charged"),
        (books.earned, "Only {} of this order is theirs. We can bear the rest.", "earned"),
    )
    for limit, message, rule in limits:
        if limit is not None and amount > limit:
            shown = f"{pricing.to_amount(max(0, limit), currency)} {currency}"
            path = ("bearer",) if rule == "earned" else ("amount", "amount")
            yield InvalidInput(message.format(shown), path, rule=rule)
            return
