"""Intentions to change an order that was placed."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.amending import (
    ChangeOrderDetailsInput,
    ChangeOrderDetailsPayload,
    ReplaceOrderLinesInput,
    ReplaceOrderLinesPayload,
)
from catering.schema.exposing import Info
from catering.services import amending, replacing


@strawberry.type
class Amending:
    @command
    async def replace_order_lines(
        self, info: Info, input: ReplaceOrderLinesInput
    ) -> ReplaceOrderLinesPayload | None:
        """Order this instead, at today's prices; until a kitchen was handed its ticket."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await replacing.replace_lines(session, id, input.replacement(), by=by)

        return await perform(info, ReplaceOrderLinesPayload, input, do)

    @command
    async def change_order_details(
        self, info: Info, input: ChangeOrderDetailsInput
    ) -> ChangeOrderDetailsPayload | None:
        """Change door, phone, notes or window, each as long as it can still be told."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await amending.change_details(session, id, input.details(), by=by)

        return await perform(info, ChangeOrderDetailsPayload, input, do)
