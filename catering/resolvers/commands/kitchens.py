"""Intentions about kitchen tickets."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, short
from catering.schema.commands.kitchens import (
    AcceptTicketInput,
    AcceptTicketPayload,
    MarkTicketReadyInput,
    MarkTicketReadyPayload,
    RejectTicketInput,
    RejectTicketPayload,
)
from catering.schema.exposing import Info
from catering.services import kitchens


@strawberry.type
class Kitchens:
    @command
    async def accept_ticket(
        self, info: Info, input: AcceptTicketInput
    ) -> AcceptTicketPayload | None:
        """Say yes to a ticket, and when it will be ready."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            return await kitchens.accept(session, id, input.ready_at, by=by)

        return await perform(info, AcceptTicketPayload, input, do)

    @command
    async def reject_ticket(
        self, info: Info, input: RejectTicketInput
    ) -> RejectTicketPayload | None:
        """Say no to a ticket. The rest of the order goes on."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            reason = short(input.reason, LONGEST_NOTE, "reason") or ""
            return await kitchens.reject(session, id, reason, by=by)

        return await perform(info, RejectTicketPayload, input, do)

    @command
    async def mark_ticket_ready(
        self, info: Info, input: MarkTicketReadyInput
    ) -> MarkTicketReadyPayload | None:
        """Say that the food can be collected."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.TICKET, input.ticket_id, "ticketId")
            return await kitchens.mark_ready(session, id, by=by)

        return await perform(info, MarkTicketReadyPayload, input, do)
