"""Cards: what a payment company is asked for, what it answers, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.baskets import Wish
from catering.domain.events import EventKind
from catering.domain.orders import (
    ENDS,
    CancellationReason,
    OrderStatus,
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.payments import ChargeKind, ChargeStatus, PaymentAction
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import ForbiddenStep, InvalidInput, PaymentDeclined, Refused
from catering.models import Charge, Order
from catering.models.order import NEGLECT
from catering.providers.paying import Charged, Declined, PaymentAnswer, PaymentRequest

from . import accounts
from .losing import call_off
from .orders import lock, with_charge

REMEMBERED = timedelta(hours=1)
"""A card that was declined is not tried again for so long: it would only be declined again."""


async def must_be_payable(session: AsyncSession, wish: Wish, currency: str, *, by: Actor) -> None:
    """Raises `Refused` when this customer cannot pay like that."""
    if wish.payment_method is not PaymentMethod.CARD:
        return
    if await accounts.for_payment(session, currency) is None:
        raise Refused(
            InvalidInput(
                f"No cards are taken for {currency}. Pay CASH.", ("paymentMethod",),
                rule="payment_method",
            )
        )  # fmt: skip
    declined = select(Order.id).where(
        Order.customer_id == by.id,
        Order.payment_token == wish.payment_token,
        Order.payment_status == PaymentStatus.FAILED,
        Order.updated_at > now() - REMEMBERED,
    )
    if await session.scalar(declined.limit(1)) is not None:
        raise Refused(
            PaymentDeclined("This card was declined just now. Use another.", ("paymentToken",))
        )


async def begin(session: AsyncSession, order: Order, *, by: Actor) -> None:
    """Have the customer's card asked; the order waits for the answer, and not for long."""
    account_id = await accounts.for_payment(session, order.currency)
    if account_id is None:
        note = "Nobody takes cards for it any more."
        order.payment.perform(PaymentAction.DECLINE, by=SYSTEM, note=note)
        await call_off(session, order, CancellationReason.PAYMENT_FAILED, note, by=SYSTEM)
        return
    order.say(EventKind.PAYMENT_PENDING, by=by)
    order.payment.ask(ChargeKind.AUTHORIZE, order.total, account_id)


def must_cover(order: Order, total: int, *path: str) -> None:
    """Raises `Refused` where a card does not cover that much, or is being asked just now."""
    if lacking(order, total, *path):
        raise Refused(
            PaymentDeclined(
                "The card was authorised for less than that. Choose something cheaper.", path
            )
        )


def lacking(order: Order, total: int, *path: str) -> int:
    """What a card would have to be asked for beside what it covers, in minor units.

    Raises `Refused` while the bank is being asked, and where an organisation would have to approve
    it anew.
    """
    if order.payment_method is PaymentMethod.INVOICE:
        _must_be_approved(order, total, path)
    if order.payment_method is not PaymentMethod.CARD:
        return 0
    if order.payment.asked is not None:
        raise Refused(
            ForbiddenStep(
                "The bank is being asked just now. Try again in a moment.", path,
                current=order.payment_status,
            )
        )  # fmt: skip
    asked_later = order.payment_status is PaymentStatus.PENDING
    return 0 if asked_later else max(0, total - order.payment.covers)


def top_up(order: Order, lack: int, resolution_id: UUID) -> None:
    """Have the bank asked for more, for a dearer swap; it comes once the bank has said yes."""
    account_id = order.payment.account_id
    assert account_id is not None, "a card that covers something was asked"
    order.payment.ask(ChargeKind.AUTHORIZE, lack, account_id, resolution=resolution_id)


def _must_be_approved(order: Order, total: int, path: tuple[str, ...]) -> None:
    asked = order.status is OrderStatus.AWAITING_APPROVAL
    if not asked and order.may_cost is not None and total > order.may_cost:
        raise Refused(
            PaymentDeclined(
                "That is more than was approved. Choose something cheaper, or order it by itself.",
                path,
            )
        )


@dataclass(frozen=True)
class Charging:
    """A charge on its way to a payment company. `again`: an earlier try may have arrived."""

    account_id: UUID
    kind: ChargeKind
    request: PaymentRequest
    again: bool


async def begin_charge(session: AsyncSession, charge_id: UUID, *, again: bool) -> Charging | None:
    """What a payment company is to be asked for; None when it has answered already."""
    charge = await with_charge(session, charge_id)
    if charge.status is not ChargeStatus.REQUESTED:
        return None
    order = charge.order
    hold = next((c for c in order.charges if c.id == charge.hold_id), None)
    # What is not fresh may have been asked by a task that is dead; to look it up harms nobody.
    again = again or charge.created_at < order.now - NEGLECT
    request = PaymentRequest(
        reference=charge.reference,
        number=order.number,
        amount=charge.amount,
        currency=order.currency,
        token=order.payment_token,
        hold=hold.external_id if hold else None,
    )
    return Charging(charge.account_id, charge.kind, request, again)


async def answered(session: AsyncSession, charge_id: UUID, answer: PaymentAnswer) -> bool:
    """What the payment company said to a charge. False when it has to be asked again."""
    charge = await with_charge(session, charge_id)
    if charge.status is not ChargeStatus.REQUESTED:
        return True
    match answer:
        case Charged(report):
            charge.external_id, charge.provider_word = report.external_id, report.word
            _charged(charge)
            return True
        case Declined(code, message):
            charge.provider_word = code
            await _refused(session, charge, message)
            return True
        case _:
            return False


async def payment_unanswered(
    session: AsyncSession, order_id: UUID, due: datetime | None = None
) -> None:
    """The payment company is silent: the order ends, and a hold that turns up late is let go."""
    order = await lock(session, order_id)
    if order.payment_status is not PaymentStatus.PENDING or order.status in ENDS:
        return
    if order.is_neglected(None, ("make_charge",), due):
        order.say(EventKind.PAYMENT_PENDING, by=SYSTEM)  # which gives it its five minutes again
    else:
        note = "The payment company did not answer in time. Nothing was charged."
        await call_off(session, order, CancellationReason.PAYMENT_FAILED, note, by=SYSTEM)


async def charge_unanswered(session: AsyncSession, charge_id: UUID) -> None:
    """A payment company that does not answer keeps money hanging: a person should know."""
    charge = await with_charge(session, charge_id)
    if charge.status is ChargeStatus.REQUESTED:
        charge.escalate(by=SYSTEM)


async def _refused(session: AsyncSession, charge: Charge, why: str) -> None:
    order = charge.order
    awaited = order.payment_status is PaymentStatus.PENDING
    order.payment.refused(charge, why)
    if charge.kind is ChargeKind.AUTHORIZE and awaited and order.status not in ENDS:
        await call_off(session, order, CancellationReason.PAYMENT_FAILED, why, by=SYSTEM)


def _charged(charge: Charge) -> None:
    order = charge.order
    awaited = order.payment.status is PaymentStatus.PENDING
    order.payment.charged(charge)
    if awaited and order.payment.status is PaymentStatus.AUTHORIZED:
        _go_on(order)


def _go_on(order: Order) -> None:
    """It is paid for: now it is an order like any other."""
    if order.status is OrderStatus.PLACED:
        order.say(EventKind.ORDER_PLACED, by=SYSTEM)
    elif order.release_at is not None and order.release_at > order.now:
        order.schedule(order.release_at, by=SYSTEM)
    else:
        order.release(by=SYSTEM)
