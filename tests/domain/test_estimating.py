"""When an order is at its door: told in minutes after noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.domain.estimating import (
    AGAIN,
    NOTICEABLE,
    TOLERATED,
    Call,
    DelayReason,
    Estimate,
    Journey,
    Stage,
    breaks,
    breaks_at,
    estimate,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOUP, CAKE = UUID(int=1), UUID(int=2)
NAMES = {SOUP: "soup", CAKE: "cake", None: ""}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(minute: float) -> datetime:
    return NOON + minutes(minute)


def soup(ready: float, way: float = 0, *, done: bool = False) -> Call:
    return Call(SOUP, at(ready), done, minutes(way))


def cake(ready: float, way: float = 0, *, done: bool = False) -> Call:
    return Call(CAKE, at(ready), done, minutes(way))


def journey(stage: str, *calls: Call, door: float = 5, **known: object) -> Journey:
    return Journey(Stage(stage), calls, minutes(door), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "minute", "reason", "of"),
    [
        # Ten minutes of handling, five to the door, after the last kitchen.
        (journey("COOKING", soup(20), cake(30)), 45, "KITCHEN_LATE", "cake"),
        (journey("COOKING", soup(-5)), 15, "KITCHEN_LATE", "soup"),
        (journey("COOKING", soup(20), asked=True), 35, "ANSWER_AWAITED", "soup"),
        (journey("COOKING", soup(20), not_before=at(60)), 60, "KITCHEN_LATE", "soup"),
        # Who is yet to be found needs ten minutes to come.
        (journey("SOUGHT", soup(20)), 35, "KITCHEN_LATE", "soup"),
        (journey("SOUGHT", soup(5)), 25, "NO_CARRIER_YET", ""),
        (journey("SOUGHT", soup(5, done=True), cake(3, 4)), 29, "NO_CARRIER_YET", ""),
        # Two minutes at each place.
        (journey("CARRIED", soup(0, 6, done=True)), 15, "COURIER_LATE", ""),
        (journey("CARRIED", soup(20, 6)), 29, "KITCHEN_LATE", "soup"),
        (journey("CARRIED", soup(-9, 0)), 9, "KITCHEN_LATE", "soup"),
        (journey("CARRIED", soup(1, 6), cake(2, 3)), 20, "COURIER_LATE", ""),
        (journey("CARRIED", soup(1, 6), cake(30, 3)), 39, "KITCHEN_LATE", "cake"),
        (journey("CARRIED"), 7, "COURIER_LATE", ""),
        # A company says itself when it comes, but not before the food is ready.
        (journey("CARRIED", soup(5), told=at(40)), 40, "COURIER_LATE", ""),
        (journey("CARRIED", soup(50), told=at(40)), 59, "KITCHEN_LATE", "soup"),
        (journey("CARRIED", told=at(-3)), 0, "COURIER_LATE", ""),
        (journey("AT_THE_DOOR"), 2, "COURIER_LATE", ""),
    ],
)  # fmt: skip
def test_an_order_is_there_when_its_last_part_is(
    left: Journey, minute: int, reason: str, of: str
) -> None:
    found = estimate(left, NOON)
    assert (found.at, found.reason, NAMES[found.ticket_id]) == (at(minute), reason, of)


@pytest.mark.parametrize(
    ("left", "late", "told", "broken"),
    [
        (60, 5, False, False),  # an hour ahead, five minutes may be made up for
        (60, 6, False, True),
        (3, 3, False, False),  # three minutes ahead, only three
        (3, 4, False, True),
        (0, 2, False, True),
        (-30, 1, False, False),
        (60, 10, True, False),
        (0, 11, True, True),
    ],
)
def test_the_closer_the_time_the_less_is_made_up_for(
    left: int, late: int, told: bool, broken: bool
) -> None:

    found = Estimate(at(left + late), DelayReason.COURIER_LATE)
    assert breaks(found, at(left), NOON, told=told) is broken


@given(
    st.sampled_from(Stage), st.integers(-20, 60), st.integers(0, 40), st.integers(-10, 90),
    st.booleans(),
)  # fmt: skip
def test_a_promise_is_seen_to_break_to_the_minute_and_before_it_is_missed(
    stage: Stage, ready: int, door: int, promised: int, told: bool
) -> None:
    left = Journey(stage, (soup(ready),), minutes(door))
    then = breaks_at(left, at(promised), NOON, told=told)

    def broken(when: datetime) -> bool:
        return breaks(estimate(left, when), at(promised), when, told=told)

    assert broken(then)
    if then > NOON:
        assert not broken(then - NOTICEABLE)
        assert told or then <= max(at(promised), NOON)
    assert estimate(left, then).at - at(promised) > (AGAIN if told else NOTICEABLE)
    assert TOLERATED < AGAIN
