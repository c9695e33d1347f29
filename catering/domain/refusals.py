"""Every expected "no", declared once. The schema shows them as they stand here.

Refusal
├── InvalidInput, NotFound, ForbiddenStep, IdempotencyConflict
├── InvalidCredentials, AccountSuspended, TooManyAttempts, StaleSession, StaleToken
├── OrderUnderWay
├── EmptyOrder, ProductUnavailable, PriceChanged, RestaurantClosed,
│   WindowNotAvailable, KitchenFull, OutOfZone, PaymentDeclined
└── OfferExpired, OfferTaken, DriverBusy, DriverOffline, DriverNotApproved, DriverOutOfZone,
    WrongProof
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID


class ErrorCode(StrEnum):
    """The refusals as words a program can switch on."""

    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    DRIVER_BUSY = "DRIVER_BUSY"
    DRIVER_NOT_APPROVED = "DRIVER_NOT_APPROVED"
    DRIVER_OFFLINE = "DRIVER_OFFLINE"
    DRIVER_OUT_OF_ZONE = "DRIVER_OUT_OF_ZONE"
    EMPTY_ORDER = "EMPTY_ORDER"
    FORBIDDEN_STEP = "FORBIDDEN_STEP"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    INVALID_INPUT = "INVALID_INPUT"
    KITCHEN_FULL = "KITCHEN_FULL"
    NOT_FOUND = "NOT_FOUND"
    OFFER_EXPIRED = "OFFER_EXPIRED"
    ORDER_UNDER_WAY = "ORDER_UNDER_WAY"
    OFFER_TAKEN = "OFFER_TAKEN"
    OUT_OF_ZONE = "OUT_OF_ZONE"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PRICE_CHANGED = "PRICE_CHANGED"
    PRODUCT_UNAVAILABLE = "PRODUCT_UNAVAILABLE"
    RESTAURANT_CLOSED = "RESTAURANT_CLOSED"
    STALE_SESSION = "STALE_SESSION"
    STALE_TOKEN = "STALE_TOKEN"  # noqa: S105 - a word
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    WINDOW_NOT_AVAILABLE = "WINDOW_NOT_AVAILABLE"
    WRONG_PROOF = "WRONG_PROOF"


@dataclass(frozen=True)
class Refusal:
    """Why not, and what to do about it. `path` leads to the input that caused it."""

    code: ClassVar[ErrorCode]
    message: str
    path: tuple[str, ...] | None = None

    def at(self, *path: str) -> Self:
        """The same refusal, pointing at a place in the input."""
        return replace(self, path=path)


class Refused(Exception):
    """A use case said no. Nothing has happened."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


@dataclass(frozen=True)
class InvalidInput(Refusal):
    """A value that cannot be right. `rule` names what it breaks."""

    code = ErrorCode.INVALID_INPUT
    rule: str = "invalid"


@dataclass(frozen=True)
class NotFound(Refusal):
    """There is no such thing, or it is not yours to know of."""

    code = ErrorCode.NOT_FOUND


@dataclass(frozen=True)
class ForbiddenStep(Refusal):
    """This step cannot be taken from here, or not by you."""

    code = ErrorCode.FORBIDDEN_STEP
    current: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdempotencyConflict(Refusal):
    """The key was used before for something else."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT
    retry_after: datetime | None = None


@dataclass(frozen=True)
class InvalidCredentials(Refusal):
    """The e-mail or the password is wrong; which of them is not told."""

    code = ErrorCode.INVALID_CREDENTIALS


@dataclass(frozen=True)
class AccountSuspended(Refusal):
    """The account is closed. Told only to whoever has shown that it is his."""

    code = ErrorCode.ACCOUNT_SUSPENDED


@dataclass(frozen=True)
class OrderUnderWay(Refusal):
    """This cannot be done while an order is on its way."""

    code = ErrorCode.ORDER_UNDER_WAY
    order_id: UUID | None = None


@dataclass(frozen=True)
class StaleSession(Refusal):
    """There is no such session: the token is unknown or spent, or the session was ended."""

    code = ErrorCode.STALE_SESSION


@dataclass(frozen=True)
class StaleToken(Refusal):
    """The token of a letter is unknown, used or too old. A new letter can be asked for."""

    code = ErrorCode.STALE_TOKEN


@dataclass(frozen=True)
class TooManyAttempts(Refusal):
    """Too many wrong passwords for this account came from where you are; not even the right one
    is looked at before `retryAfter`. From elsewhere the account can be entered."""

    code = ErrorCode.TOO_MANY_ATTEMPTS
    retry_after: datetime | None = None


@dataclass(frozen=True)
class EmptyOrder(Refusal):
    """An order needs at least one line."""

    code = ErrorCode.EMPTY_ORDER


@dataclass(frozen=True)
class ProductUnavailable(Refusal):
    """The product cannot be had in this quantity now."""

    code = ErrorCode.PRODUCT_UNAVAILABLE
    product_id: UUID | None = None
    available_quantity: int | None = None
    alternative_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class PriceChanged(Refusal):
    """The total is no longer the one that the customer was shown. Minor units."""

    code = ErrorCode.PRICE_CHANGED
    expected: int = 0
    actual: int = 0
    currency: str = ""


@dataclass(frozen=True)
class RestaurantClosed(Refusal):
    """The restaurant takes no orders at that time."""

    code = ErrorCode.RESTAURANT_CLOSED
    restaurant_id: UUID | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class WindowNotAvailable(Refusal):
    """Nobody can deliver in that window."""

    code = ErrorCode.WINDOW_NOT_AVAILABLE
    next_window: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class KitchenFull(Refusal):
    """The kitchen has as many tickets as it takes on at that time."""

    code = ErrorCode.KITCHEN_FULL
    restaurant_id: UUID | None = None
    next_slots: tuple[tuple[datetime, datetime], ...] = ()
    next_window: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class OutOfZone(Refusal):
    """The door is too far from a restaurant."""

    code = ErrorCode.OUT_OF_ZONE
    distance_meters: int | None = None


@dataclass(frozen=True)
class PaymentDeclined(Refusal):
    """The card does not cover it, or was declined. Pay in another way."""

    code = ErrorCode.PAYMENT_DECLINED


@dataclass(frozen=True)
class OfferExpired(Refusal):
    """The answer came after the offer ended."""

    code = ErrorCode.OFFER_EXPIRED
    expired_at: datetime | None = None


@dataclass(frozen=True)
class OfferTaken(Refusal):
    """The delivery went to somebody else, or is no longer searched for."""

    code = ErrorCode.OFFER_TAKEN


@dataclass(frozen=True)
class DriverBusy(Refusal):
    """A driver carries one delivery at a time."""

    code = ErrorCode.DRIVER_BUSY
    delivery_id: UUID | None = None


@dataclass(frozen=True)
class DriverOffline(Refusal):
    """Only a driver who is online can do this."""

    code = ErrorCode.DRIVER_OFFLINE


@dataclass(frozen=True)
class DriverNotApproved(Refusal):
    """A driver works only after a manager approved him."""

    code = ErrorCode.DRIVER_NOT_APPROVED


@dataclass(frozen=True)
class DriverOutOfZone(Refusal):
    """A kitchen or the door lies outside the zone that the driver works in."""

    code = ErrorCode.DRIVER_OUT_OF_ZONE


@dataclass(frozen=True)
class WrongProof(Refusal):
    """The PIN is not the customer's, or nobody of the facility has signed."""

    code = ErrorCode.WRONG_PROOF
    attempts_left: int | None = None
