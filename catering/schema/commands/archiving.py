"""Intentions about orders that are over."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.orders import Order
from catering.schema.refusals import ForbiddenStep, IdempotencyConflict, InvalidInput, NotFound


@asks
class ArchiveOrderInput:
    order_id: ID
    idempotency_key: str


ArchiveOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound, why_not("ArchiveOrderError")
]


@answers
class ArchiveOrderPayload(Payload):
    errors: list[ArchiveOrderError]
    query = onwards()
    order = shows(Order, models.Order)


@asks
class RestoreOrderInput:
    order_id: ID
    idempotency_key: str


RestoreOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound, why_not("RestoreOrderError")
]


@answers
class RestoreOrderPayload(Payload):
    errors: list[RestoreOrderError]
    query = onwards()
    order = shows(Order, models.Order)
