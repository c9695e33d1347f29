"""The ledger: which postings follow from which happening. Double entry, in minor units.

An entry is a set of postings that sums to zero: what one pot gives, others get.

CUSTOMER    his purse: negative is what he has given
HOLD        what his bank has set aside for us, and is still his
DUE         what he has agreed to and has not paid: negative while he owes, positive while we do
ESCROW      what he has agreed to and nobody has earned yet
RESTAURANT  what a restaurant has earned (`party_id` says which)
CARRIER     what a driver or a courier company has earned
CASH        notes in the carrier's pocket that are ours
INVOICE     what an organisation is to be billed for: negative while it owes (`party_id` says which)
PLATFORM    we

An order ends with HOLD, DUE and ESCROW empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class LedgerAccount(StrEnum):
    """A pot that money is in."""

    CUSTOMER = "CUSTOMER"
    HOLD = "HOLD"
    DUE = "DUE"
    ESCROW = "ESCROW"
    RESTAURANT = "RESTAURANT"
    CARRIER = "CARRIER"
    CASH = "CASH"
    INVOICE = "INVOICE"
    PLATFORM = "PLATFORM"


class LedgerReason(StrEnum):
    """Why money moves."""

    ORDERED = "ORDERED"
    AUTHORIZED = "AUTHORIZED"
    LINE_ADDED = "LINE_ADDED"
    LINE_REMOVED = "LINE_REMOVED"
    LINE_SWAPPED = "LINE_SWAPPED"
    CAPTURED = "CAPTURED"
    VOIDED = "VOIDED"
    COLLECTED = "COLLECTED"
    INVOICED = "INVOICED"
    CALLED_OFF = "CALLED_OFF"
    CANCELLATION_FEE = "CANCELLATION_FEE"
    COMPENSATED = "COMPENSATED"
    REFUND_GRANTED = "REFUND_GRANTED"
    REFUNDED = "REFUNDED"
    CREDITED = "CREDITED"
    EARNED = "EARNED"
    COURIER_COST = "COURIER_COST"
    WRITTEN_OFF = "WRITTEN_OFF"


class Bearer(StrEnum):
    """Who bears what a posting costs."""

    CUSTOMER = "CUSTOMER"
    RESTAURANT = "RESTAURANT"
    PLATFORM = "PLATFORM"
    CARRIER = "CARRIER"


@dataclass(frozen=True, slots=True)
class Posting:
    """What one pot gets; negative is what it gives."""

    account: LedgerAccount
    amount: int
    bearer: Bearer | None = None
    party_id: UUID | None = None
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One happening. Its postings sum to zero. Raises `ValueError` when they do not."""

    reason: LedgerReason
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if sum(posting.amount for posting in self.postings) != 0:
            raise ValueError(f"{self.reason} does not sum to zero: {self.postings}")


