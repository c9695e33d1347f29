from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from catering.domain import products
from catering.domain.products import Availability, Supply, availability
from catering.models import Product

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)
MIDNIGHT = NOON + timedelta(hours=9)  # in Kyiv


@dataclass(frozen=True)
class Thing:
    unavailable: bool = False
    snoozed_until: datetime | None = None
    stock: int | None = None
    daily_quota: int | None = None
    quota_left: int | None = None
    quota_until: datetime | None = None
    removed_at: datetime | None = None


@pytest.mark.parametrize(
    ("thing", "told", "left"),
    [
        (Thing(), Availability.AVAILABLE, None),
        (Thing(stock=3), Availability.LIMITED, 3),
        (Thing(stock=0), Availability.UNAVAILABLE, 0),
        (Thing(snoozed_until=LATER), Availability.SNOOZED, 0),
        (Thing(snoozed_until=LATER, stock=3), Availability.SNOOZED, 0),
        (Thing(snoozed_until=LATER, stock=0), Availability.UNAVAILABLE, 0),
        (Thing(unavailable=True), Availability.UNAVAILABLE, 0),
        (Thing(unavailable=True, snoozed_until=LATER, stock=3), Availability.UNAVAILABLE, 0),
        (Thing(removed_at=NOON), Availability.UNAVAILABLE, 0),
        (Thing(daily_quota=5), Availability.LIMITED, 5),
        (Thing(daily_quota=5, quota_left=2, quota_until=LATER), Availability.LIMITED, 2),
        (Thing(daily_quota=5, quota_left=0, quota_until=LATER), Availability.UNAVAILABLE, 0),
        (Thing(daily_quota=5, quota_left=0, quota_until=NOON), Availability.LIMITED, 5),
        (Thing(stock=1, daily_quota=5), Availability.LIMITED, 1),
    ],
)
def test_a_customer_is_told_what_can_be_had(
    thing: Thing, told: Availability, left: int | None
) -> None:
    assert availability(thing, NOON) is told
    assert products.left(thing, NOON) == left


def test_a_snooze_ends_by_itself() -> None:
    assert availability(Thing(snoozed_until=NOON), NOON) is Availability.AVAILABLE


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-05-01T20:59:59+00:00", "2026-05-01T21:00:00+00:00"),
        ("2026-05-01T21:00:00+00:00", "2026-05-02T21:00:00+00:00"),
        ("2026-10-24T21:30:00+00:00", "2026-10-25T22:00:00+00:00"),  # a day of 25 hours
    ],
)
def test_a_day_ends_at_midnight_on_the_restaurants_clock(now: str, midnight: str) -> None:
    then = products.midnight_after(datetime.fromisoformat(now), ZoneInfo("Europe/Kyiv"))

    assert then == datetime.fromisoformat(midnight)


def product(**facts: Any) -> Product:
    return Product(name="Borscht", price=12_000, unavailable=False, **facts)


def test_portions_are_taken_from_the_day_and_put_back_into_the_same_one() -> None:
    dish = product(daily_quota=10)

    dish.take(4, NOON, MIDNIGHT)
    assert (dish.quota_left, dish.quota_until) == (6, MIDNIGHT)
    dish.put_back(3, NOON, MIDNIGHT)
    assert dish.quota_left == 9
    dish.put_back(3, NOON, MIDNIGHT)
    assert dish.quota_left == 10, "never more than a day has"

    tomorrow = MIDNIGHT + timedelta(days=1)
    dish.take(1, MIDNIGHT, tomorrow)
    dish.put_back(1, NOON, tomorrow)
    assert dish.quota_left == 9, "what was taken yesterday is none of today's"


def test_another_quota_leaves_what_was_sold_today_sold() -> None:
    dish = product(daily_quota=10)
    dish.take(4, NOON, MIDNIGHT)

    for quota, left in ((12, 8), (3, 0), (None, None), (5, None)):
        dish.count_portions(quota)
        assert (dish.daily_quota, dish.quota_left) == (quota, left)


@pytest.mark.parametrize(
    ("supply", "rules"),
    [
        (Supply(Availability.AVAILABLE), []),
        (Supply(Availability.LIMITED, 3), []),
        (Supply(Availability.LIMITED), ["required"]),
        (Supply(Availability.LIMITED, -1), ["quantity"]),
        (Supply(Availability.SNOOZED), ["until"]),
        (Supply(Availability.SNOOZED, until=NOON), ["until"]),
        (Supply(Availability.SNOOZED, until=NOON + timedelta(days=31)), ["until"]),
        (Supply(Availability.SNOOZED, until=LATER), []),
    ],
)
def test_what_is_said_must_be_possible(supply: Supply, rules: list[str]) -> None:
    assert [fault.rule for fault in supply.faults(NOON)] == rules
