from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.domain.opening_hours import DAYS, BadHours, OpeningHours

KYIV = ZoneInfo("Europe/Kyiv")


def hours(**week: list[list[str]]) -> OpeningHours:
    return OpeningHours.read(week, time_zone="Europe/Kyiv")


def every_day(opens: str, closes: str) -> OpeningHours:
    return hours(**{day: [[opens, closes]] for day in DAYS})


def kyiv(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-05-04 08:59", False),
        ("2026-05-04 09:00", True),
        ("2026-05-04 21:59", True),
        ("2026-05-04 22:00", False),
        ("2026-05-05 12:00", False),
    ],
)
def test_a_restaurant_is_open_within_its_hours(at: str, is_open: bool) -> None:
    assert hours(mon=[["09:00", "22:00"]]).is_open(kyiv(at)) is is_open


def test_a_lunch_break_closes_the_doors() -> None:
    monday = hours(mon=[["16:00", "22:00"], ["09:00", "14:00"]])

    assert not monday.is_open(kyiv("2026-05-04 15:00"))
    assert monday.next_transition(kyiv("2026-05-04 15:00")) == kyiv("2026-05-04 16:00")


def test_a_friday_night_ends_on_saturday() -> None:
    friday = hours(fri=[["18:00", "02:00"]])

    assert friday.is_open(kyiv("2026-05-09 01:59"))
    assert not friday.is_open(kyiv("2026-05-09 02:00"))
    assert not friday.is_open(kyiv("2026-05-08 01:00"))
    assert friday.next_transition(kyiv("2026-05-08 23:00")) == utc("2026-05-08 23:00")


def test_a_sunday_night_ends_on_monday() -> None:
    assert hours(sun=[["20:00", "03:00"]]).is_open(kyiv("2026-05-04 02:30"))


def test_after_closing_the_next_opening_may_be_a_week_away() -> None:
    monday = hours(mon=[["09:00", "22:00"]])

    assert monday.next_transition(kyiv("2026-05-04 22:00")) == kyiv("2026-05-11 09:00")


def test_midnight_between_two_whole_days_is_no_transition() -> None:
    weekend = hours(sat=[["00:00", "24:00"]], sun=[["00:00", "24:00"]])

    assert weekend.next_transition(kyiv("2026-05-09 12:00")) == kyiv("2026-05-11 00:00")


@pytest.mark.parametrize("week", [every_day("00:00", "24:00"), hours()])
def test_always_open_and_never_open_do_not_change(week: OpeningHours) -> None:
    assert week.next_transition(kyiv("2026-03-27 12:00")) is None


def test_a_transition_is_told_in_utc() -> None:
    moment = every_day("09:00", "22:00").next_transition(kyiv("2026-05-04 10:00"))

    assert moment is not None
    assert moment.tzinfo is UTC
    assert moment == utc("2026-05-04 19:00")


def test_doors_open_at_nine_on_the_wall_before_and_after_the_clocks_change() -> None:
    week = every_day("09:00", "22:00")

    assert week.next_transition(kyiv("2026-03-28 08:00")) == utc("2026-03-28 07:00")
    assert week.next_transition(kyiv("2026-03-29 08:00")) == utc("2026-03-29 06:00")
    assert week.next_transition(kyiv("2026-10-25 08:00")) == utc("2026-10-25 07:00")


def test_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    night = hours(sat=[["22:00", "06:00"]])

    assert night.next_transition(utc("2026-03-28 20:00")) == utc("2026-03-29 03:00")
    assert night.is_open(utc("2026-03-29 02:59"))


def test_the_night_the_clocks_go_back_is_an_hour_longer() -> None:
    night = hours(sat=[["22:00", "06:00"]])

    assert night.next_transition(utc("2026-10-24 19:00")) == utc("2026-10-25 04:00")
    assert night.is_open(kyiv("2026-10-25 03:30", fold=1))


def test_an_hour_that_is_skipped_moves_on() -> None:
    early = hours(sun=[["03:15", "03:45"]])

    assert early.next_transition(kyiv("2026-03-29 01:00")) == utc("2026-03-29 01:15")
    assert early.is_open(kyiv("2026-03-29 04:30"))


