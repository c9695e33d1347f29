"""The life of a kitchen ticket: the part of an order that one restaurant prepares."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .lives import Life
from .people import ITSELF, Role
from .reports import KitchenStatus


class TicketStatus(StrEnum):
    """Where a ticket is."""

    QUEUED = "QUEUED"
    SUBMITTING = "SUBMITTING"
    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    PREPARING = "PREPARING"
    READY = "READY"
    PICKED_UP = "PICKED_UP"
    NEEDS_CHANGE = "NEEDS_CHANGE"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    SUBMIT_FAILED = "SUBMIT_FAILED"


class TicketAction(StrEnum):
    """What can be done with a ticket."""

    SUBMIT = "SUBMIT"
    HAND_OVER = "HAND_OVER"
    ACCEPT = "ACCEPT"
    START = "START"
    FINISH = "FINISH"
    PICK_UP = "PICK_UP"
    QUESTION = "QUESTION"
    SETTLE = "SETTLE"
    RETURN = "RETURN"
    REQUEUE = "REQUEUE"
    REJECT = "REJECT"
    GIVE_UP = "GIVE_UP"
    CANCEL = "CANCEL"


_S, _A = TicketStatus, TicketAction
_KITCHEN: Final = frozenset({Role.RESTAURANT, Role.MANAGER, Role.ADMIN, ITSELF})

TICKET: Final = Life(
    of="ticket",
    first=_S.QUEUED,
    steps={
        (_S.QUEUED, _A.SUBMIT): _S.SUBMITTING,
        (_S.SUBMITTING, _A.HAND_OVER): _S.SUBMITTED,
        (_S.SUBMITTED, _A.ACCEPT): _S.ACCEPTED,
        (_S.ACCEPTED, _A.START): _S.PREPARING,
        (_S.ACCEPTED, _A.FINISH): _S.READY,
        (_S.PREPARING, _A.FINISH): _S.READY,
        (_S.READY, _A.PICK_UP): _S.PICKED_UP,
        (_S.QUEUED, _A.QUESTION): _S.NEEDS_CHANGE,
        (_S.SUBMITTING, _A.RETURN): _S.NEEDS_CHANGE,
        (_S.SUBMITTED, _A.QUESTION): _S.NEEDS_CHANGE,
        (_S.ACCEPTED, _A.QUESTION): _S.NEEDS_CHANGE,
        (_S.PREPARING, _A.QUESTION): _S.NEEDS_CHANGE,
        (_S.NEEDS_CHANGE, _A.SETTLE): _S.ACCEPTED,
        (_S.NEEDS_CHANGE, _A.REQUEUE): _S.QUEUED,
        (_S.SUBMITTING, _A.REJECT): _S.REJECTED,
        (_S.SUBMITTED, _A.REJECT): _S.REJECTED,
        (_S.ACCEPTED, _A.REJECT): _S.REJECTED,
        (_S.PREPARING, _A.REJECT): _S.REJECTED,
        (_S.NEEDS_CHANGE, _A.REJECT): _S.REJECTED,
        (_S.QUEUED, _A.GIVE_UP): _S.SUBMIT_FAILED,
        (_S.SUBMITTING, _A.GIVE_UP): _S.SUBMIT_FAILED,
        (_S.QUEUED, _A.CANCEL): _S.CANCELLED,
        (_S.SUBMITTING, _A.CANCEL): _S.CANCELLED,
        (_S.SUBMITTED, _A.CANCEL): _S.CANCELLED,
        (_S.ACCEPTED, _A.CANCEL): _S.CANCELLED,
        (_S.PREPARING, _A.CANCEL): _S.CANCELLED,
        (_S.NEEDS_CHANGE, _A.CANCEL): _S.CANCELLED,
        (_S.READY, _A.CANCEL): _S.CANCELLED,
    },
    may={
        _A.SUBMIT: frozenset({ITSELF}),
        _A.HAND_OVER: frozenset({ITSELF}),
        _A.ACCEPT: _KITCHEN,
        _A.START: _KITCHEN,
        _A.FINISH: _KITCHEN | {Role.DRIVER},
        _A.PICK_UP: frozenset({Role.DRIVER, Role.MANAGER, Role.ADMIN, ITSELF}),
        _A.QUESTION: _KITCHEN,
        _A.SETTLE: frozenset({Role.CUSTOMER, Role.MANAGER, Role.ADMIN, ITSELF}),
        _A.RETURN: frozenset({ITSELF}),
        _A.REQUEUE: frozenset({Role.CUSTOMER, Role.MANAGER, Role.ADMIN, ITSELF}),
        _A.REJECT: _KITCHEN,
        _A.GIVE_UP: frozenset({ITSELF}),
        _A.CANCEL: frozenset({Role.CUSTOMER, Role.MANAGER, Role.ADMIN, ITSELF}),
    },
)

LOST: Final = frozenset({_S.REJECTED, _S.CANCELLED, _S.SUBMIT_FAILED})
"""Ends in which this part of the order will not come."""

COMMITTED: Final = frozenset({_S.ACCEPTED, _S.PREPARING, _S.READY, _S.PICKED_UP})
"""The restaurant has said yes."""

_KITCHEN_ROAD: Final = (_A.ACCEPT, _A.START, _A.FINISH)
_REACHES: Final = {
    KitchenStatus.ACCEPTED: 1,
    KitchenStatus.PREPARING: 2,
    KitchenStatus.READY: 3,
    KitchenStatus.HANDED_OVER: 3,
}
_DONE_UP_TO: Final = {_S.SUBMITTED: 0, _S.ACCEPTED: 1, _S.PREPARING: 2}


def catching_up(status: TicketStatus, reported: KitchenStatus) -> tuple[TicketAction, ...]:
    """The steps from our status to the one that the kitchen reports.

    Empty when the report is unknown, old or does not fit: a foreign word never moves a ticket
    backwards, and a kitchen that is ahead of us takes each step in between.
    """
    if reported in {KitchenStatus.REJECTED, KitchenStatus.CANCELLED}:
        return (_A.REJECT,) if TICKET.can(status, _A.REJECT) else ()
    lead = (_A.HAND_OVER,) if status is _S.SUBMITTING else ()
    here = _DONE_UP_TO.get(_S.SUBMITTED if lead else status)
    if here is None or reported is KitchenStatus.UNKNOWN:
        return ()
    return (*lead, *_KITCHEN_ROAD[here : _REACHES.get(reported, 0)])
