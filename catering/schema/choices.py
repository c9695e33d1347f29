"""What can be chosen of a product: its variants and its modifiers."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID

from catering import models
from catering.domain import choices
from catering.domain.ids import Prefix
from catering.domain.products import Availability

from .directives import about
from .exposing import Info, View, encoded, exposes
from .paging import Connection, Slice, paged
from .prices import PriceChange, history, money_of
from .values import Money


@exposes(models.Variant)
class ProductVariant(View):
    """A size or a kind of a product."""

    name: str
    checked_at: datetime | None

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.VARIANT, self.row.id)

    @strawberry.field(description="Instead of the product's.")
    async def price(self, info: Info) -> Money:
        return await money_of(info, self.row.price, self.row.product_id)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return choices.availability(self.row, self.row.now)

    @strawberry.field(description="How many are left; null where nobody counts.")
    def available_quantity(self) -> int | None:
        return choices.left(self.row, self.row.now)

    @paged("first", "last")
    @strawberry.field(description="What it cost, the newest first; for those who make the prices.")
    async def price_history(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Connection[PriceChange] | None:
        part = Slice(first, after, last, before)
        return await history(info, models.PriceChange.variant_id, self.row.id, part)


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
class Modifier(View):
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
        return await money_of(info, self.row.price, group.product_id)

    @strawberry.field(description="Whether it can be had now.")
    def availability(self) -> Availability:
        return choices.availability(self.row, self.row.now)

    @strawberry.field(description="How many are left; null where nobody counts.")
    def available_quantity(self) -> int | None:
        return choices.left(self.row, self.row.now)

    @paged("first", "last")
    @strawberry.field(description="What it cost, the newest first; for those who make the prices.")
    async def price_history(
        self,
        info: Info,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> Connection[PriceChange] | None:
        part = Slice(first, after, last, before)
        return await history(info, models.PriceChange.modifier_id, self.row.id, part)
