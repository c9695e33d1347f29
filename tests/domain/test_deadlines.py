"""Nobody waits for ever: every status in which something is waited for has its deadline."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from catering.domain.bookings import BOOKING, BookingStatus
from catering.domain.deliveries import DELIVERY, DeliveryStatus
from catering.domain.events import EventKind, became
from catering.domain.lines import RESOLUTION
from catering.domain.lives import Life
from catering.domain.offers import OFFER, OfferStatus
from catering.domain.orders import OrderStatus, PaymentStatus
from catering.domain.payments import CHARGE, PAYMENT
from catering.domain.people import Role
from catering.domain.reactions import REACTIONS, Target, Wait, Work, follows
from catering.domain.tickets import TICKET, TicketStatus
from catering.workers import couriers as couriers  # importing them registers their handlers
from catering.workers import deadlines as deadlines
from catering.workers import kitchens as kitchens
from catering.workers import letters as letters
from catering.workers import payments as payments
from catering.workers import people as people
from catering.workers.handling import HANDLERS

FIRST: dict[StrEnum, EventKind] = {TicketStatus.QUEUED: EventKind.ORDER_PLACED}
"""Statuses that begin with somebody else's event."""

COVERED: dict[StrEnum, str] = {
    TicketStatus.NEEDS_CHANGE: "its open resolutions have the deadline",
    OfferStatus.ACCEPTED: "the delivery that it assigned has the deadline",
    BookingStatus.REQUESTED: "the search of its delivery has the deadline",
    PaymentStatus.AUTHORIZED: "nothing is waited for: tickets and delivery have the deadlines",
    PaymentStatus.CAPTURED: "nothing is waited for",
    PaymentStatus.PARTIALLY_REFUNDED: "nothing is waited for",
}


@pytest.mark.parametrize(
    "life", [TICKET, DELIVERY, OFFER, RESOLUTION, BOOKING, PAYMENT, CHARGE], ids=lambda x: x.of
)
def test_no_reachable_waiting_status_is_without_a_deadline(life: Life[Any, Any]) -> None:
    waiting = {life.first, *life.steps.values()} - life.ends()
    without = {
        status
        for status in waiting - COVERED.keys()
        if not any(isinstance(r, Wait) for r in follows(FIRST.get(status) or became(status)))
    }
    assert without == set()


@pytest.mark.parametrize("start", [EventKind.ORDER_PLACED, EventKind.ORDER_RELEASED])
def test_every_ticket_of_an_order_waits_from_the_start(start: EventKind) -> None:
    waits = [r for r in follows(start) if isinstance(r, Wait)]
    assert [wait.target for wait in waits] == [Target.TICKETS]


def test_a_scheduled_order_waits_for_its_time() -> None:
    (wait,) = follows(EventKind.ORDER_SCHEDULED)
    assert isinstance(wait, Wait)
    assert wait.counted_from == "release_at"


def test_an_order_that_has_to_be_approved_waits_for_its_approver_and_is_told_until_when() -> None:
    waits = [r for r in follows(EventKind.ORDER_AWAITING_APPROVAL) if isinstance(r, Wait)]
    assert [(w.owner, w.counted_from) for w in waits] == [(Role.CUSTOMER, "approve_by")]


def test_an_escalation_to_a_manager_has_a_deadline_too() -> None:
    for kind in (EventKind.TICKET_ESCALATED, EventKind.DELIVERY_ESCALATED):
        assert any(isinstance(reaction, Wait) for reaction in follows(kind))


def test_whatever_the_table_starts_somebody_can_do() -> None:
    started = {reaction.kind for reactions in REACTIONS.values() for reaction in reactions}
    assert started <= HANDLERS.keys()


def test_a_deadline_says_what_happens_then() -> None:
    for reactions in REACTIONS.values():
        for reaction in reactions:
            if isinstance(reaction, Wait):
                assert reaction.then.endswith(".")
            else:
                assert isinstance(reaction, Work)


def test_an_order_moves_only_on() -> None:
    """Computed statuses never step back, whatever the parts do."""
    from catering.domain.orders import ENDS, status_of

    rank = {status: number for number, status in enumerate(OrderStatus)}
    for now in OrderStatus:
        for ticket in TicketStatus:
            for delivery in (None, *DeliveryStatus):
                then = status_of(now, [ticket], delivery)
                assert rank[then] >= rank[now]
                assert now not in ENDS or then is now
