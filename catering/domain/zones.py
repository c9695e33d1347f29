"""What may be a zone, a restaurant's or a driver's, and the area in which a driver works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from .geography import Point, Zone
from .refusals import InvalidInput

FARTHEST_REACH_M: Final = 50_000
MOST_CORNERS: Final = 200


@dataclass(frozen=True, slots=True)
class Area:
    """Where a driver works: within an outline, or in a circle around its centre."""

    zone: Zone
    centre: Point | None = None
    """None where it has an outline."""

    @classmethod
    def around(cls, centre: Point, meters: int) -> Self:
        """A circle."""
        return cls(Zone(meters), centre)

    @classmethod
    def within(cls, corners: Sequence[Point]) -> Self:
        """What lies inside an outline."""
        return cls(Zone(outline=tuple(corners)))

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self | None:
        """The area of a driver; None for one who works everywhere."""
        if stored is None:
            return None
        if "outline" in stored:
            return cls.within([Point(*corner) for corner in stored["outline"]])
        return cls.around(Point(*stored["centre"]), stored["radius"])

    def stored(self) -> dict[str, Any]:
        """As it is kept with the driver."""
        if self.centre is None:
            return {"outline": [[c.latitude, c.longitude] for c in self.zone.outline]}
        at = self.centre
        return {"centre": [at.latitude, at.longitude], "radius": self.zone.reach_meters}

    def covers(self, *places: Point) -> bool:
        """Whether all these places lie inside."""
        return all(self.zone.covers(self.centre or place, place) for place in places)

    def faults(self) -> Iterator[InvalidInput]:
        """All that cannot be."""
        if self.centre is None:
            yield from outline_faults(self.zone.outline, "zone", "outline")
            return
        yield from radius_faults(self.zone.reach_meters, "zone", "circle", "radiusMeters")
        yield from place_faults(self.centre, "zone", "circle", "centre")


def radius_faults(meters: int, *path: str) -> Iterator[InvalidInput]:
    """What is wrong with how far a zone reaches."""
    if not 0 < meters <= FARTHEST_REACH_M:
        yield InvalidInput(f"Between 1 and {FARTHEST_REACH_M} metres.", path, rule="radius")


def outline_faults(corners: Sequence[Point], *path: str) -> Iterator[InvalidInput]:
    """What is wrong with the corners of a zone."""
    if not 3 <= len(corners) <= MOST_CORNERS:
        message = f"An outline has 3 to {MOST_CORNERS} corners."
        yield InvalidInput(message, path, rule="outline")
    for index, corner in enumerate(corners):
        yield from place_faults(corner, *path, str(index))


def place_faults(place: Point, *path: str) -> Iterator[InvalidInput]:
    """What is wrong with a place: that it is nowhere on Earth."""
    if not place.is_real():
        message = "Latitude is within ±90 and longitude within ±180 degrees."
        yield InvalidInput(message, path, rule="coordinates")
