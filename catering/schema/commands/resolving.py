"""Intentions about lines that ran out."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.domain.lines import ResolutionChoice
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.exposing import Info
from catering.schema.orders import Order
from catering.schema.refusals import (
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    KitchenFull,
    NotFound,
    OutOfZone,
    PaymentDeclined,
    ProductUnavailable,
    RestaurantClosed,
    WindowNotAvailable,
)
from catering.schema.tickets import Resolution
from catering.schema.values import WindowInput


@asks
class ReportUnavailableInput:
    line_id: ID
    idempotency_key: str
    proposals: list[ID] | None = None


ReportUnavailableError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ReportUnavailableError"),
]


@answers
class ReportUnavailablePayload(Payload):
    errors: list[ReportUnavailableError]
    query = onwards()
    resolution = shows(Resolution, models.Resolution)


@asks
class AnswerResolutionInput:
    resolution_id: ID
    choice: ResolutionChoice
    idempotency_key: str
    product_id: ID | None = None
    window: WindowInput | None = None


AnswerResolutionError = Annotated[
    ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | KitchenFull
    | NotFound
    | OutOfZone
    | PaymentDeclined
    | ProductUnavailable
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("AnswerResolutionError"),
]


@answers
class AnswerResolutionPayload(Payload):
    errors: list[AnswerResolutionError]
    query = onwards()
    resolution = shows(Resolution, models.Resolution)

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        row = await info.context.loaders.one(models.Resolution, self.result)
        found = await info.context.loaders.one(models.Order, row.order_id if row else None)
        return Order.maybe(found)
