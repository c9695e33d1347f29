"""The office gives something back of an order that has ended."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import pricing
from catering.domain.bookings import CARRIES
from catering.domain.events import EventKind
from catering.domain.ledger import POTS, Bearer
from catering.domain.people import Actor
from catering.domain.refunds import Books, Claim, must_be_refundable
from catering.domain.refusals import InvalidInput, NotFound, Refused
from catering.domain.tickets import TicketStatus
from catering.models import LedgerLine, Line, Order, Refund

from .orders import of_actor

_WHICH: Final = "Say for which line: several have a part in it, or nobody."


async def refund(session: AsyncSession, order_id: UUID, claim: Claim, *, by: Actor) -> Order:
    """Give an amount back, by the way that it came. Raises `Refused` with all that is wrong.

    A card's payment company is asked; of an organisation's bill it is taken off; cash the office
    hands out itself.
    """
    order = await of_actor(session, order_id, by=by)
    line = _line(order, claim.line_id)
    party_id = _party(order, claim.bearer, line)
    must_be_refundable(claim, await _books(session, order, claim, line, party_id))
    amount, currency = claim.amount
    session.add(
        Refund(
            order_id=order.id, line_id=claim.line_id, amount=amount, currency=currency,
            reason=claim.reason, bearer=claim.bearer, party_id=party_id, note=claim.note,
            granted_by=by.id, created_at=order.now,
        )
    )  # fmt: skip
    told = f"{pricing.to_amount(amount, currency)} {currency}: {claim.reason}"
    order.say(EventKind.ORDER_REFUND_GRANTED, by=by, note=told)
    order.payment.give_back(amount, claim.bearer, party_id, claim.line_id)
    return order


def _line(order: Order, line_id: UUID | None) -> Line | None:
    if line_id is None:
        return None
    lines = (line for ticket in order.tickets for line in ticket.lines)
    found = next((line for line in lines if line.id == line_id), None)
    if found is None:
        raise Refused(NotFound("There is no such line in it.", ("lineId",)))
    return found


def _party(order: Order, bearer: Bearer, line: Line | None) -> UUID | None:
    """Whose part it is; of several it has to be said by the line."""
    parties = set[UUID]()
    if bearer is Bearer.RESTAURANT:
        parties = {t.restaurant_id for t in order.tickets if t.status is TicketStatus.PICKED_UP}
        parties = {line.ticket.restaurant_id} if line else parties
    elif bearer is Bearer.CARRIER:
        parties = _carriers(order, line)
    else:
        return None
    if len(parties) != 1:
        raise Refused(InvalidInput(_WHICH, ("lineId",), rule="party"))
    return parties.pop()


def _carriers(order: Order, line: Line | None) -> set[UUID]:
    journey = order.delivery
    if journey is None:
        return set()
    if journey.driver_id is not None:
        return {journey.driver_id}
    at = {stop.id for stop in journey.stops if line and stop.ticket_id == line.ticket_id}
    carried = (b for b in journey.bookings if b.status in CARRIES)
    return {b.account_id for b in carried if line is None or b.stop_id in at}


async def _books(
    session: AsyncSession, order: Order, claim: Claim, line: Line | None, party_id: UUID | None
) -> Books:
    payment = order.payment
    return Books(
        status=order.status,
        currency=order.currency,
        left=min(payment.paid, payment.owed),
        left_of_line=line.total - await _given_back(session, line) if line else None,
        earned=await _earned(session, order, claim.bearer, party_id) if party_id else None,
        stuck=payment.is_stuck,
    )


async def _given_back(session: AsyncSession, line: Line) -> int:
    query = select(func.coalesce(func.sum(Refund.amount), 0)).where(Refund.line_id == line.id)
    return int(await session.scalar(query) or 0)


async def _earned(session: AsyncSession, order: Order, bearer: Bearer, party_id: UUID) -> int:
    query = select(func.coalesce(func.sum(LedgerLine.amount), 0)).where(
        LedgerLine.order_id == order.id,
        LedgerLine.account == POTS[bearer],
        LedgerLine.party_id == party_id,
    )
    return int(await session.scalar(query) or 0)
