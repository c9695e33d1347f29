"""A dish ran out: asked, answered, or decided by the customer's stand-by choice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids
from catering.domain.baskets import Span
from catering.domain.lines import (
    GONE,
    UNSETTLED,
    LineAction,
    LineStatus,
    ResolutionAction,
    ResolutionChoice,
    ResolutionStatus,
    StandByKind,
)
from catering.domain.orders import CancellationReason
from catering.domain.people import SYSTEM, Actor
from catering.domain.reactions import RESOLVE_WITHIN
from catering.domain.refusals import InvalidInput, Refused
from catering.domain.tickets import TicketAction, TicketStatus
from catering.models import Line, Product, Resolution, Ticket

from . import choices, stock
from .losing import call_off, lose
from .orders import with_line, with_resolution
from .paying import must_cover
from .postponing import postpone
from .reckoning import alternatives, unavailable, what_is_left

DEARER_PERCENT = 10
"""How much dearer the best match may be where the customer has not said."""


async def report(
    session: AsyncSession, line_id: UUID, proposals: tuple[UUID, ...] | None, *, by: Actor
) -> Resolution:
    """Say that a line cannot be had, and what could be cooked instead."""
    line = await with_line(session, line_id, by=by)
    order, product = line.whole(), await session.get_one(Product, line.product_id)
    if line.ticket.status is not TicketStatus.NEEDS_CHANGE:
        line.ticket.perform(TicketAction.QUESTION, by=by)
    line.perform(LineAction.MISS, by=by)
    await stock.sold_out(session, product.id, by=by)
    if line.holds_stock:
        await stock.give_back_choices(session, [line])
    proposed = await _proposals(session, line, proposals)
    resolution = Resolution(
        id=ids.new(),
        line_id=line.id,
        line=line,
        status=ResolutionStatus.PROPOSED if proposed else ResolutionStatus.OPEN,
        proposals=list(proposed),
        deadline=order.now + RESOLVE_WITHIN,
        created_at=order.now,
    )
    order.resolutions.append(resolution)
    order.changed(resolution, by=by)
    return resolution


async def answer(
    session: AsyncSession,
    resolution_id: UUID,
    choice: ResolutionChoice,
    product_id: UUID | None,
    window: Span | None = None,
    *,
    by: Actor,
) -> Resolution:
    """Choose what becomes of a line that cannot be had; `window` is for postponing it."""
    resolution = await with_resolution(session, resolution_id, by=by)
    resolution.choice = choice
    step = ResolutionAction.REJECT
    if choice is ResolutionChoice.SUBSTITUTE:
        await _substitute(session, resolution, _chosen(resolution, product_id), by=by)
        step = ResolutionAction.ACCEPT
    elif choice is ResolutionChoice.POSTPONE:
        await postpone(session, resolution.line, window, by=by)
        step = ResolutionAction.ACCEPT
    resolution.perform(step, by=by)
    await _carry_out(session, resolution, choice, by=by)
    return resolution


async def stand_by(session: AsyncSession, resolution_id: UUID) -> None:
    """The customer stayed silent: do what he chose for this case at checkout."""
    resolution = await with_resolution(session, resolution_id, by=SYSTEM)
    if resolution.status not in UNSETTLED:
        return
    choice = await _silent_choice(session, resolution)
    resolution.choice = choice
    resolution.perform(ResolutionAction.EXPIRE, by=SYSTEM)
    await _carry_out(session, resolution, choice, by=SYSTEM)


async def _silent_choice(session: AsyncSession, resolution: Resolution) -> ResolutionChoice:
    line = resolution.line
    if line.stand_by is StandByKind.CANCEL_ORDER:
        return ResolutionChoice.CANCEL_ORDER
    for candidate in await _candidates(session, line):
        try:
            await _substitute(session, resolution, candidate, by=SYSTEM)
        except Refused:
            continue
        return ResolutionChoice.SUBSTITUTE
    return ResolutionChoice.REMOVE


async def _candidates(session: AsyncSession, line: Line) -> tuple[UUID, ...]:
    """Substitutes that the customer agreed to at checkout, best first."""
    if line.stand_by is StandByKind.SPECIFIC and line.stand_by_product_id is not None:
        return (line.stand_by_product_id,)
    if line.stand_by is not StandByKind.BEST_MATCH:
        return ()
    percent = DEARER_PERCENT if line.stand_by_percent is None else line.stand_by_percent
    product = await session.get_one(Product, line.product_id)
    near = await alternatives(session, product, line.whole().now)
    query = select(Product.id, Product.price).where(Product.id.in_(near))
    prices = {row.id: row.price for row in await session.execute(query)}
    return tuple(i for i in near if prices[i] * 100 <= line.unit_price * (100 + percent))


async def _carry_out(
    session: AsyncSession, resolution: Resolution, choice: ResolutionChoice, *, by: Actor
) -> None:
    line, order = resolution.line, resolution.order
    if choice is ResolutionChoice.CANCEL_ORDER:
        await call_off(session, order, CancellationReason.PRODUCT_UNAVAILABLE, None, by=by)
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
    elif ticket.can(TicketAction.SETTLE):
        ticket.perform(TicketAction.SETTLE, by=by)


async def _substitute(
    session: AsyncSession, resolution: Resolution, product_id: UUID, *, by: Actor
) -> None:
    line = resolution.line
    product = await session.get(Product, product_id)
    if product is None or product.restaurant_id != line.ticket.restaurant_id:
        raise Refused(
            InvalidInput("Choose a product of the same restaurant.", ("productId",), rule="product")
        )
    if await choices.is_needed(session, product.id):
        message = "Something has to be chosen of this product. Choose a simpler one."
        raise Refused(InvalidInput(message, ("productId",), rule="product"))
    left = what_is_left(product, line.whole().now)
    dearer = (product.price - line.unit_price) * line.quantity
    must_cover(line.whole(), line.whole().total + dearer, "productId")
    if (left is not None and left < line.quantity) or not await stock.take_one(
        session, product_id, line.quantity
    ):
        instead = await alternatives(session, product, line.whole().now)
        raise Refused(unavailable(product, left or 0, instead).at("productId"))
    line.ticket.lines.append(_in_place_of(line, product))
    line.perform(LineAction.SUBSTITUTE, by=by)


def _in_place_of(line: Line, product: Product) -> Line:
    return Line(
        id=ids.new(),
        product_id=product.id,
        rank=max(other.rank for other in line.ticket.lines) + 1,
        status=LineStatus.CONFIRMED,
        name=product.name,
        quantity=line.quantity,
        unit_price=product.price,
        note=line.note,
        stand_by=StandByKind.REMOVE,
        substitute_of_id=line.id,
    )


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
        return await alternatives(session, product, line.whole().now)
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