@dataclass(frozen=True, slots=True)
class Change:
    """A line, or the journey (None), that costs something else than the ledger says."""

    line_id: UUID | None
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a restaurant, or we (None), get out of a sum."""

    restaurant_id: UUID | None
    amount: int


_A, _R = LedgerAccount, LedgerReason
MUST_END_EMPTY: Final = frozenset({_A.HOLD, _A.DUE, _A.ESCROW})
CUSTOMERS: Final = frozenset({_A.CUSTOMER, _A.HOLD, _A.DUE, _A.INVOICE})
"""His side of the books, and that of the organisation that he orders for."""
POTS: Final = {
    Bearer.RESTAURANT: _A.RESTAURANT,
    Bearer.CARRIER: _A.CARRIER,
    Bearer.PLATFORM: _A.PLATFORM,
}
"""Out of whose pot a refund comes."""
CARRIERS: Final = frozenset({_A.CARRIER, _A.CASH})
"""The side of whoever carried it."""


def ordered(changes: Iterable[Change]) -> Entry:
    """He has agreed to a basket and its journey."""
    return Entry(_R.ORDERED, _lines(changes))


def changed(changes: tuple[Change, ...]) -> Entry:
    """Lines came, went, or were swapped for others: he will pay for what comes.

    What is dropped was not cooked, so its restaurant bears it by not earning it; a shorter journey
    is ours to bear.
    """
    come = any(change.after > change.before for change in changes)
    gone = any(change.after < change.before for change in changes)
    reason = _R.LINE_REMOVED if not come else _R.LINE_SWAPPED if gone else _R.LINE_ADDED
    return Entry(reason, _lines(changes))


def authorised(amount: int) -> Entry:
    """His bank has set an amount aside."""
    return Entry(_R.AUTHORIZED, _moved(_A.CUSTOMER, _A.HOLD, amount))


def captured(held: int, amount: int) -> Entry:
    """An amount of what was set aside was taken; the bank lets the rest go."""
    return Entry(
        _R.CAPTURED,
        (*_moved(_A.HOLD, _A.DUE, amount), *_moved(_A.HOLD, _A.CUSTOMER, held - amount)),
    )


def voided(held: int) -> Entry:
    """The bank lets all of it go."""
    return Entry(_R.VOIDED, _moved(_A.HOLD, _A.CUSTOMER, held))


def collected(amount: int, carrier: UUID | None) -> Entry:
    """He paid at the door. The notes are ours, in the pocket of whoever carried the food."""
    notes = _moved(_A.PLATFORM, _A.CASH, amount, party_id=carrier)
    return Entry(_R.COLLECTED, (*_moved(_A.CUSTOMER, _A.DUE, amount), *notes))


def invoiced(amount: int, organisation: UUID) -> Entry:
    """It goes on the bill of the organisation, which owes it from now on."""
    return Entry(_R.INVOICED, _moved(_A.INVOICE, _A.DUE, amount, party_id=organisation))


def refunded(amount: int) -> Entry:
    """He got back what he had paid and did not owe."""
    return Entry(_R.REFUNDED, _moved(_A.DUE, _A.CUSTOMER, amount))


def credited(amount: int, organisation: UUID) -> Entry:
    """It is taken off the bill of the organisation, which owes so much less."""
    return Entry(_R.CREDITED, _moved(_A.DUE, _A.INVOICE, amount, party_id=organisation))


def granted(amount: int, bearer: Bearer, party_id: UUID | None, line_id: UUID | None) -> Entry:
    """The office gives back what was paid: we owe it to him, and the bearer has less."""
    given = _moved(POTS[bearer], _A.DUE, amount, bearer, party_id, line_id)
    return Entry(_R.REFUND_GRANTED, given)


def cancellation_fee(shares: Iterable[Share]) -> Entry:
    """He called off what was in the making: those who had begun get their part."""
    owed = [_moved(_A.DUE, *_earner(s), s.amount, Bearer.CUSTOMER, s.restaurant_id) for s in shares]
    return Entry(_R.CANCELLATION_FEE, tuple(posting for pair in owed for posting in pair))


def compensated(shares: Iterable[Share]) -> Entry:
    """It was called off and is not his fault: we pay those who had begun."""
    paid = [
        _moved(_A.PLATFORM, _A.RESTAURANT, share.amount, Bearer.PLATFORM, share.restaurant_id)
        for share in shares
    ]
    return Entry(_R.COMPENSATED, tuple(posting for pair in paid for posting in pair))


def called_off(rest: int) -> Entry:
    """What he had agreed to will not come: he does not owe it any more."""
    return Entry(_R.CALLED_OFF, _moved(_A.ESCROW, _A.DUE, rest))


def earned(shares: Iterable[Share]) -> Entry:
    """It is at the door: restaurants have earned their food, and we the journey."""
    paid = [_moved(_A.ESCROW, *_earner(s), s.amount, party_id=s.restaurant_id) for s in shares]
    return Entry(_R.EARNED, tuple(posting for pair in paid for posting in pair))


def courier_cost(amount: int, carrier: UUID) -> Entry:
    """Whoever carried it is paid by us, whatever the customer pays for the journey."""
    paid = _moved(_A.PLATFORM, _A.CARRIER, amount, Bearer.PLATFORM, carrier)
    return Entry(_R.COURIER_COST, paid)


def written_off(due: int) -> Entry:
    """What nobody can get any more is ours to bear; `due` is negative when he owed it."""
    return Entry(_R.WRITTEN_OFF, _moved(_A.DUE, _A.PLATFORM, due, Bearer.PLATFORM))


def _lines(changes: Iterable[Change]) -> tuple[Posting, ...]:
    moved = (
        _moved(
            _A.DUE, _A.ESCROW, change.after - change.before, _bearer(change),
            line_id=change.line_id,
        )
        for change in changes
    )  # fmt: skip
    return tuple(posting for pair in moved for posting in pair)


def _bearer(change: Change) -> Bearer | None:
    """Whoever would have earned what is not charged any more."""
    if change.after >= change.before:
        return None
    return Bearer.PLATFORM if change.line_id is None else Bearer.RESTAURANT


def _earner(share: Share) -> tuple[LedgerAccount]:
    return (_A.PLATFORM if share.restaurant_id is None else _A.RESTAURANT,)


def _moved(
    giver: LedgerAccount,
    getter: LedgerAccount,
    amount: int,
    bearer: Bearer | None = None,
    party_id: UUID | None = None,
    line_id: UUID | None = None,
) -> tuple[Posting, ...]:
    """From one pot into another. Nothing is not worth two postings."""
    if amount == 0:
        return ()
    return (
        Posting(giver, -amount, bearer, party_id, line_id),
        Posting(getter, amount, bearer, party_id, line_id),
    )
