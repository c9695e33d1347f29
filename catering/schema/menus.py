"""Restaurants and what they sell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import strawberry
from sqlalchemy import Select, SQLColumnExpression, false, func, or_, select
from strawberry import ID

from catering import models
from catering.database import now
from catering.domain import ids, restaurants
from catering.domain.ids import Prefix
from catering.domain.products import Availability, ProductKind, availability

from .directives import about
from .enums import OrderDirection
from .exposing import Info, Node, View, encoded, exposes
from .hours import DeliveryZone, ExceptionalDay, OpeningDay
from .loaders import rows
from .paging import Among, Connection, Slice, Sort, page
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
        return Product.each(found)


@exposes(models.Product)
class Product(View, Node):
    """A dish that is cooked, or goods from a shelf."""

    prefix: ClassVar = Prefix.PRODUCT

    name: str
    description: str | None
    kind: ProductKind
    checked_at: datetime | None
    updated_at: datetime

    @strawberry.field(description="Today's price.")
    async def price(self, info: Info) -> Money:
        home = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        assert home is not None
        return Money.of(self.row.price, home.currency)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return available(self.row)

    @strawberry.field(description="How many are left; null where nobody counts.")
    def available_quantity(self) -> int | None:
        gone = available(self.row) in {Availability.SNOOZED, Availability.UNAVAILABLE}
        return 0 if gone else self.row.stock

    @strawberry.field(description="When it can be had again.")
    def snoozed_until(self) -> datetime | None:
        snoozed = available(self.row) is Availability.SNOOZED
        return self.row.snoozed_until if snoozed else None

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


@strawberry.enum(description="What products are sorted by.")
class ProductSortField(Enum):
    """POSITION is the place in the menu."""

    NAME = "NAME"
    POSITION = "POSITION"
    PRICE = "PRICE"


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
            query = query.where(product.name.icontains(self.search, autoescape=True))
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

    @about(20)
    @strawberry.field(description="The whole menu, chapter by chapter.")
    async def menu(self, info: Info) -> list[MenuCategory]:
        found = await info.context.loaders.of(models.Category, "restaurant_id", self.row.id)
        return MenuCategory.each(found)

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
        query = rows(models.Product, info.context.actor)
        query = filter.narrow(query) if filter else query
        here = Among(models.Product.restaurant_id, self.row.id, repr((filter, order_by)))
        part = Slice(first, after, last, before)
        return await page(info, Product, query, _product_sort(order_by), part, here)


def available(product: Any) -> Availability:
    """Whether a product can be had now."""
    return availability(
        unavailable=product.unavailable, snoozed_until=product.snoozed_until, stock=product.stock,
        now=product.now,
    )  # fmt: skip


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
    gone = product.unavailable | (func.coalesce(product.stock, 1) <= 0)
    asleep = func.coalesce(product.snoozed_until > now(), False)
    return {
        Availability.UNAVAILABLE: gone,
        Availability.SNOOZED: ~gone & asleep,
        Availability.LIMITED: ~gone & ~asleep & product.stock.is_not(None),
        Availability.AVAILABLE: ~gone & ~asleep & product.stock.is_(None),
    }[state]


def _product_sort(by: ProductSort | None) -> Sort:
    product = models.Product
    field = by.field if by else ProductSortField.POSITION
    chapter = select(models.Category.rank).where(models.Category.id == product.category_id)
    columns: dict[ProductSortField, tuple[SQLColumnExpression[Any], ...]] = {
        ProductSortField.NAME: (product.name,),
        ProductSortField.POSITION: (chapter.scalar_subquery(), product.rank),
        ProductSortField.PRICE: (product.price,),
    }
    down = by is not None and by.direction is OrderDirection.DESC
    return Sort((*columns[field], product.id), down)
