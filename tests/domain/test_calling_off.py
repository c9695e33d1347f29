"""What calling off costs, and who bears it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catering.domain import cancellation, ledger
from catering.domain.cancellation import Begun
from catering.domain.ledger import (
    LedgerAccount,
    LedgerReason,
    Share,
)
from catering.domain.orders import (
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.tickets import COMMITTED, TicketStatus
from tests.domain.living import KITCHENS, NOON, answer, balances, call_off, entries, move_on, placed

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
