"""Intentions about orders."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, short
from catering.schema.commands.ordering import (
    CancelOrderInput,
    CancelOrderPayload,
    PlaceOrderInput,
    PlaceOrderPayload,
)
from catering.schema.exposing import Info
from catering.services import cancelling, ordering


@strawberry.type
class Ordering:
    @command
    async def place_order(self, info: Info, input: PlaceOrderInput) -> PlaceOrderPayload | None:
        """Order dishes of one or more restaurants to one door, at today's prices."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await ordering.place(session, input.wish(), by=by)

        return await perform(info, PlaceOrderPayload, input, do)

    @command
    async def cancel_order(self, info: Info, input: CancelOrderInput) -> CancelOrderPayload | None:
        """Call an order off; its customer pays `cancellationFee`. He can until it is on its way."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            comment = short(input.comment, LONGEST_NOTE, "comment")
            return await cancelling.cancel(session, id, input.reason, comment, by=by)

        return await perform(info, CancelOrderPayload, input, do)
