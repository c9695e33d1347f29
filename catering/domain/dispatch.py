"""Who is asked to carry what: waves of offers, what a carrier is worth, and words for why.

First the one who is best alone, then the next three at once, then everybody in reach; from the
second wave on the courier companies bid as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from .geography import CITY_SPEED, Point
from .zones import Area

WAVES: Final = (1, 3, 50)
"""How many drivers are asked at once, wave by wave; the last one is repeated."""

ROUND_EVERY: Final = timedelta(seconds=15)
"""Deliveries for which nobody was asked, though somebody is free, are looked at again so soon."""

SEARCH_LEAD: Final = timedelta(minutes=15)
"""A courier is looked for at least so long before the food is ready: he has to come, too."""

GONE_AFTER: Final = timedelta(minutes=30)
"""A driver whose application has said nothing for so long is not asked."""

IN_REACH: Final = timedelta(minutes=60)
"""Nobody is asked who would need longer to the first kitchen."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """How fast something moves through a city (m/s, stops included), and how far it goes (m)."""

    speed: float
    reach: int


_ANYTHING: Final = Vehicle(CITY_SPEED, 25_000)
VEHICLES: Final = {
    "FOOT": Vehicle(1.4, 2_500),
    "BICYCLE": Vehicle(4.5, 8_000),
    "SCOOTER": Vehicle(6.5, 20_000),
    "MOTORBIKE": Vehicle(7.0, 30_000),
    "CAR": Vehicle(6.0, 50_000),
}


def vehicle(name: str) -> Vehicle:
    """What is known of a vehicle; drivers write down whatever they have."""
    return VEHICLES.get(name.strip().upper(), _ANYTHING)


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that nobody carries yet."""

    id: UUID
    pickup: Point
    ready_at: datetime
    promised_at: datetime
    way_m: int
    """From the first kitchen by way of the others to the door, as the crow flies."""
    asked: frozenset[UUID] = frozenset()
    """The drivers who were asked already."""
    wave: int = 0
    """How often somebody was asked."""
    further: tuple[Point, ...] = ()
    """Where it goes after the first kitchen: to the others, and to the door."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A driver who is free."""

    id: UUID
    at: Point
    vehicle: Vehicle
    seen_at: datetime
    free_since: datetime
    """When the last delivery ended, or when he came online."""
    area: Area | None = None
    """Where he works; None is everywhere."""


class Verdict(StrEnum):
    """Why a driver was asked, or was not."""

    BEST = "BEST"
    NEXT = "NEXT"
    BETTER_ELSEWHERE = "BETTER_ELSEWHERE"
    OTHERS_FIRST = "OTHERS_FIRST"
    OUTSIDE_ZONE = "OUTSIDE_ZONE"


@dataclass(frozen=True, slots=True)
class Prospect:
    """How it would be if this driver carried that delivery."""

    job_id: UUID
    driver_id: UUID
    meters: int
    pickup_in: timedelta
    late_by: timedelta
    """How long after the promised time it would be at the door."""
    idle: timedelta
    """How long the driver has been without work."""
    score: float
    """Of two the lower one is better; seconds, where one of lateness weighs most."""


@dataclass(frozen=True, slots=True)
class Bid:
    """What a courier company asks for a trip, or our own fleet (`company` is None)."""

    company: UUID | None
    price: int
    at_door: datetime | None
    """When it would be there; None where they do not say."""
    load: int = 0
    """Trips of ours that they carry just now."""


LATE_STEP: Final = timedelta(minutes=3)
"""Estimates are not better than that: less of a difference is none."""


def best(bids: Iterable[Bid], promised_at: datetime, unknown: timedelta) -> Bid | None:
    """Who is likely to be least late; of equals the cheapest, then who has least to do.

    Who does not say when he would be there is thought to come so long (`unknown`) after the
    promised time.
    """

    def rank(bid: Bid) -> tuple[int, int, int, str]:
        expected = promised_at + unknown if bid.at_door is None else bid.at_door
        late = max(expected - promised_at, timedelta(0))
        return late // LATE_STEP, bid.price, bid.load, str(bid.company)

    return min(bids, key=rank, default=None)


def asked_at_once(wave: int) -> int:
    """How many drivers are asked in a wave; waves are counted from one."""
    return WAVES[min(wave, len(WAVES)) - 1]
