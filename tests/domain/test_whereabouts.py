"""What is believed of a driver's fixes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from catering.domain.geography import Point, distance
from catering.domain.whereabouts import Fix, Sighting, Track

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = Point(50.45, 30.52)
A_METER = 1 / 111_195
EVERY = 5

seconds = st.integers(min_value=1, max_value=120)
meters = st.integers(min_value=-400, max_value=400)
walks = st.lists(st.tuples(seconds, meters, meters), min_size=1, max_size=30)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def beside(point: Point, north: float = 0, east: float = 0) -> Point:
    """So many metres away, at any latitude near ours."""
    return Point(point.latitude + north * A_METER, point.longitude + east * A_METER * 1.57)


def after(*fixes: Fix) -> Track:
    """What is believed after all of these."""
    track = Track(fixes[0])
    for fix in fixes[1:]:
        track = track.then(fix)
    return track


@given(walks)
def test_nobody_is_shown_where_none_of_his_fixes_led(walk: list[tuple[int, int, int]]) -> None:
    track, second, told = Track(Fix(HERE, NOON)), 0, [HERE]
    for wait, north, east in walk:
        second, point = second + wait, beside(HERE, north, east)
        told.append(point)
        track = track.then(Fix(point, at(second)))
        for axis in ("latitude", "longitude"):
            fixes, shown = [getattr(p, axis) for p in told], getattr(track.seen.point, axis)
            assert min(fixes) - 1e-9 <= shown <= max(fixes) + 1e-9


@given(st.integers(-55, 55), st.integers(-55, 55))
def test_who_stands_still_is_shown_where_he_stands(north: int, east: int) -> None:
    there = beside(HERE, north, east)
    stood = [Fix(there, at(EVERY * n)) for n in range(1, 121)]
    shown = after(Fix(HERE, NOON), *stood).seen.point
    assert distance(shown, there) <= 2
    assert distance(after(Fix(HERE, NOON), *stood[:12]).seen.point, there) <= 15


def test_who_stands_still_does_not_wander() -> None:
    dice = Random(7)
    fixes = [
        Fix(beside(HERE, dice.gauss(0, 6), dice.gauss(0, 6)), at(EVERY * n)) for n in range(200)
    ]
    track, shown = Track(fixes[0]), list[Point]()
    for fix in fixes[1:]:
        track = track.then(fix)
        shown.append(track.seen.point)

    def way(points: list[Point]) -> int:
        return sum(distance(a, b) for a, b in pairwise(points))

    assert way(shown) * 3 < way([fix.point for fix in fixes])
    assert max(distance(HERE, point) for point in shown[10:]) <= 12


def test_who_drives_is_shown_where_he_is() -> None:
    for speed in (1.4, 4.5, 14):  # on foot, by bicycle, by car
        drive = [Fix(beside(HERE, speed * EVERY * n), at(EVERY * n)) for n in range(20)]
        assert distance(after(*drive).seen.point, drive[-1].point) <= 12


@given(st.integers(400, 20_000), st.integers(400, 20_000))
def test_a_jump_is_ignored_once_and_believed_twice(north: int, east: int) -> None:
    begun = Fix(HERE, NOON)
    there = beside(HERE, north, east)
    jumped = after(begun, Fix(there, at(2)))
    assert jumped.seen == begun
    assert jumped.at == at(2)

    again = Fix(beside(there, 20), at(4))
    assert jumped.then(again) == Track(again)
    assert distance(jumped.then(Fix(beside(HERE, 10), at(4))).seen.point, HERE) <= 10


def test_two_that_deny_each_other_are_both_ignored() -> None:
    begun = Fix(HERE, NOON)
    track = after(begun, Fix(beside(HERE, 5_000), at(1)), Fix(beside(HERE, -5_000), at(2)))
    assert track.seen == begun


def test_whoever_was_not_heard_for_long_may_be_anywhere() -> None:
    far = Fix(beside(HERE, 10_000), at(600))
    assert distance(after(Fix(HERE, NOON), far).seen.point, far.point) <= 1


@given(st.integers(min_value=-600, max_value=0))
def test_one_that_is_no_newer_changes_nothing(second: int) -> None:
    track = after(Fix(HERE, NOON))
    assert track.then(Fix(beside(HERE, 30), at(second))) is track
    doubtful = track.then(Fix(beside(HERE, 9_000), at(2)))
    assert doubtful.then(Fix(HERE, at(2 + second))) is doubtful


@given(st.floats(0, 300), st.floats(0, 300))
def test_the_date_line_is_a_line_like_any_other(west: float, east: float) -> None:
    start = Point(-17.0, 180 - west * A_METER)
    end = Point(-17.0, -180 + east * A_METER)
    track = after(Fix(start, NOON), Fix(end, at(30)))
    assert abs(track.seen.point.longitude) >= 179.99
    assert track.seen.point.is_real()
    assert distance(track.seen.point, end) <= distance(start, end)


def test_news_is_what_was_heard_since() -> None:
    seen = Sighting(HERE, at(3), heard=at(5))
    assert seen.was_heard_after(None)
    assert seen.was_heard_after(at(4))
    assert not seen.was_heard_after(at(5))
    assert not seen.was_heard_after(at(4.5), by=timedelta(seconds=1))
