"""When an order will be at its door, by all that is known, and what makes it late.

Nothing here looks at what was promised but `breaks`: an estimate is what is likely, a promise is
what was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

HANDLING: Final = timedelta(minutes=10)
"""For a courier to be found, to park, and to climb the stairs, as long as nobody carries it."""

TO_COME: Final = timedelta(minutes=10)
"""What a courier is thought to need to the first kitchen who is yet to be found."""

AT_A_KITCHEN: Final = timedelta(minutes=2)
AT_THE_DOOR: Final = timedelta(minutes=2)
"""For a courier who is there to park, and to take it or hand it over."""

UNSEEN: Final = timedelta(minutes=5)
"""What a courier is thought to need to his next stop of whom nobody knows where he is."""

NOTICEABLE: Final = timedelta(minutes=1)
"""An estimate or a promise that moves by less is not worth telling."""

TOLERATED: Final = timedelta(minutes=5)
"""So much later than promised may still be made up for, while there is time."""

AGAIN: Final = timedelta(minutes=10)
"""Who was told a new time is told another one only when it gets so much later."""

HORIZON: Final = 256
"""So many minutes ahead it is looked when a promise would break."""


class DelayReason(StrEnum):
    """Why an order comes later than promised."""

    KITCHEN_LATE = "KITCHEN_LATE"
    ANSWER_AWAITED = "ANSWER_AWAITED"
    NO_CARRIER_YET = "NO_CARRIER_YET"
    COURIER_LATE = "COURIER_LATE"


class Stage(StrEnum):
    """How far the journey is."""

    COOKING = "COOKING"
    SOUGHT = "SOUGHT"
    CARRIED = "CARRIED"
    AT_THE_DOOR = "AT_THE_DOOR"


@dataclass(frozen=True, slots=True)
class Call:
    """Something that is still to be fetched, and the way to it from the place before."""

    ticket_id: UUID
    ready_at: datetime
    is_ready: bool = False
    way: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Journey:
    """What is left of the way of an order."""

    stage: Stage
    calls: tuple[Call, ...]
    to_door: timedelta
    """From the last place before it; before the journey is planned from the farthest kitchen."""
    told: datetime | None = None
    """When the courier company says that it will be there."""
    not_before: datetime | None = None
    """When the window begins for which it was ordered."""
    asked: bool = False
    """Whether its customer is asked something without which it does not go on."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """When it is at the door, and what that depends on."""

    at: datetime
    reason: DelayReason
    ticket_id: UUID | None = None
    """The part that is waited for, where it is a kitchen."""


def estimate(journey: Journey, now: datetime) -> Estimate:
    """When it will be at the door if everybody does from now on what is expected of him."""
    found = _by_stage(journey, now)
    if journey.not_before is not None and found.at < journey.not_before:
        return Estimate(journey.not_before, found.reason, found.ticket_id)
    return found


def breaks(found: Estimate, promised: datetime, now: datetime, *, told: bool = False) -> bool:
    """Whether what was promised cannot be kept any more.

    The closer the time, the less can be made up for; at the latest it is said when it would be
    missed in a minute. Who was `told` a new time already is not told another for every minute.
    """
    tolerated = AGAIN if told else min(TOLERATED, max(NOTICEABLE, promised - now))
    return found.at - promised > tolerated


def breaks_at(journey: Journey, promised: datetime, now: datetime, *, told: bool) -> datetime:
    """When the promise breaks if nothing happens: no estimate gets earlier by waiting."""
    low, high = 0, HORIZON
    while low < high:
        middle = (low + high) // 2
        then = now + middle * NOTICEABLE
        if breaks(estimate(journey, then), promised, then, told=told):
            high = middle
        else:
            low = middle + 1
    return now + low * NOTICEABLE


def _by_stage(journey: Journey, now: datetime) -> Estimate:
    match journey.stage:
        case Stage.COOKING:
            last = _last(journey, now)
            reason = DelayReason.ANSWER_AWAITED if journey.asked else last.reason
            return Estimate(last.at + HANDLING + journey.to_door, reason, last.ticket_id)
        case Stage.SOUGHT:
            start = Estimate(now + TO_COME, DelayReason.NO_CARRIER_YET)
            last = _round(journey, start, timedelta(0), now)
            return Estimate(last.at + HANDLING + journey.to_door, last.reason, last.ticket_id)
        case Stage.CARRIED:
            return _carried(journey, now)
        case Stage.AT_THE_DOOR:
            return Estimate(now + AT_THE_DOOR, DelayReason.COURIER_LATE)


def _carried(journey: Journey, now: datetime) -> Estimate:
    start = Estimate(now, DelayReason.COURIER_LATE)
    if journey.told is None:
        last = _round(journey, start, AT_A_KITCHEN, now)
        return Estimate(last.at + journey.to_door + AT_THE_DOOR, last.reason, last.ticket_id)
    if journey.calls:
        last = _last(journey, now)
        soonest = last.at + AT_A_KITCHEN + journey.to_door + AT_THE_DOOR
        if soonest > journey.told:
            return Estimate(soonest, last.reason, last.ticket_id)
    return Estimate(max(journey.told, now), DelayReason.COURIER_LATE)


def _last(journey: Journey, now: datetime) -> Estimate:
    """When the last kitchen is ready."""
    last = Estimate(now, DelayReason.KITCHEN_LATE)
    for call in journey.calls:
        ready = max(call.ready_at, now)
        if not call.is_ready and (ready > last.at or last.ticket_id is None):
            last = Estimate(ready, DelayReason.KITCHEN_LATE, call.ticket_id)
    return last


def _round(journey: Journey, start: Estimate, staying: timedelta, now: datetime) -> Estimate:
    """When the last thing is on board, kitchen by kitchen."""
    here = start
    for call in journey.calls:
        there, ready = here.at + call.way, max(call.ready_at, now)
        if not call.is_ready and ready >= there:
            here = Estimate(ready + staying, DelayReason.KITCHEN_LATE, call.ticket_id)
        else:
            here = Estimate(there + staying, here.reason, here.ticket_id)
    return here
