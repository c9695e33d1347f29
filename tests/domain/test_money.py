"""What stands in the ledger of an order, by how it was paid and how it ended."""

from __future__ import annotations

import pytest

from catering.domain.ledger import (
    MUST_END_EMPTY,
    Bearer,
    Entry,
    LedgerAccount,
    LedgerReason,
    Posting,
)
from catering.domain.lines import LineStatus
from catering.domain.orders import (
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.payments import (
    ChargeKind,
)
from catering.models import Order
from tests.domain.living import (
    FIRM,
    Prices,
    answer,
    arrive,
    balances,
    call_off,
    entries,
    lose_part,
    move_on,
    placed,
    reasons,
    swap,
)


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
    assert reasons(order) == ["ORDERED", "AUTHORIZED", "CAPTURED", "EARNED"]


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
    assert reasons(order) == ["ORDERED", "EARNED", "INVOICED"]
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
    assert reasons(order)[-1] == LedgerReason.WRITTEN_OFF
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
