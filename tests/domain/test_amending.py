"""What can still be changed, row by row of an order's way."""

from __future__ import annotations

import pytest

from catering.domain.amending import Change, Progress, must_be_open, open_changes
from catering.domain.deliveries import DeliveryStatus as D
from catering.domain.orders import OrderStatus as O
from catering.domain.people import Role
from catering.domain.refusals import ForbiddenStep, Refused
from catering.domain.tickets import TicketStatus as T

BASKET = {Change.LINES, Change.NOTES}
DOOR = {Change.DOOR_DETAILS, Change.CONTACT_PHONE}
WAY = {Change.ADDRESS, *DOOR}

CASES = {
    "scheduled": (Progress(O.SCHEDULED, (T.QUEUED, T.QUEUED)), {*BASKET, Change.WINDOW, *WAY}),
    "awaiting approval": (Progress(O.AWAITING_APPROVAL, (T.QUEUED,)), {*BASKET, *WAY}),
    "placed, no kitchen has it": (Progress(O.PLACED, (T.QUEUED, T.QUEUED)), {*BASKET, *WAY}),
    "a lost part does not count": (Progress(O.PLACED, (T.QUEUED, T.CANCELLED)), {*BASKET, *WAY}),
    "one kitchen is being told": (Progress(O.PLACED, (T.QUEUED, T.SUBMITTING)), WAY),
    "one kitchen has it": (Progress(O.PLACED, (T.QUEUED, T.SUBMITTED)), WAY),
    "cooking": (Progress(O.PREPARING, (T.ACCEPTED,)), WAY),
    "journey planned": (Progress(O.PREPARING, (T.ACCEPTED,), D.PLANNED), WAY),
    "carriers are asked": (Progress(O.PREPARING, (T.ACCEPTED,), D.SEARCHING), DOOR),
    "nobody carries it": (Progress(O.READY, (T.READY,), D.NO_CARRIER), DOOR),
    "our driver has said yes": (Progress(O.READY, (T.READY,), D.TO_PICKUP), WAY),
    "something is on board": (Progress(O.READY, (T.PICKED_UP, T.READY), D.TO_PICKUP, True), DOOR),
    "on the way": (Progress(O.IN_DELIVERY, (T.PICKED_UP,), D.TO_DROPOFF, True), DOOR),
    "a company was told": (Progress(O.READY, (T.READY,), D.ASSIGNED, False, True), set()),
    "delivered": (Progress(O.DELIVERED, (T.PICKED_UP,), None), set()),
    "cancelled": (Progress(O.CANCELLED, (T.CANCELLED,), None), set()),
    "failed": (Progress(O.FAILED, (T.PICKED_UP,), D.RETURNING, True), set()),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_told_to_others_can_be_changed_no_more(name: str) -> None:
    so_far, changes = CASES[name]
    assert set(open_changes(so_far, Role.CUSTOMER)) == changes


def test_the_office_can_call_the_company() -> None:
    so_far = Progress(O.READY, (T.READY,), D.ASSIGNED, booked=True)
    assert set(open_changes(so_far, Role.MANAGER)) == DOOR


def test_a_no_says_what_is_still_possible() -> None:
    so_far = Progress(O.IN_DELIVERY, (T.PICKED_UP,), D.TO_DROPOFF, collected=True)
    with pytest.raises(Refused) as no:
        must_be_open(so_far, (Change.ADDRESS, Change.CONTACT_PHONE, Change.LINES), Role.CUSTOMER)
    first, second = no.value.refusals
    assert isinstance(first, ForbiddenStep)
    assert (first.path, second.path) == (("destination",), ("lines",))
    assert first.current == "IN_DELIVERY"
    assert set(first.allowed) == DOOR