def test_an_hour_shown_twice_counts_once() -> None:
    early = hours(sun=[["03:15", "03:45"]])

    assert early.is_open(kyiv("2026-10-25 03:30"))
    assert not early.is_open(kyiv("2026-10-25 03:30", fold=1))


def test_a_break_that_the_clocks_swallow_comes_back_a_week_later() -> None:
    week = {day: [["00:00", "24:00"]] for day in DAYS}
    week["sun"] = [["00:00", "03:00"], ["04:00", "24:00"]]

    assert hours(**week).is_open(utc("2026-03-29 01:00"))
    assert hours(**week).next_transition(kyiv("2026-03-28 12:00")) == kyiv("2026-04-05 03:00")


@pytest.mark.parametrize(
    "week",
    [
        {"monday": []},
        {"mon": "09:00-22:00"},
        {"mon": None},
        {"mon": ["09:00", "22:00"]},
        {"mon": [["09:00"]]},
        {"mon": [["9:00", "22:00"]]},
        {"mon": [["09:00", "24:30"]]},
        {"mon": [[9, 22]]},
        {"mon": [["09:00", "09:00"]]},
        {"mon": [["24:00", "02:00"]]},
    ],
)
def test_hours_that_cannot_be_read_say_what_to_write(week: dict[str, object]) -> None:
    with pytest.raises(BadHours, match=r"[Ww]rite"):
        OpeningHours.read(week, time_zone="Europe/Kyiv")


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "Europe"])
def test_a_time_zone_has_to_exist(zone: str) -> None:
    with pytest.raises(BadHours, match="time zone"):
        OpeningHours.read({}, time_zone=zone)


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans = st.tuples(clocks, clocks).filter(lambda span: span[0] != span[1]).map(list)
weeks = st.dictionaries(st.sampled_from(DAYS), st.lists(spans, max_size=3))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones


@given(weeks, moments)
def test_nothing_changes_before_the_next_transition(
    week: dict[str, list[list[str]]], at: datetime
) -> None:
    open_hours = hours(**week)
    moment = open_hours.next_transition(at)
    until = moment or at + timedelta(days=7)
    between = [at + (until - at) * share / 8 for share in range(8)]

    assert {open_hours.is_open(time) for time in between} == {open_hours.is_open(at)}
    assert moment is None or open_hours.is_open(moment) is not open_hours.is_open(at)


def test_an_exceptional_day_has_hours_of_its_own_or_none() -> None:
    week = {day: [["09:00", "22:00"]] for day in DAYS}
    holidays = {"2026-12-25": [], "2026-12-31": [["20:00", "04:00"]]}
    restaurant = OpeningHours.read(week, holidays, time_zone="Europe/Kyiv")

    assert not restaurant.is_open(kyiv("2026-12-25 12:00"))
    assert restaurant.next_transition(kyiv("2026-12-24 23:00")) == kyiv("2026-12-26 09:00")
    assert not restaurant.is_open(kyiv("2026-12-31 12:00"))
    assert restaurant.is_open(kyiv("2027-01-01 03:59"))
    assert restaurant.opens(kyiv("2027-01-01 04:00")) == kyiv("2027-01-01 09:00")


def test_a_long_holiday_does_not_hide_the_day_after_it() -> None:
    week = {day: [["09:00", "22:00"]] for day in DAYS}
    august: dict[str, object] = {f"2026-08-{day:02}": [] for day in range(1, 32)}
    restaurant = OpeningHours.read(week, august, time_zone="Europe/Kyiv")

    assert restaurant.next_transition(kyiv("2026-07-31 23:00")) == kyiv("2026-09-01 09:00")


@pytest.mark.parametrize("days", [{"christmas": []}, {"2026-12-25": [["9", "22:00"]]}])
def test_an_exceptional_day_that_cannot_be_read_says_what_to_write(days: dict[str, object]) -> None:
    with pytest.raises(BadHours, match="Write"):
        OpeningHours.read({}, days, time_zone="Europe/Kyiv")
