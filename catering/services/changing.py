"""A kitchen's own system says that something ran out, and is told what is to be cooked instead."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.lines import LineAction
from catering.domain.people import SYSTEM
from catering.domain.tickets import TicketAction, TicketStatus
from catering.models import Ticket
from catering.providers.ports import Accepted, Change, Pending, Rejected, TooLate, Unsupported

from . import stock
from .orders import with_ticket
from .resolving import miss
from .translating import their_names


async def missing(session: AsyncSession, ticket: Ticket, theirs: Iterable[str]) -> bool:
    """They name what they have not got, in their words: its customer is asked, once.

    False where that leads nowhere: nothing of this ticket is meant, or it is over.
    """
    if not (told := set(theirs)):
        return False
    names = await their_names(session, ticket)
    meant = (line for line in ticket.lines if names[line.id] in told)
    out = [line for line in meant if line.can(LineAction.MISS)]
    asks = (TicketAction.QUESTION, TicketAction.RETURN)
    open_still = ticket.status is TicketStatus.NEEDS_CHANGE or any(map(ticket.can, asks))
    if not open_still or not out:
        return False
    await stock.hold(session, {line.product_id for line in out})
    for line in out:
        await miss(session, line, by=SYSTEM)
    return True


async def changed(session: AsyncSession, ticket_id: UUID, answer: Change) -> bool:
    """What they said to the new lines of a ticket. False when they have to be told again."""
    match answer:
        case Rejected(items=items) if items:
            await missing(session, await with_ticket(session, ticket_id, by=SYSTEM), items)
            return True
        case Accepted() | Pending() | Rejected() | TooLate() | Unsupported():
            return True  # how the ticket is, they tell when they are asked
        case _:
            return False
