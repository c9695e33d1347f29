"""Intentions about menus."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.composing import (
    AddCategoryInput,
    AddCategoryPayload,
    AddProductInput,
    AddProductPayload,
    ChangeProductDetailsInput,
    ChangeProductDetailsPayload,
    ChangeProductPriceInput,
    ChangeProductPricePayload,
    RemoveCategoryInput,
    RemoveCategoryPayload,
    RemoveProductInput,
    RemoveProductPayload,
    RenameCategoryInput,
    RenameCategoryPayload,
)
from catering.schema.exposing import Info
from catering.services import composing


@strawberry.type
class Composing:
    @command
    async def add_category(self, info: Info, input: AddCategoryInput) -> AddCategoryPayload | None:
        """Add a chapter at the end of a menu."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await composing.add_category(session, id, input.name, by=by)

        return await perform(info, AddCategoryPayload, input, do)

    @command
    async def rename_category(
        self, info: Info, input: RenameCategoryInput
    ) -> RenameCategoryPayload | None:
        """Give a chapter of a menu another name."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.CATEGORY, input.category_id, "categoryId")
            return await composing.rename_category(session, id, input.name, by=by)

        return await perform(info, RenameCategoryPayload, input, do)

    @command
    async def remove_category(
        self, info: Info, input: RemoveCategoryInput
    ) -> RemoveCategoryPayload | None:
        """Take an empty chapter out of a menu."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.CATEGORY, input.category_id, "categoryId")
            return await composing.remove_category(session, id, by=by)

        return await perform(info, RemoveCategoryPayload, input, do)

    @command
    async def add_product(self, info: Info, input: AddProductInput) -> AddProductPayload | None:
        """Put a dish or goods at the end of a chapter; it can be had at once."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.CATEGORY, input.category_id, "categoryId")
            price, facts = input.price.minor(), input.facts()
            return await composing.add_product(session, id, input.kind, price, facts, by=by)

        return await perform(info, AddProductPayload, input, do)

    @command
    async def change_product_details(
        self, info: Info, input: ChangeProductDetailsInput
    ) -> ChangeProductDetailsPayload | None:
        """Tell something new of a product, or move it to another chapter."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await composing.change_product(session, id, input.facts(), by=by)

        return await perform(info, ChangeProductDetailsPayload, input, do)

    @command
    async def change_product_price(
        self, info: Info, input: ChangeProductPriceInput
    ) -> ChangeProductPricePayload | None:
        """Ask another price from now on. What was ordered before costs what it did."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await composing.change_price(session, id, input.price.minor(), by=by)

        return await perform(info, ChangeProductPricePayload, input, do)

    @command
    async def remove_product(
        self, info: Info, input: RemoveProductInput
    ) -> RemoveProductPayload | None:
        """Take a product off the menu for good."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await composing.remove_product(session, id, by=by)

        return await perform(info, RemoveProductPayload, input, do)
