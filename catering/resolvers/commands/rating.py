"""Intentions about ratings."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.rating import (
    RateDriverInput,
    RateDriverPayload,
    RateRestaurantInput,
    RateRestaurantPayload,
    ReplyToRatingInput,
    ReplyToRatingPayload,
)
from catering.schema.exposing import Info
from catering.services import rating


@strawberry.type
class RatingMutations:
    @command
    async def rate_restaurant(
        self, info: Info, input: RateRestaurantInput
    ) -> RateRestaurantPayload | None:
        """Say how the food of one restaurant of an order was: once, after it has come."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            order = decoded(Prefix.ORDER, input.order_id, "orderId")
            restaurant = decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId")
            return await rating.rate_restaurant(
                session, order, restaurant, input.stars, input.comment, by=by
            )

        return await perform(info, RateRestaurantPayload, input, do)

    @command
    async def rate_driver(self, info: Info, input: RateDriverInput) -> RateDriverPayload | None:
        """Say how our driver was: once, after the order has come."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            order = decoded(Prefix.ORDER, input.order_id, "orderId")
            return await rating.rate_driver(session, order, input.stars, input.comment, by=by)

        return await perform(info, RateDriverPayload, input, do)

    @command
    async def reply_to_rating(
        self, info: Info, input: ReplyToRatingInput
    ) -> ReplyToRatingPayload | None:
        """Answer what was said about one's restaurant: once, for everybody to read."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.RATING, input.rating_id, "ratingId")
            return await rating.reply(session, id, input.text, by=by)

        return await perform(info, ReplyToRatingPayload, input, do)
