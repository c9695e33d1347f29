"""The same again: what it costs today, and ordering it."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import ID

from catering import models
from catering.domain.baskets import Basket, Destination
from catering.domain.geography import Point
from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.resolvers.fields import Done, command, perform, query
from catering.schema.asking import decoded
from catering.schema.commands.reordering import ReorderInput, ReorderPayload, ReorderQuotePayload
from catering.schema.exposing import Info
from catering.schema.listing import known
from catering.schema.orders import lines_of
from catering.services import ordering, reordering


@strawberry.type
class ReorderQueries:
    @query
    async def reorder_quote(self, info: Info, order_id: ID) -> ReorderQuotePayload | None:
        """What the basket of an old order costs today, and what of it cannot be had."""
        ids = known(Prefix.ORDER, [order_id])
        old = await info.context.loaders.one(models.Order, ids[0] if ids else None)
        if old is None:
            return None
        lines = reordering.asked_for(await lines_of(info, old))
        door = Destination(old.address_line, Point(old.latitude, old.longitude))
        basket = Basket(reordering.portions(lines), door)
        try:
            async with info.context.transaction() as session:
                price = await ordering.quote(session, basket)
        except Refused as refused:
            return ReorderQuotePayload.refused(refused.refusals).counted_in(lines)
        return ReorderQuotePayload.done(price).counted_in(lines)


@strawberry.type
class Reordering:
    @command
    async def reorder(self, info: Info, input: ReorderInput) -> ReorderPayload | None:
        """Place a new order of the same things, at today's prices: all of them, or none."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await reordering.reorder(session, id, input.again(), by=by)

        return await perform(info, ReorderPayload, input, do)
