"""Intentions about offers."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.offering import (
    AcceptOfferInput,
    AcceptOfferPayload,
    DeclineOfferInput,
    DeclineOfferPayload,
)
from catering.schema.exposing import Info
from catering.services import offering


@strawberry.type
class Offering:
    @command
    async def accept_offer(self, info: Info, input: AcceptOfferInput) -> AcceptOfferPayload | None:
        """Take a delivery."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.OFFER, input.offer_id, "offerId")
            return await offering.accept(session, id, by=by)

        return await perform(info, AcceptOfferPayload, input, do)

    @command
    async def decline_offer(
        self, info: Info, input: DeclineOfferInput
    ) -> DeclineOfferPayload | None:
        """Leave a delivery to somebody else. It costs nothing."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.OFFER, input.offer_id, "offerId")
            return await offering.decline(session, id, by=by)

        return await perform(info, DeclineOfferPayload, input, do)
