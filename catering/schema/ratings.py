"""What customers say about restaurants and drivers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.domain.ids import Prefix

from .exposing import Info, View, encoded, exposes

if TYPE_CHECKING:
    from .menus import Restaurant
    from .people import Driver


@exposes(models.Rating)
class Rating(View):
    """One to five stars for a restaurant, or for a driver, of one order; from whom is not told."""

    stars: int
    comment: str | None
    reply: str | None
    replied_at: datetime | None
    created_at: datetime

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.RATING, self.row.id)

    @strawberry.field(description="Which restaurant; null where it is about a driver.")
    async def restaurant(
        self, info: Info
    ) -> Annotated[Restaurant, strawberry.lazy(".menus")] | None:
        from .menus import Restaurant

        found = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        return Restaurant.maybe(found)

    @strawberry.field(description="Which driver; null where it is about a restaurant.")
    async def driver(self, info: Info) -> Annotated[Driver, strawberry.lazy(".people")] | None:
        from .people import Driver

        return Driver.maybe(await info.context.loaders.one(models.Driver, self.row.driver_id))
