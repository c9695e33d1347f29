"""Places and the ways between them: straight lines with a speed, until a map knows better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final, TypeAlias

EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius, IUGG
DETOUR: Final = 1.3  # streets are longer than the straight line
CITY_SPEED: Final = 5.0  # m/s: 18 km/h, stops included

THERE_M: Final = 60
"""Who is so near by two positions in a row has arrived; satellites see no better between houses."""

REACH_M: Final = 12_000
"""How far food is carried where the restaurant says nothing else (straight line, in metres)."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84, in degrees."""

    latitude: float
    longitude: float

    def is_real(self) -> bool:
        """Whether there is such a point on Earth."""
        return -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180


Ways: TypeAlias = Mapping[tuple[Point, Point], timedelta]
"""How long it is by road from one place to another, as far as a map has said."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Where somebody delivers: within its outline, or where it has none, within a radius."""

    reach_meters: int = REACH_M
    outline: tuple[Point, ...] = ()

    def covers(self, home: Point, door: Point) -> bool:
        """Whether this door is in it, with the radius counted from `home`."""
        if not self.outline:
            return distance(home, door) <= self.reach_meters
        corners = zip(self.outline, (*self.outline[1:], self.outline[0]), strict=True)
        return sum(_is_passed(a, b, door) for a, b in corners) % 2 == 1


def _is_passed(a: Point, b: Point, door: Point) -> bool:
    """Whether who walks north from the door crosses this side; a zone passes neither a pole nor
    the date line."""
    if (a.longitude > door.longitude) == (b.longitude > door.longitude):
        return False
    share = (door.longitude - a.longitude) / (b.longitude - a.longitude)
    return door.latitude < a.latitude + share * (b.latitude - a.latitude)


def distance(a: Point, b: Point) -> int:
    """Metres as the crow flies."""
    north = radians(b.latitude - a.latitude) / 2
    east = radians(b.longitude - a.longitude) / 2
    chord = sin(north) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(chord)))


def travel_time(meters: int, speed: float = CITY_SPEED) -> timedelta:
    """How long a courier needs for that straight line, at so many metres a second."""
    return timedelta(seconds=round(meters * DETOUR / speed))
