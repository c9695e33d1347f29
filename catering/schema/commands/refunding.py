"""Giving money back."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.domain.ids import Prefix
from catering.domain.ledger import Bearer
from catering.domain.refunds import LONGEST_NOTE, Claim, RefundReason
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import decoded, short
from catering.schema.describing import answers, asks, why_not
from catering.schema.orders import Order
from catering.schema.refusals import ForbiddenStep, IdempotencyConflict, InvalidInput, NotFound
from catering.schema.values import MoneyInput


@asks
class RefundOrderInput:
    """How much of an order that has ended, or of one of its lines; `note` is for its customer."""

    order_id: ID
    amount: MoneyInput
    reason: RefundReason
    bearer: Bearer
    idempotency_key: str
    line_id: ID | None = None
    note: str | None = None

    def claim(self) -> Claim:
        """The same for the domain."""
        line = decoded(Prefix.LINE, self.line_id, "lineId") if self.line_id else None
        note = short(self.note, LONGEST_NOTE, "note")
        return Claim(self.amount.minor(), self.reason, self.bearer, line, note)


RefundOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound, why_not("RefundOrderError")
]


@answers
class RefundOrderPayload(Payload):
    errors: list[RefundOrderError]
    query = onwards()
    order = shows(Order, models.Order)
