"""In any life of an order each entry of its ledger sums to zero, and nothing hangs in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catering.domain import ids
from catering.domain.ledger import (
    MUST_END_EMPTY,
    Bearer,
    LedgerAccount,
    LedgerReason,
)
from catering.domain.orders import (
    ENDS,
    LIVE,
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.payments import (
    ChargeKind,
)
from catering.domain.tickets import LOST, TicketStatus
from catering.models import Order, Ticket
from tests.domain.living import (
    COMPANY,
    Prices,
    answer,
    arrive,
    balances,
    call_off,
    entries,
    go_without,
    lose_part,
    move_on,
    placed,
    reasons,
    swap,
)


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
    assert order.payment.paid == order.payment.owed or LedgerReason.WRITTEN_OFF in reasons(order)
    assert order.status in ENDS
    assert order.payment_status not in {PaymentStatus.PENDING, PaymentStatus.AUTHORIZED}


def _must_balance(order: Order) -> None:
    each = Counter[int]()
    for posting in entries(order):
        each[posting.entry] += posting.amount
    assert set(each.values()) <= {0}
    assert sorted(each) == list(range(1, order.entries + 1))
