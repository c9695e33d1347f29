"""What a restaurant is at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catering.domain import restaurants
from catering.domain.baskets import Destination
from catering.domain.geography import Point, Zone
from catering.domain.opening_hours import DAYS
from catering.domain.restaurants import Facts, Founding

NOON = datetime(2026, 5, 4, 9, tzinfo=UTC)  # in Kyiv
HOUR = timedelta(hours=1)
HOME = Point(50.45, 30.52)
SQUARE = (Point(50.40, 30.40), Point(50.40, 30.60), Point(50.50, 30.60), Point(50.50, 30.40))


@dataclass(frozen=True)
class House:
    time_zone: str = "Europe/Kyiv"
    opening_hours: dict[str, Any] = field(
        default_factory=lambda: {day: [["10:00", "22:00"]] for day in DAYS}
    )
    exceptional_days: dict[str, Any] = field(default_factory=dict)
    paused_until: datetime | None = None
    busy_until: datetime | None = None
    extra_minutes: int = 0
    preparation_minutes: int = 20
    reach_meters: int = 12_000
    outline: list[list[float]] | None = None


def test_a_pause_closes_an_open_restaurant_and_ends_by_itself() -> None:
    house = House(paused_until=NOON + HOUR)

    assert not restaurants.takes_orders(house, NOON)
    assert restaurants.next_change(house, NOON) == NOON + HOUR
    assert restaurants.takes_orders(house, NOON + HOUR)
    assert restaurants.next_change(house, NOON + HOUR) == NOON + 10 * HOUR


def test_a_pause_beyond_the_evening_ends_when_it_opens() -> None:
    house = House(paused_until=NOON + 12 * HOUR)

    assert restaurants.next_change(house, NOON) == NOON + 22 * HOUR


def test_who_is_busy_needs_longer_until_it_is_over() -> None:
    house = House(busy_until=NOON + HOUR, extra_minutes=15)

    assert restaurants.preparation(house, NOON) == timedelta(minutes=35)
    assert restaurants.preparation(house, NOON + HOUR) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("zone", "door", "covered"),
    [
        (Zone(3_000), Point(50.46, 30.53), True),
        (Zone(3_000), Point(50.50, 30.53), False),
        (Zone(outline=SQUARE), Point(50.41, 30.41), True),
        (Zone(outline=SQUARE), Point(50.39, 30.50), False),
        (Zone(outline=SQUARE), Point(50.45, 30.61), False),
        (Zone(1, outline=SQUARE), Point(50.49, 30.59), True),
        # an island is left out where the outline goes in and out again
        (Zone(outline=(*SQUARE, Point(50.45, 30.50))), Point(50.45, 30.45), False),
    ],
)
def test_a_zone_is_a_radius_or_an_outline(zone: Zone, door: Point, covered: bool) -> None:
    assert zone.covers(HOME, door) is covered


@pytest.mark.parametrize(
    ("zone", "rule"),
    [
        (Zone(0), "radius"),
        (Zone(50_001), "radius"),
        (Zone(outline=SQUARE[:2]), "outline"),
        (Zone(outline=(*SQUARE[:2], Point(91, 0))), "coordinates"),
    ],
)
def test_a_zone_that_cannot_be(zone: Zone, rule: str) -> None:
    assert [fault.rule for fault in restaurants.zone_faults(zone)] == [rule]


GOOD = Founding(
    "khata-2", "Europe/Kyiv", "UAH",
    Facts("Хата", "0671234567", Destination("вул. Хрещатик, 1", HOME), timedelta(minutes=20)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("founding", "rules"),
    [
        (GOOD, []),
        (replace(GOOD, slug="Пузата хата", currency="XYZ", time_zone="Mars"),
         ["slug", "currency", "time_zone"]),
        (replace(GOOD, facts=Facts(" ", None, Destination(" ", HOME), timedelta(hours=9))),
         ["length", "required", "preparation_time"]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_new_restaurant_is_told(
    founding: Founding, rules: list[str]
) -> None:
    assert [fault.rule for fault in founding.faults()] == rules
