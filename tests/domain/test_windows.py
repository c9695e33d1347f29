"""Windows and opening hours meet, on the two days on which Kyiv changes its clocks, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catering.domain.opening_hours import DAYS, OpeningHours
from catering.domain.windows import FARTHEST, NARROWEST, Pace, closed_at, soonest

PACE = Pace(lead=timedelta(minutes=60), way=timedelta(minutes=15))
SPRING, AUTUMN = "2026-03-29", "2026-10-25"


def every_day(opens: str, closes: str, zone: str = "Europe/Kyiv") -> OpeningHours:
    return OpeningHours.read({day: [[opens, closes]] for day in DAYS}, time_zone=zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-03-28", "08:00", "20:00"),  # winter: 09:00 to 22:00 are 07:00 to 20:00 UTC
        (SPRING, "07:00", "19:00"),
        ("2026-10-24", "07:00", "19:00"),  # summer: an hour earlier
        (AUTUMN, "08:00", "20:00"),
    ],
)
def test_the_first_and_the_last_window_follow_the_restaurants_own_clock(
    day: str, first: str, last: str
) -> None:
    hours, now = every_day("09:00", "22:00"), utc(f"{day} 00:00")
    start, end = utc(f"{day} {first}"), utc(f"{day} {last}")

    assert closed_at(hours, start, now, PACE) is None
    assert closed_at(hours, start - timedelta(minutes=1), now, PACE) is not None
    latest = end + PACE.way - timedelta(minutes=1)
    assert closed_at(hours, latest, now, PACE) is None
    assert closed_at(hours, latest + timedelta(minutes=1), now, PACE) == end


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (f"{SPRING} 00:50", f"{SPRING} 02:00"),  # 02:50 in Kyiv; ten minutes on it is 04:00
        (f"{AUTUMN} 00:10", f"{AUTUMN} 01:15"),  # 03:10 the first time
        (f"{AUTUMN} 01:10", f"{AUTUMN} 02:15"),  # 03:10 the second time: a full hour later
    ],
)
def test_the_soonest_window_counts_real_minutes(now: str, start: str) -> None:
    found = soonest([every_day("00:00", "24:00")], utc(now), PACE)

    assert found is not None
    assert (found.start, found.end) == (utc(start), utc(start) + NARROWEST)


@pytest.mark.parametrize(
    ("opens", "now", "start"),
    [
        ("10:00", f"{SPRING} 00:00", f"{SPRING} 08:00"),  # 10:00 is 07:00 UTC that day
        ("10:00", "2026-03-28 00:00", "2026-03-28 09:00"),
        ("03:30", f"{SPRING} 00:00", f"{SPRING} 02:30"),  # there is no 03:30: it is 04:30
        ("03:30", f"{AUTUMN} 00:00", f"{AUTUMN} 01:30"),  # the first of the two
    ],
)
def test_who_opens_later_is_waited_for(opens: str, now: str, start: str) -> None:
    found = soonest([every_day(opens, "22:00"), every_day("00:00", "24:00")], utc(now), PACE)

    assert found is not None
    assert found.start == utc(start)


def test_two_time_zones_are_each_read_on_their_own_clock() -> None:
    kyiv, warsaw = every_day("09:00", "17:00"), every_day("09:00", "17:00", "Europe/Warsaw")

    found = soonest([kyiv, warsaw], utc(f"{SPRING} 00:00"), PACE)

    assert found is not None
    assert found.start == utc(f"{SPRING} 08:00")


def test_restaurants_that_are_never_open_together_have_no_window() -> None:
    morning, night = every_day("08:00", "10:00"), every_day("20:00", "22:00")

    assert soonest([morning, night], utc("2026-05-04 00:00"), PACE) is None
    assert soonest([OpeningHours.read({}, time_zone="Europe/Kyiv")], utc(SPRING), PACE) is None


around = st.sampled_from([SPRING, AUTUMN]).flatmap(
    lambda day: st.integers(-36 * 60, 36 * 60).map(lambda m: utc(day) + timedelta(minutes=m))
)
clocks = st.integers(0, 23).map("{:02}:00".format)


@settings(max_examples=15, deadline=None)  # it asks for every quarter of an hour
@given(around, clocks, clocks)
def test_the_soonest_window_can_be_had_and_none_before_it(
    now: datetime, opens: str, closes: str
) -> None:
    if opens == closes:
        return
    hours = every_day(opens, closes)
    found = soonest([hours], now, PACE)
    if found is None:
        return
    quarter, start = timedelta(minutes=15), found.start
    assert closed_at(hours, start, now, PACE) is None
    assert now + PACE.lead <= start <= now + FARTHEST
    before = start - quarter
    while before >= now + PACE.lead:
        assert closed_at(hours, before, now, PACE) is not None
        before -= quarter
