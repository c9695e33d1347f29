"""Where and when an order is wanted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from catering.domain.baskets import Destination, Span
from catering.domain.geography import Point


class Wanted:
    """The columns of an order that say to which door it goes, and when."""

    contact_phone: Mapped[str]
    address_line: Mapped[str]
    address_details: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]
    window_from: Mapped[datetime | None]
    window_until: Mapped[datetime | None]

    @property
    def door(self) -> Destination:
        """Where it goes."""
        point = Point(self.latitude, self.longitude)
        return Destination(self.address_line, point, self.address_details)

    @door.setter
    def door(self, to: Destination) -> None:
        self.address_line, self.address_details = to.line, to.details
        self.latitude, self.longitude = to.point.latitude, to.point.longitude

    @property
    def window(self) -> Span | None:
        """When it is wanted, where it was not at once."""
        if self.window_from is None or self.window_until is None:
            return None
        return Span(self.window_from, self.window_until)

    @window.setter
    def window(self, span: Span | None) -> None:
        self.window_from = span.start if span else None
        self.window_until = span.end if span else None
