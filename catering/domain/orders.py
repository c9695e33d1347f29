"""What an order is as a whole. Its status is computed from its parts and never steps back."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from .deliveries import DeliveryStatus
from .people import ITSELF, STAFF, Role
from .refusals import ForbiddenStep, Refused
from .tickets import COMMITTED, LOST, TicketStatus


class OrderType(StrEnum):
    """For whom an order is."""

    FOR_CUSTOMER = "FOR_CUSTOMER"
    FOR_FACILITY = "FOR_FACILITY"


class OrderStatus(StrEnum):
    """Where an order is."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    SCHEDULED = "SCHEDULED"
    PLACED = "PLACED"
    PREPARING = "PREPARING"
    READY = "READY"
    IN_DELIVERY = "IN_DELIVERY"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


class CancellationReason(StrEnum):
    """Why an order was called off."""

    CHANGED_MIND = "CHANGED_MIND"
    TOO_LATE = "TOO_LATE"
    KITCHEN_REJECTED = "KITCHEN_REJECTED"
    PRODUCT_UNAVAILABLE = "PRODUCT_UNAVAILABLE"
    NO_CARRIER = "NO_CARRIER"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    PROVIDER_FAILED = "PROVIDER_FAILED"
    NOT_APPROVED = "NOT_APPROVED"
    OTHER = "OTHER"


class PaymentMethod(StrEnum):
    """How an order is paid."""

    CARD = "CARD"
    CASH = "CASH"
    INVOICE = "INVOICE"


class PaymentStatus(StrEnum):
    """Where the money is."""

    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    FAILED = "FAILED"


_S, _D, _T = OrderStatus, DeliveryStatus, TicketStatus

ENDS: Final = frozenset({_S.DELIVERED, _S.CANCELLED, _S.FAILED})
LIVE: Final = frozenset(_S) - ENDS
NOT_BEGUN: Final = frozenset({_S.AWAITING_APPROVAL, _S.SCHEDULED})

_RANK: Final = {status: rank for rank, status in enumerate(OrderStatus)}
_ON_THE_WAY: Final = frozenset({_D.TO_DROPOFF, _D.AT_DROPOFF})
_MISCARRIED: Final = frozenset({_D.UNDELIVERABLE, _D.RETURNING, _D.RETURNED, _D.DISCARDED})


def status_of(
    now: OrderStatus, tickets: Iterable[TicketStatus], delivery: DeliveryStatus | None
) -> OrderStatus:
    """The status that the parts add up to, or `now` where that would be a step back."""
    if now in ENDS:
        return now
    computed = _added_up(now, [t for t in tickets if t not in LOST], delivery)
    return max(now, computed, key=_RANK.__getitem__)


def _added_up(
    now: OrderStatus, tickets: list[TicketStatus], delivery: DeliveryStatus | None
) -> OrderStatus:
    if delivery is _D.DELIVERED:
        return _S.DELIVERED
    if delivery in _MISCARRIED:
        return _S.FAILED
    if delivery in _ON_THE_WAY:
        return _S.IN_DELIVERY
    if tickets and all(t in {_T.READY, _T.PICKED_UP} for t in tickets):
        return _S.READY
    if any(t in COMMITTED for t in tickets):
        return _S.PREPARING
    return now


def to_pay(status: OrderStatus, subtotal: int, delivery_fee: int, cancellation_fee: int) -> int:
    """What the customer pays as things are: for what comes, or for having called it off."""
    called_off = status in {_S.CANCELLED, _S.FAILED}
    return cancellation_fee if called_off else subtotal + delivery_fee


def may_cancel(status: OrderStatus, role: Role | None) -> None:
    """Customers cancel until it is on its way to them; the office any time before the end.

    What it costs is said by `domain/cancellation.py`. Raises `Refused(ForbiddenStep)`.
    """
    if status in ENDS:
        raise Refused(ForbiddenStep(f"The order is {status} already.", current=status))
    if role in STAFF or role is ITSELF:
        return
    if role is not Role.CUSTOMER:
        raise Refused(
            ForbiddenStep("Only its customer or the office cancels an order.", current=status)
        )
    if status is _S.IN_DELIVERY:
        raise Refused(
            ForbiddenStep(
                "It is on its way to you already. Ask the support to cancel it.", current=status
            )
        )
