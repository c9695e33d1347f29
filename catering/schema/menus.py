"""Restaurants and what they sell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import strawberry
from sqlalchemy import Select, SQLColumnExpression, case, false, func, or_, select
from strawberry import ID

from catering import models
from catering.database import now
from catering.domain import ids, products, restaurants
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.domain.products import (
    Allergen,
    Availability,
    AvailabilitySource,
    Diet,
    ProductKind,
)
from catering.domain.ratings import average

from . import searching
from .directives import about
from .enums import OrderDirection
from .exposing import Info, Node, View, encoded, exposes
from .hours import DeliveryZone, ExceptionalDay, OpeningDay
from .loaders import rows
from .paging import Among, Connection, Slice, Sort, misused, page
from .people import User
from .ratings import Rating
from .scalars import URL
from .values import Address, Money


@strawberry.type(description="The outside system behind something here.")
class ProviderLink:
    """Whose system it is, and what it is called there."""

    provider: str
    external_id: str
    synced_at: datetime | None
    healthy: bool


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
        home = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        assert home is not None
        return Money.of(self.row.price, home.currency)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return products.availability(self.row, self.row.now)

    @strawberry.field(description="How many are left; null where nobody counts.")
    def available_quantity(self) -> int | None:
        return products.left(self.row, self.row.now)

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

    @strawberry.field(description="What it cost, the newest first; for those who make the prices.")
    async def price_history(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Connection[PriceChange] | None:
        change = models.PriceChange
        here = Among(change.product_id, self.row.id)
        sort = Sort((change.changed_at, change.id), descending=True)
        query, part = rows(change, info.context.actor), Slice(first, after, last, before)
        return await page(info, PriceChange, query, sort, part, here)

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


class _Choosable(View):
    """What variants and modifiers share."""

    async def _money(self, info: Info, product_id: UUID) -> Money:
        product = await info.context.loaders.one(models.Product, product_id)
        assert product is not None
        home = await info.context.loaders.one(models.Restaurant, product.restaurant_id)
        assert home is not None
        return Money.of(self.row.price, home.currency)

    def _availability(self) -> Availability:
        if products.is_gone(self.row):
            return Availability.UNAVAILABLE
        asleep = products.is_asleep(self.row, self.row.now)
        return Availability.SNOOZED if asleep else Availability.AVAILABLE


@exposes(models.Variant)
class ProductVariant(_Choosable):
    """A size or a kind of a product."""

    name: str
    checked_at: datetime | None

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.VARIANT, self.row.id)

    @strawberry.field(description="Instead of the product's.")
    async def price(self, info: Info) -> Money:
        return await self._money(info, self.row.product_id)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return self._availability()


@exposes(models.ModifierGroup)
class ModifierGroup(View):
    """What is chosen from together: at least `minimum`, at most `maximum` in each portion."""

    name: str
    minimum: int
    maximum: int

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.MODIFIER_GROUP, self.row.id)

    @about(10)
    @strawberry.field(description="What is in it.")
    async def modifiers(self, info: Info) -> list[Modifier]:
        found = await info.context.loaders.of(models.Modifier, "group_id", self.row.id)
        return Modifier.each(row for row in found if row.removed_at is None)


@exposes(models.Modifier)
class Modifier(_Choosable):
    """Something that can be added to a portion."""

    name: str
    most: int
    checked_at: datetime | None

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.MODIFIER, self.row.id)

    @strawberry.field(description="For one of it, on top of the product's price.")
    async def price(self, info: Info) -> Money:
        group = await info.context.loaders.one(models.ModifierGroup, self.row.group_id)
        assert group is not None
        return await self._money(info, group.product_id)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return self._availability()


@exposes(models.PriceChange)
class PriceChange(View):
    """What a product cost, and what it costs since."""

    changed_at: datetime
    actor_role: Role | None

    @strawberry.field(description="Before; null for the first price of all.")
    async def old(self, info: Info) -> Money | None:
        return None if self.row.old is None else await self._money(info, self.row.old)

    @strawberry.field(description="Since then.")
    async def new(self, info: Info) -> Money:
        return await self._money(info, self.row.new)

    @strawberry.field(description="Who changed it; null where a file or the system did.")
    async def actor(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.row.actor_id))

    async def _money(self, info: Info, minor: int) -> Money:
        product = await info.context.loaders.one(models.Product, self.row.product_id)
        assert product is not None
        home = await info.context.loaders.one(models.Restaurant, product.restaurant_id)
        assert home is not None
        return Money.of(minor, home.currency)


@strawberry.enum(description="What products are sorted by.")
class ProductSortField(Enum):
    """POSITION is the place in the menu. RELEVANCE needs `filter.search`; ASC: the best first."""

    NAME = "NAME"
    POSITION = "POSITION"
    PRICE = "PRICE"
    RELEVANCE = "RELEVANCE"


@strawberry.input(description="How products are sorted.")
class ProductSort:
    """Ties are told apart by id."""

    field: ProductSortField
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input(description="Which products. Members are joined by AND, values of a list by OR.")
class ProductFilter:
    """Null means: does not matter."""

    availability: list[Availability] | None = None
    kind: list[ProductKind] | None = None
    category: list[ID] | None = None
    search: str | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query with these conditions."""
        product = models.Product
        if self.kind is not None:
            query = query.where(product.kind.in_(self.kind))
        if self.category is not None:
            query = query.where(
                product.category_id.in_(list(known(Prefix.CATEGORY, self.category)))
            )
        if self.search:
            query = query.where(searching.speaks_of(searching.of_product(), self.search))
        if self.availability is not None:
            query = query.where(or_(false(), *(_is(state) for state in self.availability)))
        return query


