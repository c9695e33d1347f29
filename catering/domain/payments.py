"""The life of a payment, and of what a payment company is asked for on its way: charges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from .lives import Life
from .orders import PaymentMethod, PaymentStatus
from .people import ITSELF, Role

AHEAD: Final = timedelta(hours=24)
"""A card is asked when the order is placed; for one that is released later than this, at its
release: banks let a reservation go after some days."""


class PaymentAction(StrEnum):
    """What can be done with a payment."""

    AUTHORIZE = "AUTHORIZE"
    DECLINE = "DECLINE"
    COLLECT = "COLLECT"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND_PART = "REFUND_PART"
    REFUND = "REFUND"


class ChargeKind(StrEnum):
    """What a payment company is asked for."""

    AUTHORIZE = "AUTHORIZE"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"


class ChargeStatus(StrEnum):
    """Where a charge is."""

    REQUESTED = "REQUESTED"
    DONE = "DONE"
    REFUSED = "REFUSED"


class ChargeAction(StrEnum):
    """What can become of a charge."""

    FINISH = "FINISH"
    REFUSE = "REFUSE"


_S, _A = PaymentStatus, PaymentAction
_CARRIER: Final = frozenset({Role.DRIVER, Role.MANAGER, Role.ADMIN, ITSELF})
_ITSELF: Final = frozenset({ITSELF})

PAYMENT: Final = Life(
    of="payment",
    first=_S.PENDING,
    steps={
        (_S.PENDING, _A.AUTHORIZE): _S.AUTHORIZED,
        (_S.PENDING, _A.DECLINE): _S.FAILED,
        (_S.PENDING, _A.COLLECT): _S.CAPTURED,
        (_S.PENDING, _A.VOID): _S.VOIDED,
        (_S.AUTHORIZED, _A.CAPTURE): _S.CAPTURED,
        (_S.AUTHORIZED, _A.DECLINE): _S.FAILED,
        (_S.AUTHORIZED, _A.VOID): _S.VOIDED,
        (_S.CAPTURED, _A.REFUND_PART): _S.PARTIALLY_REFUNDED,
        (_S.CAPTURED, _A.REFUND): _S.REFUNDED,
        (_S.PARTIALLY_REFUNDED, _A.REFUND_PART): _S.PARTIALLY_REFUNDED,
        (_S.PARTIALLY_REFUNDED, _A.REFUND): _S.REFUNDED,
    },
    may={
        _A.AUTHORIZE: _ITSELF,
        _A.DECLINE: _ITSELF,
        _A.COLLECT: _CARRIER,
        _A.CAPTURE: _ITSELF,
        _A.VOID: _ITSELF,
        _A.REFUND_PART: _ITSELF,
        _A.REFUND: _ITSELF,
    },
)

CHARGE: Final = Life(
    of="charge",
    first=ChargeStatus.REQUESTED,
    steps={
        (ChargeStatus.REQUESTED, ChargeAction.FINISH): ChargeStatus.DONE,
        (ChargeStatus.REQUESTED, ChargeAction.REFUSE): ChargeStatus.REFUSED,
    },
    may=dict.fromkeys(ChargeAction, _ITSELF),
)

TAKEN: Final = frozenset({_S.CAPTURED, _S.PARTIALLY_REFUNDED})
"""Money of the customer's is with us."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Money that a bank has set aside once. Minor units; `held` is what it still sets aside, `kept`
    what was taken of it and not given back."""

    id: UUID
    held: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money of one order stands. `owed` is what the customer has to pay as things are
    now, in minor units."""

    method: PaymentMethod
    holds: tuple[Hold, ...]
    owed: int
    collected: bool
    ended: bool

    @property
    def paid(self) -> int:
        """What he has paid and not got back."""
        return sum(hold.kept for hold in self.holds)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a payment company is to be asked for, of which hold."""

    kind: ChargeKind
    amount: int
    hold: UUID


def next_charge(now: Standing) -> Errand | None:
    """What the payment company has to be asked for next, if anything.

    A card is charged when the first kitchen's food is collected: until then a swap or a line that
    is dropped changes what will be charged, and nothing has to be given back. What was paid too
    much is given back once, when the order has ended and the sum is known. A dearer swap may have
    set aside more money beside the first; it is only taken as far as it is needed.
    """
    if now.method is not PaymentMethod.CARD:
        return None
    missing = now.owed - now.paid
    for hold in (hold for hold in now.holds if hold.held):
        if missing > 0 and (now.collected or now.ended):
            return Errand(ChargeKind.CAPTURE, min(missing, hold.held), hold.id)
        if now.ended:
            return Errand(ChargeKind.VOID, hold.held, hold.id)
    for hold in (hold for hold in now.holds if hold.kept):
        if missing < 0 and now.ended:
            return Errand(ChargeKind.REFUND, min(-missing, hold.kept), hold.id)
    return None
