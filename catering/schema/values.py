"""Small values: money, places, windows; as they go out and as they come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from catering.domain import pricing
from catering.domain.baskets import Destination, Span
from catering.domain.geography import Point
from catering.domain.refusals import Refused
from catering.domain.whereabouts import Sighting
from catering.domain.zones import place_faults

from .scalars import CurrencyCode


@strawberry.type(description="An amount of a currency.")
class Money:
    """Stored as minor units, never as a float."""

    amount: Decimal
    currency: CurrencyCode

    @staticmethod
    def of(minor: int, currency: str) -> Money:
        """The amount as people write it."""
        return Money(amount=pricing.to_amount(minor, currency), currency=CurrencyCode(currency))


@strawberry.input(description="An amount of a currency.")
class MoneyInput:
    """What a client expects to pay."""

    amount: Decimal
    currency: CurrencyCode

    def minor(self) -> tuple[int, str]:
        """Minor units and currency; -1 for an amount that cannot be paid, which matches none."""
        try:
            return pricing.to_minor(self.amount, self.currency), self.currency
        except (KeyError, ValueError):
            return -1, self.currency


@strawberry.type(description="A place on Earth, WGS 84, in degrees.")
class GeoPoint:
    """Where something is."""

    latitude: float
    longitude: float

    @staticmethod
    def of(latitude: float | None, longitude: float | None) -> GeoPoint | None:
        """The point, if both halves of it are known."""
        if latitude is None or longitude is None:
            return None
        return GeoPoint(latitude=latitude, longitude=longitude)

    @staticmethod
    def last(seen: Sighting | None, row: Any) -> GeoPoint | None:
        """Where somebody was seen, or else what his row says."""
        where = seen.point if seen else row
        return GeoPoint.of(where.latitude, where.longitude)

    @staticmethod
    def each(points: Iterable[Point]) -> list[GeoPoint]:
        """Points of the domain, shown."""
        return [GeoPoint(latitude=p.latitude, longitude=p.longitude) for p in points]


@strawberry.input(description="A place on Earth, WGS 84, in degrees.")
class GeoPointInput:
    """Where something is."""

    latitude: float
    longitude: float

    def point(self, *path: str) -> Point:
        """The same for the domain. Raises `Refused(InvalidInput)` where there is no such place."""
        point = Point(self.latitude, self.longitude)
        if wrong := list(place_faults(point, *path)):
            raise Refused(*wrong)
        return point


def corners(outline: Iterable[GeoPointInput]) -> tuple[Point, ...]:
    """The corners of an outline for the domain, which says what is wrong with them."""
    return tuple(Point(corner.latitude, corner.longitude) for corner in outline)


@strawberry.type(description="A door.")
class Address:
    """Where to collect or to deliver."""

    line: str
    details: str | None
    location: GeoPoint | None

    @staticmethod
    def of(row: Any) -> Address:
        """The address in a row."""
        return Address(
            line=row.address_line,
            details=getattr(row, "address_details", None),
            location=GeoPoint.of(row.latitude, row.longitude),
        )


@strawberry.input(description="A door.")
class AddressInput:
    """Where to deliver."""

    line: str
    location: GeoPointInput
    details: str | None = None

    def destination(self, *path: str) -> Destination:
        """The same for the domain. `path` is where it stands, if not at `destination`."""
        point = self.location.point(*(path or ("destination",)), "location")
        return Destination(self.line, point, self.details)


@strawberry.type(description="From when until when.")
class Window:
    """When it is wanted at the door."""

    from_: datetime = strawberry.field(name="from")
    until: datetime


@strawberry.input(description="From when until when.")
class WindowInput:
    """When it is wanted at the door."""

    from_: datetime = strawberry.field(name="from")
    until: datetime

    def span(self) -> Span:
        """The same for the domain."""
        return Span(self.from_, self.until)


@strawberry.input(description="From when until when; either end may be open.")
class DateTimeRange:
    """A filter by time."""

    from_: datetime | None = strawberry.field(name="from", default=None)
    until: datetime | None = None
