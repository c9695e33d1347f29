"""Orders in memory, the real ones, and what can happen to them: money needs no database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import inspect

from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.ledger import (
    LedgerAccount,
    LedgerReason,
)
from catering.domain.lines import LineStatus
from catering.domain.orders import (
    LIVE,
    CancellationReason,
    OrderStatus,
    OrderType,
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.payments import (
    ChargeKind,
)
from catering.domain.people import SYSTEM
from catering.domain.tickets import LOST, TicketStatus
from catering.models import LedgerLine, Line, Order, Ticket
from catering.services import fees

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
COMPANY = ids.new()
KITCHENS = (ids.new(), ids.new())
FIRM = ids.new()

Prices = list[list[int]]


def placed(method: PaymentMethod, prices: Prices, fee: int = 5_900) -> Order:
    """An order of one ticket for each list of prices; a card is being asked."""
    order = Order(
        id=ids.new(), type=OrderType.FOR_CUSTOMER, status=OrderStatus.PLACED, version=0, serial=1,
        currency="UAH", subtotal=sum(map(sum, prices)), delivery_fee=fee, payment_method=method,
        payment_status=PaymentStatus.PENDING, authorized=0, captured=0, refunded=0, entries=0,
        cancellation_fee=0, fee_posted=0, needs_action=False, promised_at=NOON, estimated_at=NOON,
        organisation_id=FIRM if method is PaymentMethod.INVOICE else None,
    )  # fmt: skip
    order.now = NOON - timedelta(hours=1)
    order.tickets = [
        Ticket(
            id=ids.new(), restaurant_id=kitchen, rank=0, status=TicketStatus.QUEUED,
            escalated=False, ready_at=NOON - timedelta(minutes=30),
            lines=[a_line(price) for price in basket],
        )
        for kitchen, basket in zip(KITCHENS, prices, strict=False)
    ]  # fmt: skip
    order.deliveries, order.resolutions, order.open_tasks, order.charges = [], [], [], []
    order.book.open()
    if method is PaymentMethod.CARD:
        order.payment.ask(ChargeKind.AUTHORIZE, order.total, COMPANY)
    return order


def a_line(price: int) -> Line:
    return Line(
        id=ids.new(), status=LineStatus.CONFIRMED, quantity=1, unit_price=price, posted=0, rank=0
    )


def entries(order: Order) -> list[LedgerLine]:
    return list(inspect(order).attrs.ledger.history.added or ())


def balances(order: Order) -> Counter[LedgerAccount]:
    sums = Counter[LedgerAccount]()
    for posting in entries(order):
        sums[posting.account] += posting.amount
    return sums


def answer(order: Order, yes: bool) -> None:
    """The payment company answers what it was asked for, if anything."""
    charge = order.payment.asked
    if charge is None:
        return
    if yes:
        order.payment.charged(charge)
    else:
        order.payment.refused(charge, "No.")
        if (
            charge.kind is ChargeKind.AUTHORIZE
            and order.status in LIVE
            and not charge.resolution_id
        ):
            call_off(order)


def move_on(order: Order, _: bool = True) -> None:
    """A kitchen gets on with its ticket, once the card has said yes."""
    if order.payment_method is PaymentMethod.CARD and not order.authorized:
        return
    road = [TicketStatus.QUEUED, TicketStatus.ACCEPTED, TicketStatus.READY, TicketStatus.PICKED_UP]
    for ticket in order.tickets:
        if ticket.status in road[:-1]:
            ticket.status = road[road.index(ticket.status) + 1]
            if ticket.status is TicketStatus.PICKED_UP:
                go_without(order)
            order.payment.settle_up()
            return


def lose_part(order: Order, yes: bool) -> None:
    """A kitchen gives up its ticket; or a single line is dropped."""
    waiting = [t for t in order.tickets if t.status not in {*LOST, TicketStatus.PICKED_UP}]
    for ticket in waiting[:1]:
        ticket.status = TicketStatus.REJECTED if yes else ticket.status
        for line in ticket.lines if yes else ticket.lines[:1]:
            line.status = LineStatus.REMOVED
        order.reprice()


def go_without(order: Order) -> None:
    """What was still asked about does not come."""
    for line in (line for t in order.tickets if t.status in LOST for line in t.lines):
        line.status = LineStatus.REMOVED
    order.reprice()


def swap(order: Order, dearer: bool) -> None:
    """A line is swapped for another one; dearer only as far as the card goes."""
    coming = (t for t in order.tickets if t.status not in LOST)
    for line in (li for t in coming for li in t.lines if li.status is LineStatus.CONFIRMED):
        price = line.unit_price + (500 if dearer else -min(500, line.unit_price))
        within = order.total - line.unit_price + price <= order.payment.covers
        if order.payment_method is PaymentMethod.CARD and not within:
            return
        line.status = LineStatus.SUBSTITUTED
        line.ticket.lines.append(a_line(price))
        order.reprice()
        return


def call_off(order: Order, by_customer: bool = False) -> None:
    """As `losing.call_off` does it, without shelves and journeys."""
    fees.pay_for_what_was_begun(order, fees.cancellation_fee(order) if by_customer else ())
    for ticket in order.tickets:
        if ticket.status is not TicketStatus.PICKED_UP:
            ticket.status = TicketStatus.CANCELLED  # or lost already, and still asked about
            for line in ticket.lines:
                line.status = LineStatus.REMOVED
    order.reprice()
    order.cancel(CancellationReason.OTHER, None, by=SYSTEM)


def arrive(order: Order, somebody_opens: bool) -> None:
    """What came is at the door."""
    coming = [t.status for t in order.tickets if t.status not in LOST]
    if not coming or set(coming) != {TicketStatus.PICKED_UP}:
        return
    if somebody_opens:
        order.record(EventKind.DELIVERY_DELIVERED, order, by=SYSTEM, becomes=OrderStatus.DELIVERED)
    else:
        fees.pay_for_what_was_begun(order, fees.no_show_fee(order))
        order.record(EventKind.DELIVERY_UNDELIVERABLE, order, by=SYSTEM, becomes=OrderStatus.FAILED)


def reasons(order: Order) -> list[LedgerReason]:
    return list(dict.fromkeys(posting.reason for posting in entries(order)))
