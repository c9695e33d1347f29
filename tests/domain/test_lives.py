"""Each life, step by step, as people would tell it; the tables in the code say the same."""

from __future__ import annotations

from typing import Any

import pytest

from catering.domain.bookings import BOOKING
from catering.domain.deliveries import DELIVERY, STOP
from catering.domain.lines import LINE, RESOLUTION
from catering.domain.lives import Life
from catering.domain.offers import OFFER
from catering.domain.payments import CHARGE, PAYMENT
from catering.domain.people import ITSELF, Role
from catering.domain.refusals import ForbiddenStep, Refused
from catering.domain.tickets import TICKET

TICKET_LIFE = """
QUEUED        SUBMIT     SUBMITTING     system
SUBMITTING    HAND_OVER  SUBMITTED      system
SUBMITTED     ACCEPT     ACCEPTED       restaurant, manager, admin, system
ACCEPTED      START      PREPARING      restaurant, manager, admin, system
ACCEPTED      FINISH     READY          driver, restaurant, manager, admin, system
PREPARING     FINISH     READY          driver, restaurant, manager, admin, system
READY         PICK_UP    PICKED_UP      driver, manager, admin, system
QUEUED        QUESTION   NEEDS_CHANGE   restaurant, manager, admin, system
SUBMITTING    RETURN     NEEDS_CHANGE   system
SUBMITTED     QUESTION   NEEDS_CHANGE   restaurant, manager, admin, system
ACCEPTED      QUESTION   NEEDS_CHANGE   restaurant, manager, admin, system
PREPARING     QUESTION   NEEDS_CHANGE   restaurant, manager, admin, system
NEEDS_CHANGE  SETTLE     ACCEPTED       customer, manager, admin, system
NEEDS_CHANGE  REQUEUE    QUEUED         customer, manager, admin, system
SUBMITTING    REJECT     REJECTED       restaurant, manager, admin, system
SUBMITTED     REJECT     REJECTED       restaurant, manager, admin, system
ACCEPTED      REJECT     REJECTED       restaurant, manager, admin, system
PREPARING     REJECT     REJECTED       restaurant, manager, admin, system
NEEDS_CHANGE  REJECT     REJECTED       restaurant, manager, admin, system
QUEUED        GIVE_UP    SUBMIT_FAILED  system
SUBMITTING    GIVE_UP    SUBMIT_FAILED  system
QUEUED        CANCEL     CANCELLED      customer, manager, admin, system
SUBMITTING    CANCEL     CANCELLED      customer, manager, admin, system
SUBMITTED     CANCEL     CANCELLED      customer, manager, admin, system
ACCEPTED      CANCEL     CANCELLED      customer, manager, admin, system
PREPARING     CANCEL     CANCELLED      customer, manager, admin, system
NEEDS_CHANGE  CANCEL     CANCELLED      customer, manager, admin, system
READY         CANCEL     CANCELLED      customer, manager, admin, system
"""

LINE_LIFE = """
PENDING      CONFIRM     CONFIRMED    anyone
PENDING      MISS        UNAVAILABLE  anyone
CONFIRMED    MISS        UNAVAILABLE  anyone
UNAVAILABLE  SUBSTITUTE  SUBSTITUTED  anyone
UNAVAILABLE  REMOVE      REMOVED      anyone
PENDING      REMOVE      REMOVED      anyone
CONFIRMED    REMOVE      REMOVED      anyone
PENDING      REPLACE     REPLACED     customer, manager, admin, system
CONFIRMED    REPLACE     REPLACED     customer, manager, admin, system
UNAVAILABLE  POSTPONE    POSTPONED    customer, manager, admin, system
"""

RESOLUTION_LIFE = """
OPEN      PROPOSE  PROPOSED  restaurant, manager, admin, system
OPEN      ACCEPT   ACCEPTED  customer, manager, admin, system
OPEN      REJECT   REJECTED  customer, manager, admin, system
OPEN      EXPIRE   EXPIRED   anyone
PROPOSED  ACCEPT   ACCEPTED  customer, manager, admin, system
PROPOSED  REJECT   REJECTED  customer, manager, admin, system
PROPOSED  EXPIRE   EXPIRED   anyone
"""

