"""What a restaurant sells, and whether it can be had now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from .accounts import name_faults
from .refusals import InvalidInput

NAME_LENGTH: Final = range(1, 121)
LONGEST_DESCRIPTION: Final = 2_000
DEAREST: Final = 100_000_000  # minor units
MOST_STOCK: Final = 100_000
LONGEST_PREPARATION: Final = timedelta(hours=8)
LONGEST_SNOOZE: Final = timedelta(days=30)


class ProductKind(StrEnum):
    """A dish is cooked when it is ordered; goods are taken from a shelf."""

    DISH = "DISH"
    GOODS = "GOODS"


class Availability(StrEnum):
    """Whether a product can be ordered at this moment."""

    AVAILABLE = "AVAILABLE"
    LIMITED = "LIMITED"
    SNOOZED = "SNOOZED"
    UNAVAILABLE = "UNAVAILABLE"


class AvailabilitySource(StrEnum):
    """Who told us last whether a product can be had; ORDERS count what they take."""

    RESTAURANT = "RESTAURANT"
    OFFICE = "OFFICE"
    FILE = "FILE"
    PROVIDER = "PROVIDER"
    ORDERS = "ORDERS"


class Allergen(StrEnum):
    """The fourteen that have to be told of in the European Union."""

    CELERY = "CELERY"
    CRUSTACEANS = "CRUSTACEANS"
    EGGS = "EGGS"
    FISH = "FISH"
    GLUTEN = "GLUTEN"
    LUPIN = "LUPIN"
    MILK = "MILK"
    MOLLUSCS = "MOLLUSCS"
    MUSTARD = "MUSTARD"
    NUTS = "NUTS"
    PEANUTS = "PEANUTS"
    SESAME = "SESAME"
    SOYBEANS = "SOYBEANS"
    SULPHITES = "SULPHITES"


class Diet(StrEnum):
    """Who may eat it."""

    GLUTEN_FREE = "GLUTEN_FREE"
    HALAL = "HALAL"
    KOSHER = "KOSHER"
    LACTOSE_FREE = "LACTOSE_FREE"
    VEGAN = "VEGAN"
    VEGETARIAN = "VEGETARIAN"


class Item(Protocol):
    """A row of a product, whole or in part. Of modifiers and variants nobody counts how many."""

    @property
    def unavailable(self) -> bool: ...
    @property
    def snoozed_until(self) -> datetime | None: ...
    @property
    def removed_at(self) -> datetime | None: ...


class Counted(Item, Protocol):
    """A row of something that may be counted: on a shelf, by the portions of a day, or both."""

    @property
    def stock(self) -> int | None: ...
    @property
    def daily_quota(self) -> int | None: ...
    @property
    def quota_left(self) -> int | None: ...
    @property
    def quota_until(self) -> datetime | None: ...


def availability(item: Counted, now: datetime) -> Availability:
    """What a customer is told."""
    return availability_of(item, counted(item, now), now)


def availability_of(item: Item, count: int | None, now: datetime) -> Availability:
    """What a customer is told where so many are there. Nothing left outlasts a snooze: waking up
    brings no food."""
    if is_gone(item) or (count is not None and count <= 0):
        return Availability.UNAVAILABLE
    if is_asleep(item, now):
        return Availability.SNOOZED
    return Availability.AVAILABLE if count is None else Availability.LIMITED


def left(item: Counted, now: datetime) -> int | None:
    """How many can be had; None where nobody counts."""
    return 0 if is_gone(item) or is_asleep(item, now) else counted(item, now)


def counted(item: Counted, now: datetime) -> int | None:
    """How many are there, whether or not they can be had; None where nobody counts."""
    known = [count for count in (item.stock, portions_left(item, now)) if count is not None]
    return min(known, default=None)


def portions_left(item: Counted, now: datetime) -> int | None:
    """What is left of today's portions; all of them again when a new day has begun."""
    if item.daily_quota is None or item.quota_until is None or item.quota_until <= now:
        return item.daily_quota
    return item.quota_left


def is_gone(item: Item) -> bool:
    """Whether it cannot be had until somebody says otherwise."""
    return item.unavailable or item.removed_at is not None


def is_asleep(item: Item, now: datetime) -> bool:
    """Whether it cannot be had for a while. It ends by itself."""
    return item.snoozed_until is not None and now < item.snoozed_until


def midnight_after(now: datetime, zone: ZoneInfo) -> datetime:
    """The next midnight on the clocks of a restaurant."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone)


@dataclass(frozen=True, slots=True)
class Supply:
    """What somebody says about whether a product can be had."""

    availability: Availability
    quantity: int | None = None
    until: datetime | None = None

    def faults(self, now: datetime) -> Iterator[InvalidInput]:
        """What is wrong with it."""
        if self.availability is Availability.LIMITED and self.quantity is None:
            yield InvalidInput("Say how many there are.", ("quantity",), rule="required")
        if self.quantity is not None and not 0 <= self.quantity <= MOST_STOCK:
            yield InvalidInput(f"Between 0 and {MOST_STOCK}.", ("quantity",), rule="quantity")
        if self.availability is Availability.SNOOZED:
            yield from snooze_faults(self.until, now)


def snooze_faults(until: datetime | None, now: datetime) -> Iterator[InvalidInput]:
    """What is wrong with a moment at which something can be had again."""
    if until is None or not now < until <= now + LONGEST_SNOOZE:
        message = f"Name a time within the next {LONGEST_SNOOZE.days} days."
        yield InvalidInput(message, ("until",), rule="until")


def facts_faults(facts: dict[str, Any]) -> Iterator[InvalidInput]:
    """What is wrong with what is told of a product, by the names of its columns."""
    if "name" in facts:
        yield from name_faults("name", "A name", facts["name"] or "", NAME_LENGTH)
    if facts.get("description") and len(facts["description"]) > LONGEST_DESCRIPTION:
        message = f"At most {LONGEST_DESCRIPTION} characters."
        yield InvalidInput(message, ("description",), rule="max_length")
    time = facts.get("preparation")
    if time is not None and not timedelta(0) <= time <= LONGEST_PREPARATION:
        message = f"Between nothing and {LONGEST_PREPARATION.seconds // 3600} hours."
        yield InvalidInput(message, ("preparationTime",), rule="preparation_time")


def price_faults(price: int, *path: str) -> Iterator[InvalidInput]:
    """What is wrong with a price in minor units."""
    if not 0 <= price <= DEAREST:
        yield InvalidInput("This is no price of something to eat.", path, rule="price")
