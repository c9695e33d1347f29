"""What follows what: the one table from events to the work and the waits that they start.

Recording an event adds its tasks in the same transaction; nobody else adds any. A wait belongs to
the status of its subject: when the status changes, the waits of the old one are over, and the
event of the new one starts its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from .events import EventKind
from .people import Role


class Target(StrEnum):
    """Whom a reaction concerns: what the event is about, or something near it."""

    SUBJECT = "SUBJECT"
    ORDER = "ORDER"
    TICKETS = "TICKETS"
    DELIVERY = "DELIVERY"


@dataclass(frozen=True)
class Work:
    """A task to do, now or `after` a while; `only` where what it is about has such a value."""

    kind: str
    target: Target = Target.SUBJECT
    after: timedelta = timedelta(0)
    only: str | None = None


REMINDERS: Final = frozenset(
    {"remind_kitchen", "remind_customer", "remind_approvers", "watch_promise"}
)
"""Work that ends with the waits of its subject, of which it reminds."""


@dataclass(frozen=True)
class Wait:
    """A deadline: whom we wait for, how long, and what happens then.

    Counted from the moment that the event names, or from the event itself.
    """

    kind: str
    owner: Role | None
    then: str
    after: timedelta
    target: Target = Target.SUBJECT
    counted_from: str | None = None


Reaction = Work | Wait

WAIT_AT_DOOR: Final = timedelta(minutes=7)
OFFER_LIFE: Final = timedelta(seconds=40)
ANSWER_WITHIN: Final = timedelta(minutes=5)
TRY_AGAIN_AFTER: Final = timedelta(minutes=10)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _until(kind: str, then: str) -> Wait:
    """What ends by itself, at the moment that was named when it began."""
    return Wait(kind, None, then, timedelta(0), counted_from="until")


_UNSUBMITTED = Wait(
    "ticket_unsubmitted", None, "A manager is asked to call the restaurant.", _minutes(10),
    Target.TICKETS,
)  # fmt: skip
_STILL_UNSUBMITTED = Wait(
    "ticket_unsubmitted", None, "A manager is asked to call the restaurant.", _minutes(10)
)
_LATE = Wait(
    "ticket_late", Role.RESTAURANT, "The restaurant is asked again.", _minutes(5),
    counted_from="ready_at",
)  # fmt: skip
_STAND_BY = Wait(
    "resolution_unanswered",
    None,
    "The stand-by choice that was made at checkout is carried out.",
    timedelta(0),
    counted_from="deadline",
)
_ASKED = (
    Work("remind_customer", after=_minutes(2)),
    Wait(
        "resolution_unanswered",
        Role.CUSTOMER,
        "The stand-by choice that was made at checkout is carried out.",
        timedelta(0),
        counted_from="deadline",
    ),
)
_KEEP_PROMISE = Work("watch_promise", after=_minutes(5))
_ARCHIVE = Work("archive_order", Target.ORDER)
_COURIER_SILENT = Wait(
    "courier_silent", Role.DRIVER, "The delivery is taken back and searched for again.", _minutes(5)
)
_CHARGE_UNANSWERED = Wait(
    "charge_unanswered", None, "The office is told, and the payment company is asked again.",
    _minutes(30),
)  # fmt: skip

REACTIONS: Final[Mapping[EventKind, tuple[Reaction, ...]]] = {
    EventKind.ORDER_PLACED: (Work("submit_ticket", Target.TICKETS), _UNSUBMITTED, _KEEP_PROMISE),
    EventKind.ORDER_AWAITING_APPROVAL: (
        Work("remind_approvers", after=_minutes(15)),
        Wait(
            "approval_unanswered",
            Role.CUSTOMER,
            "The order is called off, and nothing is charged.",
            timedelta(0),
            counted_from="approve_by",
        ),
    ),
    EventKind.ORDER_SCHEDULED: (
        Wait(
            "release_due",
            None,
            "The kitchens get their tickets.",
            timedelta(0),
            counted_from="release_at",
        ),
    ),
    EventKind.ORDER_CANCELLED: (_ARCHIVE,),
    EventKind.ORDER_RESTORED: (_ARCHIVE,),
    EventKind.ORDER_RELEASED: (Work("submit_ticket", Target.TICKETS), _UNSUBMITTED, _KEEP_PROMISE),
    EventKind.PAYMENT_PENDING: (
        Wait(
            "payment_unanswered",
            None,
            "The order is called off, and nothing is charged.",
            _minutes(5),
        ),
    ),
    EventKind.CHARGE_REQUESTED: (Work("make_charge"), _CHARGE_UNANSWERED),
    EventKind.CHARGE_ESCALATED: (Work("make_charge"), _CHARGE_UNANSWERED),
    # A restaurant that comes into an order later; those that were there have got theirs.
    EventKind.TICKET_QUEUED: (Work("submit_ticket"), _STILL_UNSUBMITTED),
    EventKind.TICKET_CHANGED: (Work("change_ticket"),),
    EventKind.TICKET_REPEATED: (
        Wait("ticket_repeat_due", None, "The restaurant is asked once more.", TRY_AGAIN_AFTER),
    ),
    EventKind.TICKET_HELD: (
        Wait(
            "submission_due",
            None,
            "The restaurant gets its ticket, so that all is ready together.",
            timedelta(0),
            counted_from="submit_at",
        ),
    ),
    EventKind.TICKET_SUBMITTING: (_STILL_UNSUBMITTED,),
    EventKind.TICKET_SUBMITTED: (
        Work("poll_ticket", after=timedelta(seconds=1), only="external_id"),
        Work("remind_kitchen", after=_minutes(2)),
        Wait(
            "ticket_unanswered",
            Role.RESTAURANT,
            "This part of the order is called off and not charged.",
            ANSWER_WITHIN,
        ),
    ),
    EventKind.TICKET_ACCEPTED: (Work("plan_delivery", Target.ORDER), _LATE),
    EventKind.TICKET_PREPARING: (_LATE,),
    EventKind.TICKET_PROMISED: (_LATE,),
    EventKind.TICKET_LATE: (
        Wait("ticket_overdue", Role.RESTAURANT, "A manager is asked to call.", _minutes(5)),
    ),
    EventKind.TICKET_READY: (
        Wait("ticket_uncollected", Role.DRIVER, "A manager looks for the courier.", _minutes(30)),
    ),
    EventKind.TICKET_ESCALATED: (
        Wait(
            "ticket_unhandled",
            Role.MANAGER,
            "This part of the order is called off and not charged.",
            _minutes(30),
        ),
    ),
    EventKind.TICKET_REJECTED: (Work("plan_delivery", Target.ORDER), Work("withdraw_ticket")),
    EventKind.TICKET_CANCELLED: (Work("plan_delivery", Target.ORDER), Work("withdraw_ticket")),
    EventKind.TICKET_SUBMIT_FAILED: (
        Work("plan_delivery", Target.ORDER),
        Work("withdraw_ticket"),
    ),
    EventKind.RESOLUTION_OPEN: _ASKED,
    EventKind.RESOLUTION_PROPOSED: _ASKED,
    EventKind.RESOLUTION_UNPAID: _ASKED,
    EventKind.RESOLUTION_AUTHORIZING: (_STAND_BY,),
    # The journey was not planned while a part of the order hung in the air.
    EventKind.RESOLUTION_ACCEPTED: (Work("plan_delivery", Target.ORDER),),
    EventKind.RESOLUTION_REJECTED: (Work("plan_delivery", Target.ORDER),),
    EventKind.RESOLUTION_EXPIRED: (Work("plan_delivery", Target.ORDER),),
    EventKind.DELIVERY_PLANNED: (
        Wait("search_due", None, "We look for a courier.", timedelta(0), counted_from="search_at"),
    ),
    EventKind.DELIVERY_SEARCHING: (
        Work("find_carrier"),
        Wait("carrier_search", None, "A manager is asked to find a carrier.", _minutes(15)),
    ),
    EventKind.DELIVERY_NO_CARRIER: (
        Wait("no_carrier_unhandled", Role.MANAGER, "The order is cancelled.", _minutes(30)),
    ),
    EventKind.DELIVERY_ASSIGNED: (_COURIER_SILENT,),
    EventKind.DELIVERY_TO_PICKUP: (_COURIER_SILENT,),
    EventKind.DELIVERY_EXTENDED: (_COURIER_SILENT,),
    EventKind.DELIVERY_AT_PICKUP: (
        Wait("pickup_stuck", Role.RESTAURANT, "A manager is asked to call.", _minutes(20)),
    ),
    EventKind.DELIVERY_TO_DROPOFF: (
        Wait("dropoff_overdue", Role.DRIVER, "A manager is asked to call.", _minutes(60)),
    ),
    EventKind.DELIVERY_AT_DROPOFF: (
        Wait("door_unanswered", Role.CUSTOMER, "The order goes back.", WAIT_AT_DOOR),
    ),
    EventKind.DELIVERY_ESCALATED: (
        Wait("delivery_unhandled", Role.MANAGER, "The delivery ends as failed.", _minutes(60)),
    ),
    EventKind.DELIVERY_UNDELIVERABLE: (
        Wait(
            "turn_back_due",
            None,
            "The courier takes the order back, or nobody wants it back.",
            timedelta(0),
        ),
        _ARCHIVE,
    ),
    EventKind.DELIVERY_RETURNING: (
        Wait("return_overdue", Role.DRIVER, "The order counts as returned.", _minutes(60)),
    ),
    EventKind.DELIVERY_DELIVERED: (Work("offer_waiting_deliveries"), _ARCHIVE),
    EventKind.DELIVERY_DISCARDED: (Work("offer_waiting_deliveries"),),
    EventKind.DELIVERY_CANCELLED: (Work("withdraw_bookings", Target.ORDER),),
    EventKind.STOP_SKIPPED: (Work("withdraw_bookings", Target.ORDER),),
    EventKind.OFFER_SENT: (
        Wait("offer_unanswered", Role.DRIVER, "The next carrier is asked.", OFFER_LIFE),
    ),
    EventKind.OFFER_DECLINED: (Work("find_carrier", Target.DELIVERY),),
    EventKind.OFFER_EXPIRED: (Work("find_carrier", Target.DELIVERY),),
    EventKind.BOOKING_REQUESTED: (Work("book_courier"),),
    EventKind.BOOKING_CONFIRMED: (
        Work("poll_courier", after=timedelta(seconds=2)),
        Wait(
            "booking_unassigned",
            None,
            "The trip is taken to another courier company.",
            _minutes(5),
            counted_from="ready_at",
        ),
    ),
    EventKind.BOOKING_LOST: (Work("find_carrier", Target.DELIVERY),),
    EventKind.BOOKING_REFUSED: (Work("find_carrier", Target.DELIVERY),),
    EventKind.DRIVER_ONLINE: (Work("offer_waiting_deliveries"),),
    EventKind.DRIVER_BACK: (Work("offer_waiting_deliveries"),),
    EventKind.DRIVER_ON_BREAK: (_until("break_over", "He is asked again."),),
    EventKind.DRIVER_SHIFT: (_until("shift_over", "He is set offline."),),
    EventKind.PRODUCT_SNOOZED: (_until("snooze_over", "It can be had again."),),
    EventKind.PRODUCT_SOLD_OUT: (_until("day_over", "Its portions are there again."),),
    EventKind.RESTAURANT_PAUSED: (_until("pause_over", "It takes orders again."),),
    EventKind.RESTAURANT_BUSY: (_until("rush_over", "It needs its usual time again."),),
    EventKind.USER_SUSPENDED: (Work("relieve_driver"),),
    EventKind.USER_ERASED: (Work("relieve_driver"),),
    EventKind.LETTER_WRITTEN: (Work("send_mail"),),
}
"""Waiting states are proved to have their deadline by `tests/domain/test_deadlines.py`."""


ORDERS_FIRST: Final = 0
OTHERS_WAIT: Final = 1
_CAN_WAIT: Final = frozenset({"archive_order", "send_mail", "tidy_up"})


def priority(kind: str) -> int:
    """What comes first where not all can be done at once: orders, and then what can wait."""
    return OTHERS_WAIT if kind in _CAN_WAIT else ORDERS_FIRST


def follows(kind: EventKind) -> tuple[Reaction, ...]:
    """The work and the waits that an event of this kind starts."""
    return REACTIONS.get(kind, ())
