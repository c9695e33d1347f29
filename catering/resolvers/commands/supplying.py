"""Intentions about what can be had."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.supplying import (
    SetAvailabilityInput,
    SetAvailabilityPayload,
    SetDailyQuotaInput,
    SetDailyQuotaPayload,
    SnoozeProductInput,
    SnoozeProductPayload,
)
from catering.schema.exposing import Info
from catering.services import supplying


@strawberry.type
class Supplying:
    @command
    async def set_availability(
        self, info: Info, input: SetAvailabilityInput
    ) -> SetAvailabilityPayload | None:
        """Say whether a product can be had, or how many there are."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await supplying.set_availability(session, id, input.supply(), by=by)

        return await perform(info, SetAvailabilityPayload, input, do)

    @command
    async def snooze_product(
        self, info: Info, input: SnoozeProductInput
    ) -> SnoozeProductPayload | None:
        """Do not sell a product for a while; it comes back by itself."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await supplying.snooze(session, id, input.until, by=by)

        return await perform(info, SnoozeProductPayload, input, do)

    @command
    async def set_daily_quota(
        self, info: Info, input: SetDailyQuotaInput
    ) -> SetDailyQuotaPayload | None:
        """Sell so many portions a day; at midnight all of them are there again."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.PRODUCT, input.product_id, "productId")
            return await supplying.set_daily_quota(session, id, input.portions, by=by)

        return await perform(info, SetDailyQuotaPayload, input, do)
