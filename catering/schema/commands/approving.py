"""Intentions of approvers."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.orders import Order
from catering.schema.refusals import (
    AccountSuspended,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    NotFound,
)


@asks
class ApproveOrderInput:
    order_id: ID
    idempotency_key: str
    note: str | None = None


ApproveOrderError = Annotated[
    AccountSuspended | ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ApproveOrderError"),
]


@answers
class ApproveOrderPayload(Payload):
    errors: list[ApproveOrderError]
    query = onwards()
    order = shows(Order, models.Order)


@asks
class RejectOrderInput:
    """`note` says why; whoever has ordered reads it."""

    order_id: ID
    note: str
    idempotency_key: str


RejectOrderError = Annotated[
    AccountSuspended | ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RejectOrderError"),
]


@answers
class RejectOrderPayload(Payload):
    errors: list[RejectOrderError]
    query = onwards()
    order = shows(Order, models.Order)
