"""What products cost, and what they did cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy.orm import InstrumentedAttribute

from catering import models
from catering.domain.people import Role

from .exposing import Info, View, exposes
from .loaders import rows
from .paging import Among, Connection, Slice, Sort, page, paged
from .people import User
from .values import Money


@exposes(models.PriceChange)
class PriceChange(View):
    """What a product, or what can be chosen of it, cost, and what it costs since."""

    changed_at: datetime
    actor_role: Role | None

    @strawberry.field(description="Before; null for the first price of all.")
    async def old(self, info: Info) -> Money | None:
        return (
            None
            if self.row.old is None
            else await money_of(info, self.row.old, self.row.product_id)
        )

    @strawberry.field(description="Since then.")
    async def new(self, info: Info) -> Money:
        return await money_of(info, self.row.new, self.row.product_id)

    @strawberry.field(description="Who changed it; null where a file or the system did.")
    async def actor(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.row.actor_id))


def priced_by(whose: InstrumentedAttribute[Any]) -> Any:
    """The field `priceHistory` of something that has a price; `whose` is the column that names
    it."""

    async def price_history(self: Any, info: Info, part: Slice) -> Connection[PriceChange] | None:
        change = models.PriceChange
        query = rows(change, info.context.actor)
        if whose is change.product_id:  # every price is of a product, also that of a choice
            query = query.where(change.variant_id.is_(None), change.modifier_id.is_(None))
        newest = Sort((change.changed_at, change.id), descending=True)
        return await page(info, PriceChange, query, newest, part, Among(whose, self.row.id))

    told = "What it cost, the newest first; for those who make the prices."
    return paged("first", "last")(strawberry.field(price_history, description=told))


async def money_of(info: Info, minor: int, product_id: UUID) -> Money:
    """An amount in the currency in which a product is sold."""
    product = await info.context.loaders.one(models.Product, product_id)
    assert product is not None
    return Money.of(minor, await currency_of(info, product.restaurant_id))


async def currency_of(info: Info, restaurant_id: UUID) -> str:
    """What a restaurant is paid in."""
    home = await info.context.loaders.one(models.Restaurant, restaurant_id)
    assert home is not None
    return str(home.currency)
