"""Something cannot be had: asked, answered, or decided by the customer's stand-by choice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Span
from catering.domain.events import EventKind
from catering.domain.lines import (
    GONE,
    RESOLUTION,
    UNSETTLED,
    LineAction,
    ResolutionAction,
    ResolutionChoice,
    StandByKind,
)
from catering.domain.orders import CancellationReason
from catering.domain.payments import ChargeStatus
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import InvalidInput, Refused
from catering.domain.resolving import ANSWER_WITHIN, CHOICES_FOR_LINE, CHOICES_FOR_PART, on_silence
from catering.domain.tickets import TicketAction, TicketStatus
from catering.models import Line, Product, Resolution, Ticket

from . import stock
from .asking import ask
from .insisting import insist
from .losing import call_off, drop, lose, why_lost
from .orders import with_charge, with_line, with_resolution
from .paying import top_up
from .postponing import postpone
from .proposing import alternatives
from .swapping import beside, lacking_for, swap, swap_as_agreed


async def report(
    session: AsyncSession, line_id: UUID, proposals: tuple[UUID, ...] | None, *, by: Actor
) -> Resolution:
    """Say that a line cannot be had, and what could be cooked instead."""
    line = await with_line(session, line_id, by=by)
    return await miss(session, line, proposals, by=by)


async def miss(
    session: AsyncSession,
    line: Line,
    proposals: tuple[UUID, ...] | None = None,
    *,
    by: Actor,
    sold_out: bool = True,
) -> Resolution:
    """A line cannot be had: its customer is asked, and if it is `sold_out`, nobody else is sold it
    meanwhile."""
    if line.ticket.status is not TicketStatus.NEEDS_CHANGE:
        # Half handed over, it may be there already: only their own answer says that it is not.
        handing = line.ticket.status is TicketStatus.SUBMITTING
        line.ticket.perform(TicketAction.RETURN if handing else TicketAction.QUESTION, by=by)
    line.perform(LineAction.MISS, by=by)
    if sold_out:
        await stock.sold_out(session, line.product_id, by=by)
    if line.holds_stock:
        await stock.give_back_choices(session, [line])
    return ask(line.ticket, line, await _proposals(session, line, proposals), by=by)


async def answer(
    session: AsyncSession,
    resolution_id: UUID,
    choice: ResolutionChoice,
    product_id: UUID | None,
    window: Span | None = None,
    *,
    by: Actor,
) -> Resolution:
    """Choose what becomes of what cannot be had; `window` is for postponing it."""
    resolution = await with_resolution(session, resolution_id, by=by)
    _must_fit(resolution, choice)
    resolution.choice, resolution.product_id = choice, None
    step = ResolutionAction.REJECT
    if resolution.line is None:
        if choice is ResolutionChoice.WAIT:
            await insist(session, resolution.ticket, by=by)
            step = ResolutionAction.ACCEPT
    elif choice is ResolutionChoice.SUBSTITUTE:
        wanted = _chosen(resolution, product_id)
        if lack := await lacking_for(session, resolution.line, wanted):
            _wait_for_bank(resolution, wanted, lack, by=by)
            return resolution
        resolution.product_id = wanted
        await swap(session, resolution.line, wanted, by=by)
        step = ResolutionAction.ACCEPT
    elif choice is ResolutionChoice.POSTPONE:
        await postpone(session, resolution.line, window, by=by)
        step = ResolutionAction.ACCEPT
    resolution.perform(step, by=by)
    await _carry_out(session, resolution, choice, by=by)
    return resolution


async def bank_answered(session: AsyncSession, charge_id: UUID) -> None:
    """The bank has said whether it pays for a dearer swap. If not, the customer chooses again.

    Where he has decided otherwise meanwhile, what was set aside is let go when the order ends.
    """
    charge = await with_charge(session, charge_id)
    asked = (r for r in charge.order.resolutions if r.id == charge.resolution_id)
    resolution = next(asked, None)
    if resolution is None or charge.status is ChargeStatus.REQUESTED:
        return
    line, product_id = resolution.line, resolution.product_id
    if resolution.status not in UNSETTLED or line is None or product_id is None:
        return
    no = "The bank did not agree." if charge.status is ChargeStatus.REFUSED else None
    try:
        if no is None:
            await swap(session, line, product_id, by=SYSTEM)
    except Refused as refused:  # it was sold while the bank was asked
        no = str(refused)
    if no is not None:
        resolution.ask_again(resolution.order.now + ANSWER_WITHIN, note=no)
        return
    resolution.perform(ResolutionAction.ACCEPT, by=SYSTEM)
    await _carry_out(session, resolution, ResolutionChoice.SUBSTITUTE, by=SYSTEM)


async def stand_by(session: AsyncSession, resolution_id: UUID) -> None:
    """The customer stayed silent: do what he chose for this case at checkout."""
    resolution = await with_resolution(session, resolution_id, by=SYSTEM)
    if resolution.status not in UNSETTLED:
        return
    choice = await _silent_choice(session, resolution)
    resolution.choice, resolution.product_id = choice, None
    resolution.perform(ResolutionAction.EXPIRE, by=SYSTEM)
    await _carry_out(session, resolution, choice, by=SYSTEM)


async def leave_behind(session: AsyncSession, ticket: Ticket) -> None:
    """It was fetched while its customer was still asked: what is missing does not come."""
    asked = [
        resolution
        for resolution in ticket.order.resolutions
        if resolution.status in UNSETTLED and resolution.line in ticket.lines
    ]
    for resolution in asked:
        resolution.choice, resolution.product_id = ResolutionChoice.REMOVE, None
        resolution.perform(ResolutionAction.EXPIRE, by=SYSTEM)
        await _carry_out(session, resolution, ResolutionChoice.REMOVE, by=SYSTEM)


async def _silent_choice(session: AsyncSession, resolution: Resolution) -> ResolutionChoice:
    line = resolution.line
    if line is None:
        return on_silence(li.stand_by for li in resolution.ticket.lines if li.status not in GONE)
    if line.stand_by is StandByKind.CANCEL_ORDER:
        return ResolutionChoice.CANCEL_ORDER
    if await swap_as_agreed(session, line):
        return ResolutionChoice.SUBSTITUTE
    return ResolutionChoice.REMOVE


async def _carry_out(
    session: AsyncSession, resolution: Resolution, choice: ResolutionChoice, *, by: Actor
) -> None:
    line, order = resolution.line, resolution.order
    if choice is ResolutionChoice.CANCEL_ORDER:
        why = CancellationReason.PRODUCT_UNAVAILABLE if line else why_lost(resolution.ticket)
        await call_off(session, order, why, None, by=by)
        return
    if line is None:
        if choice is ResolutionChoice.REMOVE:
            await drop(session, resolution.ticket)
        return
    if choice is ResolutionChoice.REMOVE:
        line.perform(LineAction.REMOVE, by=by)
    order.reprice()
    await _settle(session, line.ticket, by=by)


async def _settle(session: AsyncSession, ticket: Ticket, *, by: Actor) -> None:
    """Go on with what is left of the ticket, once nothing is open any more."""
    open_lines = {r.line_id for r in ticket.order.resolutions if r.status in UNSETTLED}
    if any(line.id in open_lines for line in ticket.lines):
        return
    if all(line.status in GONE for line in ticket.lines):
        await lose(session, ticket, TicketAction.CANCEL, by=SYSTEM, note="Nothing is left of it.")
    elif ticket.status is TicketStatus.NEEDS_CHANGE and ticket.submitted_at is None:
        ticket.perform(TicketAction.REQUEUE, by=by)
    elif ticket.can(TicketAction.SETTLE):
        ticket.perform(TicketAction.SETTLE, by=by)
        ticket.order.record(EventKind.TICKET_CHANGED, ticket, by=by)


def _wait_for_bank(resolution: Resolution, product_id: UUID, lack: int, *, by: Actor) -> None:
    order = resolution.order
    RESOLUTION.advance(resolution.status, ResolutionAction.ACCEPT, by.role)
    top_up(order, lack, resolution.id)
    resolution.wait_for_bank(product_id, order.now + ANSWER_WITHIN, by=by)


def _must_fit(resolution: Resolution, choice: ResolutionChoice) -> None:
    possible = CHOICES_FOR_PART if resolution.line is None else CHOICES_FOR_LINE
    if choice not in possible:
        message = f"Choose one of {', '.join(possible)}."
        raise Refused(InvalidInput(message, ("choice",), rule="choice"))


def _chosen(resolution: Resolution, product_id: UUID | None) -> UUID:
    if product_id is not None:
        return product_id
    if len(resolution.proposals) == 1:
        return resolution.proposals[0]
    raise Refused(
        InvalidInput("Say which product you want instead.", ("productId",), rule="required")
    )


async def _proposals(
    session: AsyncSession, line: Line, wanted: tuple[UUID, ...] | None
) -> tuple[UUID, ...]:
    product = await session.get_one(Product, line.product_id)
    if wanted is None:
        return await alternatives(session, product, line.whole().now, beside(line))
    query = select(*Product.__table__.columns).where(Product.id.in_(wanted))
    rows: dict[UUID, Row[Any]] = {row.id: row for row in await session.execute(query)}
    for index, id in enumerate(wanted):
        if id not in rows or rows[id].restaurant_id != product.restaurant_id or id == product.id:
            raise Refused(
                InvalidInput(
                    "Propose other products of this restaurant.", ("proposals", str(index)),
                    rule="proposals",
                )
            )  # fmt: skip
    return wanted
