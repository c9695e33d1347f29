"""The rules of a site: its windows, and until when they can be ordered for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catering.domain import ids
from catering.domain.baskets import Basket, Destination, Occasion, Span, Wish
from catering.domain.facilities import (
    CutOff,
    day_at,
    wish_faults,
)
from catering.domain.opening_hours import DAYS, OpeningHours
from catering.domain.orders import OrderType, PaymentMethod
from catering.domain.organisations import Calendar, Firm, Place, cut_off
from catering.domain.windows import FARTHEST, Pace
from tests.domain.sites import DOOR, MAY, site, span, utc

PACE = Pace(lead=timedelta(minutes=60), way=timedelta(minutes=15))
SPRING, AUTUMN = "2026-03-29", "2026-10-25"
ALWAYS = OpeningHours.read({day: [["00:00", "24:00"]] for day in DAYS}, time_zone="Europe/Kyiv")


DAY_BEFORE = CutOff(1, 16 * 60)
SAME_DAY = CutOff(0, 9 * 60)
WINDOWS = [
    # rules, window, now, whether it can be ordered for
    ({}, span(f"{MAY} 09:00", 120), f"{MAY} 09:00", True),
    ({}, span(f"{MAY} 09:30"), f"{MAY} 08:00", True),
    ({}, span(f"{MAY} 08:59"), f"{MAY} 08:00", False),  # it begins too early
    ({}, span(f"{MAY} 10:01"), f"{MAY} 08:00", False),  # and ends too late
    ({}, span(f"{MAY} 17:00"), f"{MAY} 08:00", False),
    ({}, None, f"{MAY} 08:00", False),
    ({"notice": timedelta(hours=2)}, span(f"{MAY} 09:30"), f"{MAY} 07:30", True),
    ({"notice": timedelta(hours=2)}, span(f"{MAY} 09:30"), f"{MAY} 07:31", False),
    ({"cut_off": SAME_DAY}, span(f"{MAY} 09:30"), f"{MAY} 06:00", True),
    ({"cut_off": SAME_DAY}, span(f"{MAY} 09:30"), f"{MAY} 06:01", False),
    ({"cut_off": DAY_BEFORE}, span(f"{MAY} 09:30"), "2026-05-05 13:00", True),
    ({"cut_off": DAY_BEFORE}, span(f"{MAY} 09:30"), "2026-05-05 13:01", False),
    # of two rules the stricter one
    ({"cut_off": SAME_DAY, "notice": timedelta(hours=4)}, span(f"{MAY} 09:00"), f"{MAY} 05:01",
     False),
    ({"cut_off": SAME_DAY, "notice": timedelta(minutes=1)}, span(f"{MAY} 09:00"), f"{MAY} 06:01",
     False),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "window", "now", "possible"), WINDOWS)
def test_a_window_can_be_ordered_for_within_its_rules(
    rules: dict[str, Any], window: Span | None, now: str, possible: bool
) -> None:
    assert (site(**rules).fault(window, utc(now)) is None) is possible


@pytest.mark.parametrize(
    ("day", "noon", "call"),
    [
        ("2026-03-28", "10:00", "2026-03-27 14:00"),
        (SPRING, "09:00", "2026-03-28 14:00"),  # called in winter, delivered in summer
        ("2026-03-30", "09:00", f"{SPRING} 13:00"),
        ("2026-10-24", "09:00", "2026-10-23 13:00"),
        (AUTUMN, "10:00", "2026-10-24 13:00"),
        ("2026-10-26", "10:00", f"{AUTUMN} 14:00"),
    ],
)
def test_windows_and_last_calls_follow_the_clock_on_the_wall(
    day: str, noon: str, call: str
) -> None:
    lunch, now = span(f"{day} {noon}", 120), utc(f"{day} 00:00") - timedelta(days=3)
    here = site(cut_off=DAY_BEFORE)

    assert lunch in list(here.spans(now))
    assert here.last_call(lunch, now) == utc(call)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 24), (SPRING, 23), (AUTUMN, 25), ("2026-10-26", 24)]
)
def test_a_day_is_as_long_as_it_is(day: str, hours: int) -> None:
    start, end = day_at(ZoneInfo("Europe/Kyiv"), date.fromisoformat(day))
    assert end - start == timedelta(hours=hours)


NEXT = [
    # rules, now, the next window: whole, what is left of it, or another day's
    ({}, f"{MAY} 06:00", span(f"{MAY} 09:00", 120)),
    ({}, f"{MAY} 08:50", span(f"{MAY} 10:00", 60)),  # an hour of work, then a full quarter
    ({}, f"{MAY} 09:31", span("2026-05-07 09:00", 120)),  # half an hour has to be left of it
    ({"notice": timedelta(hours=2)}, f"{MAY} 07:50", span(f"{MAY} 10:00", 60)),
    ({"cut_off": SAME_DAY}, f"{MAY} 06:01", span("2026-05-07 09:00", 120)),
    ({"cut_off": DAY_BEFORE}, f"{MAY} 06:00", span("2026-05-07 09:00", 120)),
    ({"cut_off": DAY_BEFORE}, f"{MAY} 13:01", span("2026-05-08 09:00", 120)),
    ({"days": ["mon"]}, f"{MAY} 06:00", span("2026-05-11 09:00", 120)),
    ({"days": []}, f"{MAY} 06:00", None),
    ({"notice": timedelta(days=7)}, f"{MAY} 06:00", span("2026-05-13 09:00", 120)),
]


@pytest.mark.parametrize(("rules", "now", "found"), NEXT)
def test_the_next_window_is_told(rules: dict[str, Any], now: str, found: Span | None) -> None:
    here = site(**rules)

    assert here.next_window([ALWAYS], utc(now), PACE) == found
    assert found is None or here.fault(found, utc(now)) is None


def test_the_next_window_is_one_in_which_the_kitchens_are_there() -> None:
    early, late = ("12:00", "12:30"), ("18:00", "19:00")
    evenings = OpeningHours.read({"fri": [["16:00", "22:00"]]}, time_zone="Europe/Kyiv")

    found = site(early, late).next_window([ALWAYS, evenings], utc(f"{MAY} 06:00"), PACE)

    assert found == span("2026-05-08 15:00", 60)


def test_who_never_opens_has_no_window() -> None:
    shut = OpeningHours.read({}, time_zone="Europe/Kyiv")
    assert site().next_window([shut], utc(f"{MAY} 06:00"), PACE) is None


def test_windows_that_touch_stay_two() -> None:
    here, now = site(("12:00", "13:00"), ("13:00", "14:00")), utc(f"{MAY} 06:00")
    assert here.fault(span(f"{MAY} 09:00"), now) is None
    assert here.fault(span(f"{MAY} 09:30"), now) is not None


@pytest.mark.parametrize(
    ("centres", "named", "fine"),
    [((), None, True), ((), "A", False), (("A", "B"), "B", True), (("A",), None, False),
     (("A",), "a", False)],
)  # fmt: skip
def test_a_cost_centre_is_one_of_the_sites(
    centres: tuple[str, ...], named: str | None, fine: bool
) -> None:
    here = replace(site(), cost_centres=centres)
    assert (list(here.faults(Occasion(here.id, 1, named))) == []) is fine


def wish(type: OrderType, method: PaymentMethod, door: Destination | None, **said: Any) -> Wish:
    return Wish(type, Basket((), door), "+380671234567", method, occasion=Occasion(**said))


FIELDS: dict[str, Any] = {"facility_id": ids.new(), "headcount": 3, "cost_centre": "A"}


def test_an_order_of_a_customer_refuses_each_field_of_a_facility() -> None:
    for said in ({}, *({name: value} for name, value in FIELDS.items()), FIELDS):
        for method in PaymentMethod:
            faults = wish_faults(wish(OrderType.FOR_CUSTOMER, method, DOOR, **said))
            refused = {fault.path[0] for fault in faults if fault.path}
            wrong = {_camel(name) for name in said}
            assert refused == wrong | ({"paymentMethod"} if method == "INVOICE" else set())


@pytest.mark.parametrize("heads", [None, -1, 0, 1, 10_000, 10_001])
def test_an_order_for_a_facility_says_for_which_and_for_how_many(heads: int | None) -> None:
    for method, door, known in product(PaymentMethod, (None, DOOR), (True, False)):
        said = {"headcount": heads, "facility_id": FIELDS["facility_id"] if known else None}
        faults = wish_faults(wish(OrderType.FOR_FACILITY, method, door, **said))
        assert {fault.path[0] for fault in faults if fault.path} == {
            *(() if known else ("facilityId",)),
            *(() if heads in {1, 10_000} else ("headcount",)),
            *(("destination",) if door else ()),
            *(() if method is PaymentMethod.INVOICE else ("paymentMethod",)),
        }


CALENDARS = [
    ({}, None),
    ({"week": {"mon": [["12:00", "12:00"]]}}, "days"),
    ({"week": {"day": []}}, "days"),
    ({"time_zone": "Kyiv"}, "days"),
    ({"notice": timedelta(days=8)}, "notice"),
    ({"notice": timedelta(minutes=-1)}, "notice"),
    ({"cut_off": "9:00"}, "cutOff"),
    ({"cut_off": "24:00"}, None),
    ({"cut_off_days_before": 8}, "cutOffDaysBefore"),
    ({"cut_off_days_before": -1}, "cutOffDaysBefore"),
]


@pytest.mark.parametrize(("told", "wrong"), CALENDARS)
def test_a_calendar_can_be_kept(told: dict[str, Any], wrong: str | None) -> None:
    usual = {"week": {"mon": [["12:00", "14:00"]]}, "notice": timedelta(hours=1), "cut_off": None}
    rest = {"cut_off_days_before": 0, "time_zone": "Europe/Kyiv"}
    faults = [fault.path for fault in Calendar(**{**usual, **rest, **told}).faults()]
    assert faults == ([(wrong,)] if wrong else [])


FORMS = [
    (Firm("Школа", "ТОВ", (100, "UAH")), []),
    (Firm(" ", "ТОВ"), ["name"]),
    (Firm("Школа", " "), ["billing"]),
    (Firm(approval_above=(-1, "UAH")), ["approvalAbove.amount"]),
    (Firm(approval_above=(1, "EUR")), ["approvalAbove.currency"]),
    (Place("Кухня", DOOR, ("A", "B")), []),
    (Place(""), ["name"]),
    (Place(address=Destination(" ", DOOR.point)), ["address.line"]),
    (Place(cost_centres=("A", "A")), ["costCentres"]),
    (Place(cost_centres=("A", " ", "\n")), ["costCentres.1", "costCentres.2"]),
]  # fmt: skip


@pytest.mark.parametrize(("form", "wrong"), FORMS)
def test_what_the_office_writes_can_be(form: Firm | Place, wrong: list[str]) -> None:
    assert [".".join(fault.path or ()) for fault in form.faults("UAH")] == wrong


def test_an_organisation_is_billed_in_a_currency_that_we_know() -> None:
    assert [fault.path for fault in Firm("Школа", "ТОВ").faults("XAU")] == [("currency",)]


def test_a_cut_off_is_read_from_the_clock() -> None:
    assert cut_off(None, 3) is None
    assert cut_off("16:30", 2) == CutOff(2, 990)


def test_nobody_looks_farther_ahead_than_one_can_order() -> None:
    far = FARTHEST + timedelta(days=1)
    assert site(notice=far).next_window([ALWAYS], utc(f"{MAY} 06:00"), PACE) is None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() if word != "id" else "Id" for word in rest)
