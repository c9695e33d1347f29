"""Intentions about kitchen tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards
from catering.schema.describing import answers, asks, why_not
from catering.schema.exposing import Info
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

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


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

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


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

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)
