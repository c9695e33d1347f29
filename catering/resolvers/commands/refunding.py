"""Giving money back."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.refunding import RefundOrderInput, RefundOrderPayload
from catering.schema.exposing import Info
from catering.services import refunding


@strawberry.type
class Refunding:
    @command
    async def refund_order(self, info: Info, input: RefundOrderInput) -> RefundOrderPayload | None:
        """Give back something of what was paid for an order that has ended."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await refunding.refund(session, id, input.claim(), by=by)

        return await perform(info, RefundOrderPayload, input, do)