DELIVERY_LIFE = """
PLANNED        SEARCH             SEARCHING      manager, admin, system
NO_CARRIER     SEARCH             SEARCHING      manager, admin, system
SEARCHING      ASSIGN             ASSIGNED       driver, manager, admin, system
SEARCHING      GIVE_UP            NO_CARRIER     system
ASSIGNED       DEPART             TO_PICKUP      driver, manager, admin, system
TO_PICKUP      ARRIVE_AT_PICKUP   AT_PICKUP      driver, manager, admin, system
AT_PICKUP      COLLECT            TO_PICKUP      driver, manager, admin, system
AT_PICKUP      COLLECT_LAST       TO_DROPOFF     driver, manager, admin, system
TO_PICKUP      COLLECT_LAST       TO_DROPOFF     driver, manager, admin, system
TO_DROPOFF     ARRIVE_AT_DROPOFF  AT_DROPOFF     driver, manager, admin, system
AT_DROPOFF     DELIVER            DELIVERED      driver, manager, admin, system
ASSIGNED       RELEASE            SEARCHING      driver, manager, admin, system
TO_PICKUP      RELEASE            SEARCHING      driver, manager, admin, system
AT_PICKUP      RELEASE            SEARCHING      driver, manager, admin, system
ASSIGNED       HAND_OVER          ASSIGNED       manager, admin, system
TO_PICKUP      HAND_OVER          TO_PICKUP      manager, admin, system
AT_PICKUP      HAND_OVER          TO_PICKUP      manager, admin, system
TO_DROPOFF     HAND_OVER          TO_DROPOFF     manager, admin, system
AT_DROPOFF     HAND_OVER          TO_DROPOFF     manager, admin, system
ASSIGNED       FAIL               UNDELIVERABLE  manager, admin, system
TO_PICKUP      FAIL               UNDELIVERABLE  manager, admin, system
AT_PICKUP      FAIL               UNDELIVERABLE  manager, admin, system
TO_DROPOFF     FAIL               UNDELIVERABLE  manager, admin, system
AT_DROPOFF     FAIL               UNDELIVERABLE  manager, admin, system
UNDELIVERABLE  TURN_BACK          RETURNING      manager, admin, system
RETURNING      RETURN             RETURNED       manager, admin, system
UNDELIVERABLE  DISCARD            DISCARDED      manager, admin, system
PLANNED        CANCEL             CANCELLED      manager, admin, system
SEARCHING      CANCEL             CANCELLED      manager, admin, system
NO_CARRIER     CANCEL             CANCELLED      manager, admin, system
ASSIGNED       CANCEL             CANCELLED      manager, admin, system
TO_PICKUP      CANCEL             CANCELLED      manager, admin, system
AT_PICKUP      CANCEL             CANCELLED      manager, admin, system
TO_DROPOFF     CANCEL             CANCELLED      manager, admin, system
AT_DROPOFF     CANCEL             CANCELLED      manager, admin, system
"""

STOP_LIFE = """
PENDING  ARRIVE    ARRIVED  driver, manager, admin, system
ARRIVED  COMPLETE  DONE     driver, manager, admin, system
PENDING  SKIP      SKIPPED  driver, manager, admin, system
ARRIVED  SKIP      SKIPPED  driver, manager, admin, system
ARRIVED  REOPEN    PENDING  driver, manager, admin, system
"""

OFFER_LIFE = """
SENT      ACCEPT    ACCEPTED   driver
SENT      DECLINE   DECLINED   driver
SENT      EXPIRE    EXPIRED    system
SENT      APPOINT   ACCEPTED   manager, admin
SENT      WITHDRAW  WITHDRAWN  manager, admin, system
ACCEPTED  WITHDRAW  WITHDRAWN  manager, admin, system
"""

BOOKING_LIFE = """
REQUESTED  CONFIRM   CONFIRMED  system
REQUESTED  REFUSE    REFUSED    system
CONFIRMED  COMPLETE  COMPLETED  system
CONFIRMED  LOSE      LOST       system
REQUESTED  CANCEL    CANCELLED  manager, admin, system
CONFIRMED  CANCEL    CANCELLED  manager, admin, system
"""

