"""What can be chosen of a product: its variants and its modifiers."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID

from catering import models
from catering.domain import choices
from catering.domain.ids import Prefix

from .directives import about
from .exposing import Info, View, encoded, exposes
from .having import counted_by, had_by
from .prices import money_of, priced_by
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

    availability = had_by(choices.availability)
    available_quantity = counted_by(choices.left)
    price_history = priced_by(models.PriceChange.variant_id)


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

    availability = had_by(choices.availability)
    available_quantity = counted_by(choices.left)
    price_history = priced_by(models.PriceChange.modifier_id)
