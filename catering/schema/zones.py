"""Where drivers work, as it goes out and as it comes in."""

from __future__ import annotations

import strawberry

from catering.domain.geography import Point
from catering.domain.zones import Area

from .directives import about
from .values import GeoPoint, GeoPointInput, corners


@strawberry.type(description="What lies within so many metres of a place.")
class Circle:
    """As the crow flies."""

    centre: GeoPoint
    radius_meters: int


@strawberry.type(description="Where a driver works: in a circle, or within an outline.")
class DriverZone:
    """One of them is null."""

    circle: Circle | None
    outline: list[GeoPoint] | None = about(20)(strawberry.field())

    @staticmethod
    def of(area: Area | None) -> DriverZone | None:
        """The area, shown."""
        if area is None:
            return None
        if area.centre is None:
            return DriverZone(circle=None, outline=GeoPoint.each(area.zone.outline))
        (centre,) = GeoPoint.each([area.centre])
        circle = Circle(centre=centre, radius_meters=area.zone.reach_meters)
        return DriverZone(circle=circle, outline=None)


@strawberry.input(description="What lies within so many metres of a place.")
class CircleInput:
    """As the crow flies."""

    centre: GeoPointInput
    radius_meters: int


@strawberry.input(one_of=True, description="Either a circle or an outline.")
class DriverZoneInput:
    """Exactly one."""

    circle: CircleInput | None = strawberry.UNSET
    outline: list[GeoPointInput] | None = strawberry.UNSET

    def area(self) -> Area:
        """The same for the domain."""
        if self.circle:
            at = self.circle.centre
            return Area.around(Point(at.latitude, at.longitude), self.circle.radius_meters)
        return Area.within(corners(self.outline or ()))
