"""When a restaurant is open and where it delivers, as it goes out and as it comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import strawberry

from catering.domain import restaurants
from catering.domain.geography import Zone
from catering.domain.opening_hours import Weekday

from .directives import about
from .values import GeoPoint, GeoPointInput, corners


@strawberry.type(description="One stretch of time on the wall clock of the restaurant.")
class OpeningSpan:
    """As written: 18:00 to 02:00 passes midnight."""

    opens: str
    closes: str

    @staticmethod
    def each(spans: Sequence[Sequence[str]]) -> list[OpeningSpan]:
        """Spans as they are stored."""
        return [OpeningSpan(opens=opens, closes=closes) for opens, closes in spans]


@strawberry.type(description="A day of an ordinary week.")
class OpeningDay:
    """It may have several spans; the last may pass midnight."""

    day: Weekday
    spans: list[OpeningSpan] = about(2)(strawberry.field())

    @staticmethod
    def week(hours: Mapping[str, Any]) -> list[OpeningDay]:
        """The days on which it is open, Monday first."""
        return [
            OpeningDay(day=day, spans=OpeningSpan.each(hours[day.short]))
            for day in Weekday
            if hours.get(day.short)
        ]


@strawberry.type(description="A day that is not as ever: a holiday, a long night.")
class ExceptionalDay:
    """Without spans it is closed."""

    date: date
    spans: list[OpeningSpan] = about(2)(strawberry.field())

    @staticmethod
    def each(days: Mapping[str, Any], house: Any) -> list[ExceptionalDay]:
        """Those that are not over."""
        zone = restaurants.hours(house).zone
        yesterday = (house.now.astimezone(zone) - timedelta(days=1)).date().isoformat()
        return [
            ExceptionalDay(date=_date(day), spans=OpeningSpan.each(spans))
            for day, spans in sorted(days.items())
            if day >= yesterday
        ]


@strawberry.type(description="Where a restaurant delivers.")
class DeliveryZone:
    """Within the outline; where there is none, within the radius."""

    radius_meters: int | None
    outline: list[GeoPoint] | None = about(20)(strawberry.field())

    @staticmethod
    def of(zone: Zone) -> DeliveryZone:
        """The zone, shown."""
        outline = GeoPoint.each(zone.outline)
        return DeliveryZone(
            radius_meters=None if outline else zone.reach_meters, outline=outline or None
        )


@strawberry.input(description="One stretch of time: 09:00 to 22:00, or 18:00 to 02:00.")
class OpeningSpanInput:
    """On the wall clock of the restaurant."""

    opens: str
    closes: str

    def span(self) -> tuple[str, str]:
        """The same for the domain."""
        return self.opens, self.closes


@strawberry.input(description="A day of an ordinary week.")
class OpeningDayInput:
    """A whole day is 00:00 to 24:00."""

    day: Weekday
    spans: list[OpeningSpanInput]


@strawberry.input(one_of=True, description="Either a radius around the restaurant or an outline.")
class DeliveryZoneInput:
    """Exactly one."""

    radius_meters: int | None = strawberry.UNSET
    outline: list[GeoPointInput] | None = strawberry.UNSET

    def zone(self) -> Zone:
        """The same for the domain."""
        if self.outline:
            return Zone(outline=corners(self.outline))
        return Zone(self.radius_meters or 0)


def week(days: Sequence[OpeningDayInput]) -> dict[str, Sequence[Sequence[str]]]:
    """Opening hours as they are stored; a day that is named twice has the spans of both."""
    hours: dict[str, list[tuple[str, str]]] = {}
    for given in days:
        hours.setdefault(given.day.short, []).extend(span.span() for span in given.spans)
    return {day: list(map(list, spans)) for day, spans in hours.items()}


_date = date.fromisoformat
