"""Ids, distances, prices, and what a kitchen's report may move."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.domain import ids, pricing
from catering.domain.geography import Point, distance, travel_time
from catering.domain.ids import NotAnId, Prefix
from catering.domain.orders import OrderStatus, may_cancel
from catering.domain.people import SYSTEM, Role
from catering.domain.refusals import Refused
from catering.domain.reports import KitchenStatus
from catering.domain.tickets import TICKET, TicketAction, TicketStatus, catching_up


@given(st.uuids(), st.sampled_from(Prefix))
def test_an_id_comes_back_as_it_went_out(id: UUID, prefix: Prefix) -> None:
    text = ids.encode(prefix, id)
    assert text.startswith(f"{prefix}_")
    assert ids.decode(text) == (prefix, id)


@given(st.text())
def test_what_is_no_id_is_told_so(text: str) -> None:
    try:
        prefix, id = ids.decode(text)
    except NotAnId:
        return
    assert ids.encode(prefix, id) == text


@pytest.mark.parametrize("text", ["", "ord", "ord_", "ord_l", "xyz_" + "0" * 26, "ord_" + "z" * 26])
def test_an_altered_id_is_refused(text: str) -> None:
    with pytest.raises(NotAnId):
        ids.decode(text)


def test_ids_are_version_7_and_sort_by_time() -> None:
    made = [ids.new() for _ in range(50)]
    assert {id.version for id in made} == {7}
    assert [id.int >> 80 for id in made] == sorted(id.int >> 80 for id in made)
    assert len(set(made)) == 50


def test_names_can_be_drawn_from_elsewhere_for_a_while() -> None:
    noise = iter(range(7, 20))
    with ids.drawn(lambda: (1_000, next(noise))):
        first, second = ids.new(), ids.new()
    assert (first.int & 0xFF, second.int & 0xFF, first.int >> 80) == (7, 8, 1_000)
    assert first.version == second.version == 7
    assert ids.new().int >> 80 > 1_000


def test_a_kilometre_in_kyiv_is_a_kilometre() -> None:
    khreshchatyk, north = Point(50.4500, 30.5230), Point(50.4590, 30.5230)
    assert distance(khreshchatyk, north) == pytest.approx(1001, abs=2)
    assert distance(khreshchatyk, khreshchatyk) == 0
    assert travel_time(1000) == timedelta(seconds=260)


def test_the_price_of_a_journey_grows_with_kitchens_and_way() -> None:
    assert pricing.delivery_fee(1, 1_999) == 5_900
    assert pricing.delivery_fee(2, 1_999) == 8_400
    assert pricing.delivery_fee(1, 4_001) == 5_900 + 3 * 1_000


@given(st.integers(0, 10**12), st.sampled_from(sorted(pricing.EXPONENT)))
def test_money_survives_the_way_out_and_back(minor: int, currency: str) -> None:
    assert pricing.to_minor(pricing.to_amount(minor, currency), currency) == minor


def test_there_is_no_half_kopeck() -> None:
    with pytest.raises(ValueError, match="smallest coin"):
        pricing.to_minor(Decimal("1.005"), "UAH")


@given(st.sampled_from(TicketStatus), st.sampled_from(KitchenStatus))
def test_a_report_of_a_kitchen_never_moves_a_ticket_backwards(
    status: TicketStatus, reported: KitchenStatus
) -> None:
    rank = [TicketStatus.QUEUED, TicketStatus.SUBMITTING, TicketStatus.SUBMITTED,
            TicketStatus.ACCEPTED, TicketStatus.PREPARING, TicketStatus.READY]  # fmt: skip
    for action in catching_up(status, reported):
        then = TICKET.advance(status, action, SYSTEM.role)
        assert then is TicketStatus.REJECTED or rank.index(then) > rank.index(status)
        status = then


def test_a_kitchen_ahead_of_us_takes_every_step_in_between() -> None:
    assert catching_up(TicketStatus.SUBMITTING, KitchenStatus.READY) == (
        TicketAction.HAND_OVER,
        TicketAction.ACCEPT,
        TicketAction.START,
        TicketAction.FINISH,
    )


def test_a_foreign_word_moves_nothing() -> None:
    for status in TicketStatus:
        assert catching_up(status, KitchenStatus.UNKNOWN) == ()


def test_a_late_no_does_not_end_what_is_ready() -> None:
    assert catching_up(TicketStatus.READY, KitchenStatus.REJECTED) == ()
    assert catching_up(TicketStatus.PICKED_UP, KitchenStatus.CANCELLED) == ()


@pytest.mark.parametrize("role", [Role.DRIVER, Role.RESTAURANT])
def test_a_driver_or_a_kitchen_never_cancels_an_order(role: Role) -> None:
    with pytest.raises(Refused):
        may_cancel(OrderStatus.PLACED, role)


def test_a_customer_cancels_until_it_is_on_its_way_to_him() -> None:
    for status in (OrderStatus.SCHEDULED, OrderStatus.PLACED, OrderStatus.READY):
        may_cancel(status, Role.CUSTOMER)
    with pytest.raises(Refused, match="on its way"):
        may_cancel(OrderStatus.IN_DELIVERY, Role.CUSTOMER)
    may_cancel(OrderStatus.IN_DELIVERY, Role.MANAGER)


@pytest.mark.parametrize("end", [OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.FAILED])
def test_what_has_ended_cannot_be_cancelled(end: OrderStatus) -> None:
    for role in (*Role, None):
        with pytest.raises(Refused):
            may_cancel(end, role)
