"""Where a driver is, as far as his satellites can be believed: one fix after the other.

Between houses a fix is off by some twenty metres, and now and then by a kilometre. What is shown
goes from where he was believed to be towards the fix: nearly all of the way where that is far, and
a small part of it where it may as well be noise. It is always on the line between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from .geography import THERE_M, Point, distance

NOISE_M: Final = 20.0
"""How far a fix is off, usually."""

DRIFT: Final = 0.5
"""Metres a second that one who seems to stand may have gone: the longer nothing was heard, the more
a fix is worth."""

FASTEST: Final = 60.0
"""Metres a second; whoever would have been faster was not there, unless he is again."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Where somebody was, and when that was measured, on his own clock."""

    point: Point
    at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """Where he is believed to be, and the last fix after that, if it was not believed."""

    seen: Fix
    doubted: Fix | None = None

    @property
    def at(self) -> datetime:
        """When the last fix was measured, believed or not."""
        return (self.doubted or self.seen).at

    def then(self, fix: Fix) -> Track:
        """What is believed after one more fix; one that is no newer changes nothing."""
        if fix.at <= self.at:
            return self
        if not self._leads_to(fix):
            return Track(fix) if self._is_confirmed(fix) else Track(self.seen, doubted=fix)
        share = self._weight(fix)
        return Track(Fix(_towards(self.seen.point, fix.point, share), fix.at))

    def _leads_to(self, fix: Fix) -> bool:
        """Whether he can have come there; two fixes of one who stands may be so far apart, too."""
        return distance(self.seen.point, fix.point) <= THERE_M + FASTEST * self._silence(fix)

    def _is_confirmed(self, fix: Fix) -> bool:
        """Whether it speaks for the one that was doubted, and against what is believed."""
        if self.doubted is None:
            return False
        believed, doubted = self.seen.point, self.doubted.point
        return distance(doubted, fix.point) < distance(believed, fix.point)

    def _weight(self, fix: Fix) -> float:
        gone = distance(self.seen.point, fix.point) + DRIFT * self._silence(fix)
        return gone**2 / (gone**2 + NOISE_M**2)

    def _silence(self, fix: Fix) -> float:
        return (fix.at - self.seen.at).total_seconds()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a driver was seen last: when by his clock, and when we heard of it by ours."""

    point: Point
    at: datetime
    heard: datetime

    def was_heard_after(self, moment: datetime | None, by: timedelta = timedelta(0)) -> bool:
        """Whether it is news to somebody who was told so long ago."""
        return moment is None or (self.heard > moment and self.heard - moment >= by)


Seen: TypeAlias = Mapping[UUID, Sighting]
"""By driver."""

NOBODY: Final[Seen] = {}


def _towards(start: Point, end: Point, share: float) -> Point:
    """A part of the way, across the date line where that is shorter."""
    east = end.longitude - start.longitude
    if abs(east) > 180:
        east -= 360 if east > 0 else -360
    longitude = start.longitude + share * east
    if abs(longitude) > 180:
        longitude -= 360 if longitude > 0 else -360
    return Point(start.latitude + share * (end.latitude - start.latitude), longitude)