PAYMENT_LIFE = """
PENDING             AUTHORIZE    AUTHORIZED          system
PENDING             DECLINE      FAILED              system
PENDING             COLLECT      CAPTURED            driver, manager, admin, system
PENDING             VOID         VOIDED              system
AUTHORIZED          CAPTURE      CAPTURED            system
AUTHORIZED          DECLINE      FAILED              system
AUTHORIZED          VOID         VOIDED              system
CAPTURED            REFUND_PART  PARTIALLY_REFUNDED  system
CAPTURED            REFUND       REFUNDED            system
PARTIALLY_REFUNDED  REFUND_PART  PARTIALLY_REFUNDED  system
PARTIALLY_REFUNDED  REFUND       REFUNDED            system
"""

CHARGE_LIFE = """
REQUESTED  FINISH  DONE     system
REQUESTED  REFUSE  REFUSED  system
"""


EVERYBODY: tuple[Role | None, ...] = (*Role, ITSELF)
LIVES = [
    pytest.param(TICKET, TICKET_LIFE, id="ticket"),
    pytest.param(LINE, LINE_LIFE, id="line"),
    pytest.param(RESOLUTION, RESOLUTION_LIFE, id="resolution"),
    pytest.param(DELIVERY, DELIVERY_LIFE, id="delivery"),
    pytest.param(STOP, STOP_LIFE, id="stop"),
    pytest.param(OFFER, OFFER_LIFE, id="offer"),
    pytest.param(BOOKING, BOOKING_LIFE, id="booking"),
    pytest.param(PAYMENT, PAYMENT_LIFE, id="payment"),
    pytest.param(CHARGE, CHARGE_LIFE, id="charge"),
]


@pytest.mark.parametrize(("life", "story"), LIVES)
def test_a_life_is_lived_exactly_like_this(life: Life[Any, Any], story: str) -> None:
    assert set(_permitted(life)) == set(_told(story))


@pytest.mark.parametrize(("life", "story"), LIVES)
def test_any_other_step_is_refused_and_says_what_is_possible(
    life: Life[Any, Any], story: str
) -> None:
    told = {(status, action, role) for status, action, role, _ in _told(story)}
    for status in type(life.first):
        for action in life.may:
            for role in EVERYBODY:
                if (str(status), str(action), _name(role)) not in told:
                    with pytest.raises(Refused) as refused:
                        life.advance(status, action, role)
                    (why,) = refused.value.refusals
                    assert isinstance(why, ForbiddenStep)
                    assert why.current == status
                    assert set(why.allowed) == {
                        a for s, a, r in told if (s, r) == (str(status), _name(role))
                    }


@pytest.mark.parametrize(
    "life",
    [TICKET, LINE, RESOLUTION, DELIVERY, STOP, OFFER, BOOKING, PAYMENT, CHARGE],
    ids=lambda life: life.of,
)
def test_every_status_is_reached_and_every_life_ends(life: Life[Any, Any]) -> None:
    reached: set[Any] = {life.first}
    ahead: list[Any] = [life.first]
    while ahead:
        here = ahead.pop()
        onward = {to for (status, _), to in life.steps.items() if status == here} - reached
        reached |= onward
        ahead += onward
    assert [status for status in type(life.first) if status not in reached] == []
    assert life.ends()


def _permitted(life: Life[Any, Any]) -> list[tuple[str, str, str, str]]:
    return [
        (str(status), str(action), _name(role), str(life.advance(status, action, role)))
        for status, action in life.steps
        for role in EVERYBODY
        if role in life.may[action]
    ]


def _told(story: str) -> list[tuple[str, str, str, str]]:
    told = []
    for line in story.strip().splitlines():
        status, action, becomes, roles = line.split(maxsplit=3)
        names = [_name(r) for r in EVERYBODY] if roles == "anyone" else roles.split(", ")
        told += [(status, action, name, becomes) for name in names]
    return told


def _name(role: Role | None) -> str:
    return "system" if role is ITSELF else role.lower()
