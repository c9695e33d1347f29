"""Intentions about kitchen tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.refusals import ForbiddenStep, IdempotencyConflict, InvalidInput, NotFound
from catering.schema.tickets import KitchenTicket


@asks
class AcceptTicketInput:
    ticket_id: ID
    idempotency_key: str
    ready_at: datetime | None = None


AcceptTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("AcceptTicketError"),
]


@answers
class AcceptTicketPayload(Payload):
    errors: list[AcceptTicketError]
    query = onwards()
    ticket = shows(KitchenTicket, models.Ticket)


@asks
class RejectTicketInput:
    ticket_id: ID
    reason: str
    idempotency_key: str


RejectTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RejectTicketError"),
]


@answers
class RejectTicketPayload(Payload):
    errors: list[RejectTicketError]
    query = onwards()
    ticket = shows(KitchenTicket, models.Ticket)


@asks
class MarkTicketReadyInput:
    ticket_id: ID
    idempotency_key: str


MarkTicketReadyError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("MarkTicketReadyError"),
]


@answers
class MarkTicketReadyPayload(Payload):
    errors: list[MarkTicketReadyError]
    query = onwards()
    ticket = shows(KitchenTicket, models.Ticket)
