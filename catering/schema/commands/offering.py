"""Intentions about offers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.deliveries import Delivery, Offer
from catering.schema.describing import answers, asks, why_not
from catering.schema.exposing import Info
from catering.schema.refusals import (
    DriverBusy,
    DriverOffline,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    NotFound,
    OfferExpired,
    OfferTaken,
)


@asks
class AcceptOfferInput:
    offer_id: ID
    idempotency_key: str


AcceptOfferError = Annotated[
    DriverBusy
    | DriverOffline
    | ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | NotFound
    | OfferExpired
    | OfferTaken,
    why_not("AcceptOfferError"),
]


@answers
class AcceptOfferPayload(Payload):
    errors: list[AcceptOfferError]
    query = onwards()
    offer = shows(Offer, models.Offer)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await _offered(info, self.result)


@asks
class DeclineOfferInput:
    offer_id: ID
    idempotency_key: str


DeclineOfferError = Annotated[
    IdempotencyConflict | InvalidInput | NotFound | OfferExpired | OfferTaken,
    why_not("DeclineOfferError"),
]


@answers
class DeclineOfferPayload(Payload):
    errors: list[DeclineOfferError]
    query = onwards()
    offer = shows(Offer, models.Offer)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await _offered(info, self.result)


async def _offered(info: Info, offer_id: UUID | None) -> Delivery | None:
    row = await info.context.loaders.one(models.Offer, offer_id)
    found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
    return Delivery.maybe(found)