@exposes(models.Restaurant)
class Restaurant(View, Node):
    """One kitchen with one door."""

    prefix: ClassVar = Prefix.RESTAURANT

    name: str
    slug: str
    time_zone: str

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

    @strawberry.field(description="Stars on average, with two digits; null before the first.")
    def rating(self) -> float | None:
        return average(self.row.rating_sum, self.row.rating_count)

    @strawberry.field(description="How many customers have said something.")
    def rating_count(self) -> int:
        return self.row.rating_count  # type: ignore[no-any-return]

    @strawberry.field(description="What they said, the newest first.")
    async def ratings(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Connection[Rating] | None:
        rating = models.Rating
        here = Among(rating.restaurant_id, self.row.id)
        newest = Sort((rating.created_at, rating.id), True)
        part = Slice(first, after, last, before)
        return await page(info, Rating, rows(rating, info.context.actor), newest, part, here)

    @strawberry.field(description="The outside system that it is reached through.")
    async def provider(self, info: Info) -> ProviderLink | None:
        account = await info.context.loaders.one(models.ProviderAccount, self.row.account_id)
        if account is None:
            return None
        return ProviderLink(
            provider=account.title,
            external_id=self.row.location or self.row.slug,
            synced_at=None,
            healthy=account.enabled,
        )

    async def is_own(self, info: Info) -> bool:
        return await works_at(info, self.row.id)

    @about(20)
    @strawberry.field(description="The whole menu, chapter by chapter.")
    async def menu(self, info: Info) -> list[MenuCategory]:
        found = await info.context.loaders.of(models.Category, "restaurant_id", self.row.id)
        return MenuCategory.each(row for row in found if row.removed_at is None)

    @strawberry.field(description="Products of this restaurant.")
    async def products(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
        filter: ProductFilter | None = None,
        order_by: ProductSort | None = None,
    ) -> Connection[Product] | None:
        query = rows(models.Product, info.context.actor).where(models.Product.removed_at.is_(None))
        query = filter.narrow(query) if filter else query
        here = Among(models.Product.restaurant_id, self.row.id, repr((filter, order_by)))
        part = Slice(first, after, last, before)
        sort = _product_sort(order_by, filter.search if filter else None)
        return await page(info, Product, query, sort, part, here)


async def works_at(info: Info, restaurant_id: UUID) -> bool:
    """Whether the caller is of the staff of a restaurant."""
    actor = info.context.actor
    if actor is None or actor.id is None:
        return False
    staff = await info.context.loaders.of(models.Staff, "user_id", actor.id)
    return any(row.restaurant_id == restaurant_id for row in staff)


def known(prefix: Prefix, given: Sequence[ID]) -> Sequence[UUID]:
    """The ids of one kind among these; others name nothing."""
    found = list[UUID]()
    for text in given:
        try:
            kind, id = ids.decode(text)
        except ids.NotAnId:
            continue
        if kind is prefix:
            found.append(id)
    return found


def _is(state: Availability) -> Any:
    product = models.Product
    is_today = func.coalesce(product.quota_until > now(), False)
    portions = case((is_today, product.quota_left), else_=product.daily_quota)
    left = func.least(product.stock, portions)  # which passes over nulls
    gone = product.unavailable | (func.coalesce(left, 1) <= 0)
    asleep = func.coalesce(product.snoozed_until > now(), False)
    return {
        Availability.UNAVAILABLE: gone,
        Availability.SNOOZED: ~gone & asleep,
        Availability.LIMITED: ~gone & ~asleep & left.is_not(None),
        Availability.AVAILABLE: ~gone & ~asleep & left.is_(None),
    }[state]


def _product_sort(by: ProductSort | None, search: str | None) -> Sort:
    product = models.Product
    usual = ProductSortField.RELEVANCE if search else ProductSortField.POSITION
    field = by.field if by else usual
    if field is ProductSortField.RELEVANCE:
        if not search:
            raise misused("To sort by RELEVANCE, say with filter.search what you look for.")
        worst_first = by is not None and by.direction is OrderDirection.DESC
        fit = searching.relevance(searching.of_product(), search)
        return Sort((fit, product.id), not worst_first)
    chapter = select(models.Category.rank).where(models.Category.id == product.category_id)
    columns: dict[ProductSortField, tuple[SQLColumnExpression[Any], ...]] = {
        ProductSortField.NAME: (product.name,),
        ProductSortField.POSITION: (chapter.scalar_subquery(), product.rank),
        ProductSortField.PRICE: (product.price,),
    }
    down = by is not None and by.direction is OrderDirection.DESC
    return Sort((*columns[field], product.id), down)
