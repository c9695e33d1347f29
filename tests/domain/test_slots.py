"""Slots of a kitchen's time, on the days on which Kyiv changes its clocks, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from catering.domain.opening_hours import DAYS, OpeningHours
from catering.domain.slots import Capacity
from catering.domain.windows import Pace, soonest

KYIV = ZoneInfo("Europe/Kyiv")
QUARTERS = Capacity(2, 15)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def open_daily(opens: str, closes: str) -> OpeningHours:
    return OpeningHours.read({day: [[opens, closes]] for day in DAYS}, time_zone="Europe/Kyiv")


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_no_slot_is_lost_or_doubled_when_clocks_change(night: str) -> None:
    moments = [utc(f"{night} 00:00") + timedelta(minutes=minute) for minute in range(180)]

    starts = [QUARTERS.start(moment.astimezone(KYIV)) for moment in moments]

    assert sorted(set(starts)) == moments[::15]
    assert all(starts.count(start) == 15 for start in set(starts))


def test_free_slots_are_those_in_which_it_is_open_and_has_a_place() -> None:
    hours = open_daily("09:05", "22:00")  # in winter 07:05 to 20:00 UTC
    full = {utc("2026-01-10 19:15"), utc("2026-01-11 07:30")}

    free = QUARTERS.free(hours, full, utc("2026-01-10 19:01"))

    assert [slot.start for slot in free] == [
        utc("2026-01-10 19:30"),
        utc("2026-01-10 19:45"),
        utc("2026-01-11 07:15"),
    ]
    assert {slot.end - slot.start for slot in free} == {timedelta(minutes=15)}
    assert QUARTERS.free(open_daily("09:00", "22:00"), Everything(), utc("2026-01-10 19:01")) == ()
    assert (
        QUARTERS.free(OpeningHours.read({}, time_zone="Europe/Kyiv"), (), utc("2026-01-10")) == ()
    )


def test_the_soonest_window_is_one_for_which_there_is_a_place() -> None:
    now, pace = utc("2026-01-10 10:00"), Pace(timedelta(minutes=60), timedelta(minutes=15))

    found = soonest(
        [open_daily("09:00", "22:00")], now, pace, lambda start: start >= utc("2026-01-10 12:20")
    )

    assert found is not None
    assert found.start == utc("2026-01-10 12:30")


@pytest.mark.parametrize(
    ("capacity", "rules"),
    [
        (Capacity(1, 5), []),
        (Capacity(1_000, 60), []),
        (Capacity(0, 15), ["tickets"]),
        (Capacity(1_001, 45), ["tickets", "slot_minutes"]),
        (Capacity(1, 0), ["slot_minutes"]),
    ],
)
def test_a_capacity_can_be_kept(capacity: Capacity, rules: list[str]) -> None:
    assert [fault.rule for fault in capacity.faults()] == rules


class Everything:
    """All slots are full."""

    def __contains__(self, start: object) -> bool:
        return True
