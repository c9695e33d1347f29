"""What a restaurant is at a moment: open or closed, paused, busy, and where it delivers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from . import pricing
from .accounts import NAME_LENGTH, name_faults
from .baskets import Destination
from .geography import Point, Zone
from .opening_hours import BadHours, OpeningHours
from .refusals import InvalidInput
from .zones import outline_faults, radius_faults

LONGEST_SLUG: Final = 60
LONGEST_PREPARATION: Final = timedelta(hours=8)
LONGEST_PAUSE: Final = timedelta(days=30)
MOST_EXTRA_MINUTES: Final = 240
FARTHEST_DAY: Final = timedelta(days=400)

_NONE: Final = timedelta(0)
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class House(Protocol):
    """A row of a restaurant, whole or in part."""

    @property
    def time_zone(self) -> str: ...
    @property
    def opening_hours(self) -> Mapping[str, Any]: ...
    @property
    def exceptional_days(self) -> Mapping[str, Any]: ...
    @property
    def paused_until(self) -> datetime | None: ...
    @property
    def busy_until(self) -> datetime | None: ...
    @property
    def extra_minutes(self) -> int: ...
    @property
    def preparation_minutes(self) -> int: ...
    @property
    def reach_meters(self) -> int: ...
    @property
    def outline(self) -> Sequence[Sequence[float]] | None: ...


def hours(house: House) -> OpeningHours:
    """Its opening hours with the exceptional days."""
    return OpeningHours.read(house.opening_hours, house.exceptional_days, time_zone=house.time_zone)


@dataclass(frozen=True, slots=True)
class Doors:
    """Opening hours and a pause in one: when one can order."""

    hours: OpeningHours
    paused_until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether one can order then."""
        return not self._is_paused(at) and self.hours.is_open(at)

    def next_transition(self, at: datetime) -> datetime | None:
        """When that changes next; None if it never does."""
        if self.is_open(at):
            return self.hours.next_transition(at)
        return self.hours.opens(max(at, self.paused_until) if self.paused_until else at)

    def _is_paused(self, at: datetime) -> bool:
        return self.paused_until is not None and at < self.paused_until


def doors(house: House) -> Doors:
    """When one can order from it."""
    return Doors(hours(house), house.paused_until)


def is_paused(house: House, at: datetime) -> bool:
    """Whether it takes no orders then, whatever its hours say. A pause ends by itself."""
    return house.paused_until is not None and at < house.paused_until


def is_busy(house: House, at: datetime) -> bool:
    """Whether it needs longer then. It ends by itself."""
    return house.busy_until is not None and at < house.busy_until


def takes_orders(house: House, at: datetime) -> bool:
    """Whether one can order then."""
    return doors(house).is_open(at)


def next_change(house: House, at: datetime) -> datetime | None:
    """When it starts or stops taking orders next; None if it never does either."""
    return doors(house).next_transition(at)


def preparation(house: House, at: datetime) -> timedelta:
    """How long it needs for what is ordered then."""
    extra = house.extra_minutes if is_busy(house, at) else 0
    return timedelta(minutes=house.preparation_minutes + extra)


def zone(house: House) -> Zone:
    """Where it delivers."""
    corners = tuple(Point(*corner) for corner in house.outline or ())
    return Zone(house.reach_meters, corners)


@dataclass(frozen=True, slots=True)
class Facts:
    """What people tell of a restaurant; None is left as it is."""

    name: str | None = None
    phone: str | None = None
    address: Destination | None = None
    preparation: timedelta | None = None
    discards: bool | None = None
    """Whether it does not want back what could not be delivered."""

    def faults(self) -> Iterator[InvalidInput]:
        """All that cannot be."""
        if self.name is not None:
            yield from name_faults("name", "A restaurant", self.name, NAME_LENGTH)
        if self.address is not None:
            for fault in self.address.faults():
                yield fault.at("address", *(fault.path or ())[1:])
        if self.preparation is not None and not _NONE <= self.preparation <= LONGEST_PREPARATION:
            message = f"Between nothing and {LONGEST_PREPARATION.seconds // 3600} hours."
            yield InvalidInput(message, ("preparationTime",), rule="preparation_time")


@dataclass(frozen=True, slots=True)
class Founding:
    """A restaurant that is not there yet."""

    slug: str
    time_zone: str
    currency: str
    facts: Facts

    def faults(self) -> Iterator[InvalidInput]:
        """All that cannot be."""
        yield from self.facts.faults()
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > LONGEST_SLUG:
            yield InvalidInput(
                f"Lower-case letters, digits and hyphens, at most {LONGEST_SLUG}.",
                ("slug",), rule="slug",
            )  # fmt: skip
        if self.currency not in pricing.EXPONENT:
            known = ", ".join(pricing.EXPONENT)
            yield InvalidInput(f"We know {known}.", ("currency",), rule="currency")
        try:
            OpeningHours.read({}, time_zone=self.time_zone)
        except BadHours as bad:
            yield InvalidInput(str(bad), ("timeZone",), rule="time_zone")


def until_faults(until: datetime, now: datetime) -> Iterator[InvalidInput]:
    """What is wrong with a moment until which something lasts."""
    if not now < until <= now + LONGEST_PAUSE:
        message = f"Name a time within the next {LONGEST_PAUSE.days} days."
        yield InvalidInput(message, ("until",), rule="until")


def zone_faults(zone: Zone) -> Iterator[InvalidInput]:
    """What is wrong with where it delivers."""
    yield from radius_faults(zone.reach_meters, "zone", "radiusMeters")
    if zone.outline:
        yield from outline_faults(zone.outline, "zone", "outline")
