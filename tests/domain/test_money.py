"""The ledger of an order, through any life: each entry sums to zero, and nothing hangs at the end.

The orders here are the real ones, in memory: what an order does with money needs no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from catering.domain import cancellation, ids, ledger
from catering.domain.cancellation import Begun
from catering.domain.events import EventKind
from catering.domain.ledger import (
    MUST_END_EMPTY,
    Bearer,
    Entry,
    LedgerAccount,
    LedgerReason,
    Posting,
    Share,
)
from catering.domain.lines import LineStatus
from catering.domain.orders import (
    ENDS,
    LIVE,
    CancellationReason,
    OrderStatus,
    OrderType,
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.payments import (
    ChargeKind,
    ChargeStatus,
    Errand,
    Hold,
    Standing,
    next_charge,
)
from catering.domain.people import SYSTEM
from catering.domain.tickets import COMMITTED, LOST, TicketStatus
from catering.models import LedgerLine, Line, Order, Ticket
from catering.services import fees

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
COMPANY = ids.new()
KITCHENS = (ids.new(), ids.new())
DRIVER = ids.new()
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
            lines=[_line(price) for price in basket],
        )
        for kitchen, basket in zip(KITCHENS, prices, strict=False)
    ]  # fmt: skip
    order.deliveries, order.resolutions, order.open_tasks, order.charges = [], [], [], []
    order.book.open()
    if method is PaymentMethod.CARD:
        order.payment.ask(ChargeKind.AUTHORIZE, order.total, COMPANY)
    return order


def _line(price: int) -> Line:
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


def ask_about_part(order: Order, _: bool = True) -> None:
    """A kitchen gives up its ticket while another one cooks: its lines are still agreed to."""
    coming = [t for t in order.tickets if t.status not in LOST]
    if len(coming) > 1 and all(t.status is not TicketStatus.PICKED_UP for t in coming):
        coming[0].status = TicketStatus.REJECTED


def answer_about_part(order: Order, wait: bool) -> None:
    """The customer waits for it (a ticket of its own gets the lines), or goes without it."""
    for lost in [t for t in order.tickets if t.status in LOST and any(li.total for li in t.lines)]:
        if not wait:
            go_without(order)
            return
        again = Ticket(
            id=ids.new(), restaurant_id=lost.restaurant_id, rank=len(order.tickets),
            status=TicketStatus.QUEUED, escalated=False, ready_at=lost.ready_at,
        )  # fmt: skip
        again.lines, lost.lines = lost.lines, []
        order.tickets.append(again)
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
        line.ticket.lines.append(_line(price))
        order.reprice()
        return


def ask_for_more(order: Order, _: bool = True) -> None:
    """A swap is dearer than the card goes: its bank is asked, whatever becomes of the swap."""
    if order.payment.covers and order.payment.asked is None:
        order.payment.ask(ChargeKind.AUTHORIZE, 2_000, COMPANY, resolution=ids.new())


def move_door(order: Order, farther: bool) -> None:
    """The journey costs something else; more only as far as the card goes."""
    fee = order.delivery_fee + (700 if farther else -700)
    within = order.subtotal + fee <= order.payment.held
    if fee > 0 and (within or order.payment_method is not PaymentMethod.CARD):
        order.delivery_fee = fee
        order.reprice()


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


def give_back(order: Order, claim: int) -> None:
    """As `refunding.refund` does it: of what was paid, and while the bank gives anything back."""
    amount = min(claim, order.payment.paid, order.payment.owed)
    if amount > 0 and not order.payment.is_stuck:
        order.payment.give_back(amount, Bearer.PLATFORM, None, None)


STEPS: list[Callable[[Order, bool], None]] = [
    answer, answer, move_on, move_on, lose_part, ask_about_part, answer_about_part, swap, swap,
    ask_for_more, move_door,
    call_off, arrive, arrive,
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(PaymentMethod),
    prices=st.lists(
        st.lists(st.integers(0, 30_000), min_size=1, max_size=3), min_size=1, max_size=2
    ),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=30),
    obliging=st.booleans(),
    claims=st.lists(st.integers(1, 40_000), max_size=3),
)
def test_whatever_happens_nothing_hangs_when_an_order_has_ended(
    method: PaymentMethod, prices: Prices, steps: list[Any], obliging: bool, claims: list[int]
) -> None:
    order = placed(method, prices)
    for take, how in steps:
        if order.status in LIVE or take is answer:
            take(order, how)
        _must_balance(order)
        assert balances(order)[LedgerAccount.HOLD] == order.payment.held
    if order.status in LIVE:
        call_off(order)
    while order.payment.asked is not None:
        answer(order, obliging)
    for claim in claims:
        give_back(order, claim)
        answer(order, obliging)

    sums = balances(order)
    assert {account: sums[account] for account in MUST_END_EMPTY if sums[account]} == {}
    given = sums[LedgerAccount.CUSTOMER] + sums[LedgerAccount.INVOICE]
    assert given == order.refunded - order.captured
    assert method is PaymentMethod.INVOICE or not sums[LedgerAccount.INVOICE]
    assert order.payment.paid == order.payment.owed or LedgerReason.WRITTEN_OFF in _reasons(order)
    assert order.status in ENDS
    assert order.payment_status not in {PaymentStatus.PENDING, PaymentStatus.AUTHORIZED}


def _must_balance(order: Order) -> None:
    each = Counter[int]()
    for posting in entries(order):
        each[posting.entry] += posting.amount
    assert set(each.values()) <= {0}
    assert sorted(each) == list(range(1, order.entries + 1))


def _reasons(order: Order) -> list[LedgerReason]:
    return list(dict.fromkeys(posting.reason for posting in entries(order)))


def brought(method: PaymentMethod, prices: Prices) -> Order:
    """An order that came as it was ordered."""
    order = placed(method, prices)
    answer(order, yes=True)
    for _ in range(3 * len(prices)):
        move_on(order)
    answer(order, yes=True)
    arrive(order, somebody_opens=True)
    return order


def test_a_card_is_charged_once_and_everybody_has_earned_his_part() -> None:
    order = brought(PaymentMethod.CARD, [[12_000], [6_000, 3_000]])

    sums = balances(order)
    assert sums[LedgerAccount.CUSTOMER] == -26_900
    assert sums[LedgerAccount.RESTAURANT] == 21_000
    assert sums[LedgerAccount.PLATFORM] == 5_900
    assert (order.authorized, order.captured, order.refunded) == (26_900, 26_900, 0)
    assert [c.kind for c in order.charges] == [ChargeKind.AUTHORIZE, ChargeKind.CAPTURE]
    assert _reasons(order) == ["ORDERED", "AUTHORIZED", "CAPTURED", "EARNED"]


def test_cash_is_ours_in_the_carriers_pocket() -> None:
    order = brought(PaymentMethod.CASH, [[12_000]])

    sums = balances(order)
    assert order.payment_status is PaymentStatus.CAPTURED
    assert sums[LedgerAccount.CASH] == 17_900
    assert sums[LedgerAccount.PLATFORM] == 5_900 - 17_900
    assert order.charges == []


def test_what_an_organisation_has_ordered_goes_on_its_bill() -> None:
    order = brought(PaymentMethod.INVOICE, [[12_000], [6_000]])

    sums = balances(order)
    assert (order.payment_status, order.captured) == (PaymentStatus.CAPTURED, 23_900)
    assert sums[LedgerAccount.INVOICE] == -order.total
    assert {p.party_id for p in entries(order) if p.account is LedgerAccount.INVOICE} == {FIRM}
    assert _reasons(order) == ["ORDERED", "EARNED", "INVOICED"]
    assert order.charges == []


@pytest.mark.parametrize(("accepted", "bill"), [(False, 0), (True, 6_000)])
def test_what_it_calls_off_is_billed_only_for_what_was_begun(accepted: bool, bill: int) -> None:
    order = placed(PaymentMethod.INVOICE, [[12_000]])
    if accepted:
        move_on(order)
    call_off(order, by_customer=True)

    assert balances(order)[LedgerAccount.INVOICE] == -bill
    assert order.payment_status is (PaymentStatus.CAPTURED if bill else PaymentStatus.VOIDED)


@pytest.mark.parametrize("method", PaymentMethod)
def test_what_the_office_gives_back_goes_the_way_that_it_came(method: PaymentMethod) -> None:
    order = brought(method, [[12_000]])
    kitchen = order.tickets[0].restaurant_id

    order.payment.give_back(2_000, Bearer.RESTAURANT, kitchen, order.tickets[0].lines[0].id)
    order.payment.give_back(500, Bearer.PLATFORM, None, None)
    while order.payment.asked:
        answer(order, yes=True)

    sums, way = balances(order), LedgerAccount.CUSTOMER
    if method is PaymentMethod.INVOICE:
        way = LedgerAccount.INVOICE
    assert (sums[way], sums[LedgerAccount.RESTAURANT]) == (2_500 - 17_900, 10_000)
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (order.captured, order.refunded) == (17_900, 2_500)
    assert {a for a in MUST_END_EMPTY if sums[a]} == set()


@pytest.mark.parametrize("method", PaymentMethod)
def test_all_of_it_can_be_given_back(method: PaymentMethod) -> None:
    order = brought(method, [[12_000]])
    order.payment.give_back(order.total, Bearer.PLATFORM, None, None)
    answer(order, yes=True)
    assert (order.payment_status, order.payment.owed) == (PaymentStatus.REFUNDED, 0)


def test_a_bank_that_gives_nothing_back_is_told_and_our_books_are_closed() -> None:
    order = brought(PaymentMethod.CARD, [[12_000]])
    order.payment.give_back(2_000, Bearer.PLATFORM, None, None)
    answer(order, yes=False)

    assert order.payment.is_stuck
    assert balances(order)[LedgerAccount.DUE] == 0
    order.payment.settle_up()
    assert _reasons(order)[-1] == LedgerReason.WRITTEN_OFF
    assert balances(order)[LedgerAccount.PLATFORM] == 5_900


def test_a_swap_before_the_pickup_changes_what_is_taken_and_nothing_is_given_back() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    answer(order, yes=True)
    swap(order, False)
    for _ in range(3):
        move_on(order)
    answer(order, yes=True)

    assert (order.authorized, order.captured, order.refunded) == (17_900, 17_400, 0)
    assert balances(order)[LedgerAccount.HOLD] == 0


def test_what_is_lost_after_the_card_was_charged_is_given_back_at_the_end() -> None:
    order = placed(PaymentMethod.CARD, [[12_000], [6_000]])
    answer(order, yes=True)
    for _ in range(3):
        move_on(order)
    answer(order, yes=True)
    lose_part(order, True)
    assert order.payment.asked is None

    arrive(order, somebody_opens=True)
    answer(order, yes=True)

    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (order.captured, order.refunded) == (23_900, 6_000)


def test_a_hold_that_turns_up_after_the_order_was_called_off_is_let_go() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    call_off(order)
    assert order.payment_status is PaymentStatus.VOIDED

    answer(order, yes=True)

    assert [c.kind for c in order.charges] == [ChargeKind.AUTHORIZE, ChargeKind.VOID]
    answer(order, yes=True)
    assert order.payment.held == 0


def test_a_bank_that_breaks_its_word_costs_us_and_not_the_restaurant() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    answer(order, yes=True)
    for _ in range(3):
        move_on(order)
    answer(order, yes=False)
    arrive(order, somebody_opens=True)

    sums = balances(order)
    assert order.payment_status is PaymentStatus.FAILED
    assert sums[LedgerAccount.RESTAURANT] == 12_000
    assert sums[LedgerAccount.PLATFORM] == -12_000


def test_a_dropped_line_is_borne_by_its_restaurant_and_a_cheaper_journey_by_us() -> None:
    order = placed(PaymentMethod.CASH, [[12_000, 6_000]])
    order.tickets[0].lines[1].status = LineStatus.REPLACED
    order.delivery_fee -= 1_500

    order.reprice()

    told = {p.line_id: (p.bearer, p.amount) for p in entries(order) if p.bearer and p.amount > 0}
    assert told == {
        order.tickets[0].lines[1].id: (Bearer.RESTAURANT, 6_000), None: (Bearer.PLATFORM, 1_500),
    }  # fmt: skip


def test_an_order_from_before_the_ledger_gets_none() -> None:
    order = placed(PaymentMethod.CASH, [[12_000]])
    order.entries, before = 0, len(entries(order))
    call_off(order)
    assert len(entries(order)) == before


def test_an_entry_that_does_not_sum_to_zero_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="does not sum to zero"):
        Entry(LedgerReason.EARNED, (Posting(LedgerAccount.ESCROW, -1),))


LATE = cancellation.FREE_AFTER
FEES = [
    # status, minutes late, what a customer pays for 100.00 of food and 59.00 of journey
    (TicketStatus.QUEUED, 0, 0),
    (TicketStatus.SUBMITTED, 0, 0),
    (TicketStatus.NEEDS_CHANGE, 0, 0),
    (TicketStatus.REJECTED, 0, 0),
    (TicketStatus.ACCEPTED, 0, 5_000),
    (TicketStatus.PREPARING, 14, 10_000),
    (TicketStatus.READY, 0, 10_000),
    (TicketStatus.PICKED_UP, 0, 15_900),
    (TicketStatus.ACCEPTED, 15, 0),
    (TicketStatus.PICKED_UP, 15, 0),
]


@pytest.mark.parametrize(("status", "minutes", "pays"), FEES)
def test_calling_off_costs_what_was_begun_unless_it_is_late(
    status: TicketStatus, minutes: int, pays: int
) -> None:
    shares = cancellation.fee(
        [Begun(KITCHENS[0], status, 10_000)], delivery_fee=5_900, promised=NOON,
        expected=NOON + timedelta(minutes=minutes),
    )  # fmt: skip
    assert sum(share.amount for share in shares) == pays


def test_half_a_coin_is_rounded_up_once() -> None:
    assert cancellation.work_done([Begun(KITCHENS[0], TicketStatus.ACCEPTED, 9_999)]) == (
        Share(KITCHENS[0], 5_000),
    )


def test_every_status_in_which_a_kitchen_is_bound_has_its_price() -> None:
    assert set(cancellation.PERCENT_OF_FOOD) == COMMITTED


def test_the_customer_bears_his_fee_and_the_restaurant_gets_it() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    answer(order, yes=True)
    move_on(order)

    call_off(order, by_customer=True)
    assert order.total == order.cancellation_fee == 6_000
    answer(order, yes=True)

    assert (order.captured, order.payment_status) == (6_000, PaymentStatus.CAPTURED)
    fee = [p for p in entries(order) if p.reason is LedgerReason.CANCELLATION_FEE]
    assert {p.bearer for p in fee} == {ledger.Bearer.CUSTOMER}
    assert balances(order)[LedgerAccount.RESTAURANT] == 6_000


def test_what_is_not_his_fault_never_costs_the_customer() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    answer(order, yes=True)
    move_on(order)

    call_off(order)
    answer(order, yes=True)

    sums = balances(order)
    assert (sums[LedgerAccount.CUSTOMER], order.payment_status) == (0, PaymentStatus.VOIDED)
    assert (sums[LedgerAccount.RESTAURANT], sums[LedgerAccount.PLATFORM]) == (6_000, -6_000)


FIRST, SECOND = ids.new(), ids.new()


def standing(holds: list[tuple[int, int]], **facts: Any) -> Standing:
    """`holds`: what is still set aside of each, and what was taken and kept."""
    there = tuple(Hold(id, *each) for id, each in zip((FIRST, SECOND), holds, strict=False))
    usual = {"owed": 100, "collected": False, "ended": False}
    return Standing(**{"method": PaymentMethod.CARD, "holds": there, **usual, **facts})


CAPTURE, VOID, REFUND = ChargeKind.CAPTURE, ChargeKind.VOID, ChargeKind.REFUND
NEXT = [
    ([(100, 0)], {}, None),
    ([(100, 0)], {"collected": True}, (CAPTURE, 100, FIRST)),
    ([(120, 0)], {"collected": True}, (CAPTURE, 100, FIRST)),
    ([(80, 0)], {"collected": True}, (CAPTURE, 80, FIRST)),
    ([(100, 0)], {"owed": 0, "ended": True}, (VOID, 100, FIRST)),
    ([(100, 0)], {"owed": 40, "ended": True}, (CAPTURE, 40, FIRST)),
    ([(0, 100)], {"owed": 60}, None),
    ([(0, 100)], {"owed": 60, "ended": True}, (REFUND, 40, FIRST)),
    ([(0, 100)], {"ended": True}, None),
    ([], {"method": PaymentMethod.CASH, "ended": True}, None),
    # a dearer swap had the card asked twice
    ([(80, 0), (20, 0)], {"collected": True}, (CAPTURE, 80, FIRST)),
    ([(0, 80), (20, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
    ([(0, 80), (50, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
    ([(0, 100), (20, 0)], {"collected": True}, None),
    ([(0, 100), (20, 0)], {"ended": True}, (VOID, 20, SECOND)),
    ([(0, 80), (0, 20)], {"owed": 10, "ended": True}, (REFUND, 80, FIRST)),
    ([(0, 0), (0, 20)], {"owed": 10, "ended": True}, (REFUND, 10, SECOND)),
    ([(0, 0), (20, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
]


@pytest.mark.parametrize(("holds", "facts", "wanted"), NEXT)
def test_a_payment_company_is_asked_for_the_next_thing_only(
    holds: list[tuple[int, int]],
    facts: dict[str, Any],
    wanted: tuple[ChargeKind, int, UUID] | None,
) -> None:
    assert next_charge(standing(holds, **facts)) == (wanted and Errand(*wanted))


def test_only_one_thing_is_asked_at_a_time() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    call_off(order)
    assert [charge.status for charge in order.charges] == [ChargeStatus.REQUESTED]
