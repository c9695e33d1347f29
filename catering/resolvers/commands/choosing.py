"""Intentions about what can be chosen of a product."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.choosing import (
    SetModifierAvailabilityInput,
    SetModifierAvailabilityPayload,
    SetModifierGroupsInput,
    SetModifierGroupsPayload,
    SetVariantAvailabilityInput,
    SetVariantAvailabilityPayload,
    SetVariantsInput,
    SetVariantsPayload,
)
from catering.schema.exposing import Info
from catering.services import choosing


@strawberry.type
class Choosing:
    @command
    async def set_variants(self, info: Info, input: SetVariantsInput) -> SetVariantsPayload | None:
        """Say in which sizes or kinds a product is sold."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            offered = [one.offered() for one in input.variants]
            return await choosing.set_variants(session, id, offered, by=by)

        return await perform(info, SetVariantsPayload, input, do)

    @command
    async def set_modifier_groups(
        self, info: Info, input: SetModifierGroupsInput
    ) -> SetModifierGroupsPayload | None:
        """Say what can be added to a product, and how much of it."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            offered = [one.offered() for one in input.groups]
            return await choosing.set_modifier_groups(session, id, offered, by=by)

        return await perform(info, SetModifierGroupsPayload, input, do)

    @command
    async def set_variant_availability(
        self, info: Info, input: SetVariantAvailabilityInput
    ) -> SetVariantAvailabilityPayload | None:
        """Say whether a variant can be had."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.VARIANT, input.variant_id, "variantId")
            supply = input.supply()
            return await choosing.set_variant_availability(session, id, supply, by=by)

        return await perform(info, SetVariantAvailabilityPayload, input, do)

    @command
    async def set_modifier_availability(
        self, info: Info, input: SetModifierAvailabilityInput
    ) -> SetModifierAvailabilityPayload | None:
        """Say whether a modifier can be had."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.MODIFIER, input.modifier_id, "modifierId")
            supply = input.supply()
            return await choosing.set_modifier_availability(session, id, supply, by=by)

        return await perform(info, SetModifierAvailabilityPayload, input, do)
