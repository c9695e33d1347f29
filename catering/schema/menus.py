"""Restaurants and what they sell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import strawberry
from strawberry import ID

from catering import models
from catering.domain import products, restaurants
from catering.domain.ids import Prefix
from catering.domain.products import (
    Allergen,
    Availability,
    AvailabilitySource,
    Diet,
    ProductKind,
)
from catering.domain.ratings import average
from catering.domain.slots import Capacity

from .choices import ModifierGroup, ProductVariant
from .directives import about
from .exposing import Info, Node, View, encoded, exposes
from .having import counted_by, had_by
from .hours import DeliveryZone, ExceptionalDay, OpeningDay
from .listing import ProductFilter, ProductSort, product_sort
from .loaders import rows
from .paging import Among, Connection, Slice, Sort, page, paged
from .prices import currency_of, priced_by
from .providers import ProviderLink
from .ratings import Rating
from .scalars import URL
from .values import Address, Money


@strawberry.type(description="How many tickets a kitchen takes on at a time.")
class KitchenCapacity:
    """Slots follow each other without a gap, from every full hour on."""

    tickets: int
    slot: timedelta


@exposes(models.Category)
class MenuCategory(View):
    """A chapter of a menu."""

    name: str

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.CATEGORY, self.row.id)

    @about(50)
    @strawberry.field(description="What is in it, in the restaurant's order.")
    async def products(self, info: Info) -> list[Product]:
        found = await info.context.loaders.of(models.Product, "category_id", self.row.id)
        return Product.each(row for row in found if row.removed_at is None)


@exposes(models.Product)
class Product(View, Node):
    """A dish that is cooked, or goods from a shelf."""

    prefix: ClassVar = Prefix.PRODUCT

    name: str
    description: str | None
    kind: ProductKind
    allergens: list[Allergen] | None
    diets: list[Diet]
    checked_at: datetime | None
    updated_at: datetime

    @strawberry.field(description="Today's price.")
    async def price(self, info: Info) -> Money:
        return Money.of(self.row.price, await currency_of(info, self.row.restaurant_id))

    availability = had_by(products.availability)
    available_quantity = counted_by(products.left)

    @strawberry.field(description="When it can be had again.")
    def snoozed_until(self) -> datetime | None:
        snoozed = products.availability(self.row, self.row.now) is Availability.SNOOZED
        return self.row.snoozed_until if snoozed else None

    @about(5)
    @strawberry.field(description="Sizes and kinds; where there are any, one has to be chosen.")
    async def variants(self, info: Info) -> list[ProductVariant]:
        found = await info.context.loaders.of(models.Variant, "product_id", self.row.id)
        return ProductVariant.each(row for row in found if row.removed_at is None)

    @about(5)
    @strawberry.field(description="What can be added, group by group.")
    async def modifier_groups(self, info: Info) -> list[ModifierGroup]:
        found = await info.context.loaders.of(models.ModifierGroup, "product_id", self.row.id)
        return ModifierGroup.each(row for row in found if row.removed_at is None)

    @strawberry.field(description="Who last told whether it can be had, at `checkedAt`.")
    def availability_source(self) -> AvailabilitySource:
        return self.row.source  # type: ignore[no-any-return]

    @strawberry.field(description="How many portions are sold a day; null where nobody counts.")
    def daily_quota(self) -> int | None:
        return self.row.daily_quota  # type: ignore[no-any-return]

    @strawberry.field(description="How long this dish needs; null where it is as all the others.")
    def preparation_time(self) -> timedelta | None:
        minutes = self.row.preparation_minutes
        return None if minutes is None else timedelta(minutes=minutes)

    price_history = priced_by(models.PriceChange.product_id)

    @strawberry.field(description="A picture.")
    def image(self) -> URL | None:
        return self.row.image  # type: ignore[no-any-return]

    @strawberry.field(description="The chapter it stands in.")
    async def category(self, info: Info) -> MenuCategory:
        found = await info.context.loaders.one(models.Category, self.row.category_id)
        return MenuCategory.of(found)

    @strawberry.field(description="Who sells it.")
    async def restaurant(self, info: Info) -> Restaurant:
        found = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        return Restaurant.of(found)


@exposes(models.Restaurant)
class Restaurant(View, Node):
    """One kitchen with one door."""

    prefix: ClassVar = Prefix.RESTAURANT

    name: str
    slug: str
    time_zone: str
    discards_undelivered: bool

    @strawberry.field(description="Where it is.")
    def address(self) -> Address:
        return Address.of(self.row)

    @strawberry.field(description="Whether it takes orders now.")
    def accepts_orders(self) -> bool:
        return restaurants.takes_orders(self.row, self.row.now)

    @strawberry.field(description="When that changes next; null when it never does.")
    def next_transition_at(self) -> datetime | None:
        return restaurants.next_change(self.row, self.row.now)

    @strawberry.field(description="How long it needs now; `extraMinutes` are part of it.")
    def preparation_time(self) -> timedelta:
        return restaurants.preparation(self.row, self.row.now)

    @about(7)
    @strawberry.field(description="An ordinary week. A day that is not listed is closed.")
    def opening_hours(self) -> list[OpeningDay]:
        return OpeningDay.week(self.row.opening_hours)

    @about(10)
    @strawberry.field(description="Days that are not as ever, from yesterday on.")
    def exceptional_days(self) -> list[ExceptionalDay]:
        return ExceptionalDay.each(self.row.exceptional_days, self.row)

    @strawberry.field(description="Where it delivers.")
    def delivery_zone(self) -> DeliveryZone:
        return DeliveryZone.of(restaurants.zone(self.row))

    @strawberry.field(description="Whether it takes no orders for a while, whatever its hours say.")
    def paused(self) -> bool:
        return restaurants.is_paused(self.row, self.row.now)

    @strawberry.field(description="When the pause ends by itself.")
    def paused_until(self) -> datetime | None:
        return self.row.paused_until if self.paused() else None

    @strawberry.field(description="Why it takes no orders.")
    def pause_reason(self) -> str | None:
        return self.row.pause_reason if self.paused() else None

    @strawberry.field(description="Until when it needs longer than usual.")
    def busy_until(self) -> datetime | None:
        busy = restaurants.is_busy(self.row, self.row.now)
        return self.row.busy_until if busy else None

    @strawberry.field(description="How much longer than usual it needs now.")
    def extra_minutes(self) -> int:
        return self.row.extra_minutes if self.busy_until() else 0

    @strawberry.field(description="What its kitchen takes on; null where nobody counts.")
    def kitchen_capacity(self) -> KitchenCapacity | None:
        capacity = Capacity.of(self.row)
        if capacity is None:
            return None
        return KitchenCapacity(tickets=capacity.tickets, slot=capacity.length)

    @strawberry.field(description="Stars on average, with two digits; null before the first.")
    def rating(self) -> float | None:
        return average(self.row.rating_sum, self.row.rating_count)

    @strawberry.field(description="How many customers have said something.")
    def rating_count(self) -> int:
        return self.row.rating_count  # type: ignore[no-any-return]

    @paged("first", "last")
    @strawberry.field(description="What they said, the newest first.")
    async def ratings(self, info: Info, part: Slice) -> Connection[Rating] | None:
        rating = models.Rating
        here = Among(rating.restaurant_id, self.row.id)
        newest = Sort((rating.created_at, rating.id), True)
        return await page(info, Rating, rows(rating, info.context.actor), newest, part, here)

    @strawberry.field(description="The outside system that it is reached through.")
    async def provider(self, info: Info) -> ProviderLink | None:
        account = await info.context.loaders.one(models.ProviderAccount, self.row.account_id)
        if account is None:
            return None
        return ProviderLink.to(account, self.row.location or self.row.slug)

    async def is_own(self, info: Info) -> bool:
        return await works_at(info, self.row.id)

    @about(20)
    @strawberry.field(description="The whole menu, chapter by chapter.")
    async def menu(self, info: Info) -> list[MenuCategory]:
        found = await info.context.loaders.of(models.Category, "restaurant_id", self.row.id)
        return MenuCategory.each(row for row in found if row.removed_at is None)

    @paged("first", "last")
    @strawberry.field(description="Products of this restaurant.")
    async def products(
        self,
        info: Info,
        part: Slice,
        filter: ProductFilter | None = None,
        order_by: ProductSort | None = None,
    ) -> Connection[Product] | None:
        query = rows(models.Product, info.context.actor).where(models.Product.removed_at.is_(None))
        query = filter.narrow(query) if filter else query
        here = Among(models.Product.restaurant_id, self.row.id, repr((filter, order_by)))
        sort = product_sort(order_by, filter.search if filter else None)
        return await page(info, Product, query, sort, part, here)


async def works_at(info: Info, restaurant_id: UUID) -> bool:
    """Whether the caller is of the staff of a restaurant."""
    actor = info.context.actor
    if actor is None or actor.id is None:
        return False
    staff = await info.context.loaders.of(models.Staff, "user_id", actor.id)
    return any(row.restaurant_id == restaurant_id for row in staff)
