"""Another product in the place of one that ran out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids, products
from catering.domain.lines import LINE, LineAction, LineStatus, StandByKind
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import InvalidInput, Refused
from catering.domain.tickets import LOST, TicketStatus
from catering.models import Line, Product, Restaurant, Ticket

from . import choices, stock
from .joining import can_join, join
from .paying import lacking, must_cover
from .proposing import alternatives, unavailable

DEARER_PERCENT = 10
"""How much dearer the best match may be where the customer has not said."""


async def swap(session: AsyncSession, line: Line, product_id: UUID, *, by: Actor) -> None:
    """Take this product instead, at today's price.

    Raises `Refused` where it is not there, or where a card does not cover it.
    """
    await stock.hold(session, {product_id})
    product = await _orderable(session, line, product_id)
    must_cover(line.whole(), _total_with(line, product), "productId")
    ticket = await _ticket_for(session, line, product)
    await stock.take_one(session, product_id, line.quantity)
    fresh = _in_place_of(line, product, ticket)
    ticket.lines.append(fresh)
    line.perform(LineAction.SUBSTITUTE, by=by)
    if ticket is not line.ticket and len(ticket.lines) == 1:
        line.whole().changed(ticket, by=by)


async def lacking_for(session: AsyncSession, line: Line, product_id: UUID) -> int:
    """What the bank has to be asked for before this product can come, in minor units.

    Raises `Refused` where it cannot come at all, or where the card is worth nothing any more.
    """
    order, product = line.whole(), await _orderable(session, line, product_id)
    lack = lacking(order, _total_with(line, product), "productId")
    if lack and not order.payment.covers:
        must_cover(order, _total_with(line, product), "productId")
    return lack


async def _orderable(session: AsyncSession, line: Line, product_id: UUID) -> Product:
    """The product, if so many of it can come with this order. Raises `Refused`."""
    product = await session.get(Product, product_id)
    if product is None or product.restaurant_id not in {line.ticket.restaurant_id, *beside(line)}:
        raise Refused(
            InvalidInput(
                "Choose a product of a restaurant that cooks for this order.", ("productId",),
                rule="product",
            )
        )  # fmt: skip
    if await choices.is_needed(session, product.id):
        message = "Something has to be chosen of this product. Choose a simpler one."
        raise Refused(InvalidInput(message, ("productId",), rule="product"))
    left = products.left(product, line.whole().now)
    if left is not None and left < line.quantity:
        raise await _sold_out(session, line, product)
    return product


def _total_with(line: Line, product: Product) -> int:
    """What the order costs once this came instead, in minor units."""
    return line.whole().total - line.total + product.price * line.quantity


def beside(line: Line) -> tuple[UUID, ...]:
    """The other restaurants that cook for this order and can still be asked for more."""
    if not can_join(line.whole()):
        return ()
    coming = (t for t in line.whole().tickets if t.status not in LOST)
    return tuple({t.restaurant_id for t in coming} - {line.ticket.restaurant_id})


async def agreed_at_checkout(session: AsyncSession, line: Line) -> Sequence[UUID]:
    """Substitutes that the customer has agreed to before, best first."""
    if line.stand_by is StandByKind.SPECIFIC and line.stand_by_product_id is not None:
        return (line.stand_by_product_id,)
    if line.stand_by is not StandByKind.BEST_MATCH:
        return ()
    percent = DEARER_PERCENT if line.stand_by_percent is None else line.stand_by_percent
    product = await session.get_one(Product, line.product_id)
    near = await alternatives(session, product, line.whole().now, only_its_kind=True)
    query = select(Product.id, Product.price).where(Product.id.in_(near))
    prices = {row.id: row.price for row in await session.execute(query)}
    return tuple(i for i in near if prices[i] * 100 <= line.unit_price * (100 + percent))


async def swap_as_agreed(session: AsyncSession, line: Line) -> bool:
    """Take the best of what the customer agreed to at checkout; False where none can be had."""
    agreed = await agreed_at_checkout(session, line)
    # What is tried and what may be put back: all in one order, or two of us wait for each other.
    shelf = {other.product_id for other in line.ticket.lines}
    await stock.hold(session, {*agreed, *shelf})
    for product_id in agreed:
        try:
            await swap(session, line, product_id, by=SYSTEM)
        except Refused:
            continue
        return True
    return False


async def _sold_out(session: AsyncSession, line: Line, product: Product) -> Refused:
    left = products.left(product, line.whole().now)
    instead = await alternatives(session, product, line.whole().now)
    return Refused(unavailable(product, left or 0, instead).at("productId"))


async def _ticket_for(session: AsyncSession, line: Line, product: Product) -> Ticket:
    """Its own ticket; of another kitchen the one that it was not handed yet, or a new one."""
    order, home = line.whole(), product.restaurant_id
    if home == line.ticket.restaurant_id:
        return line.ticket
    theirs = (t for t in order.tickets if t.restaurant_id == home)
    waiting = next((t for t in theirs if t.status is TicketStatus.QUEUED), None)
    if waiting is not None:
        return waiting
    kitchen = await session.get_one(Restaurant, home)
    return await join(session, order, kitchen, order.now, "productId")


def _in_place_of(line: Line, product: Product, ticket: Ticket) -> Line:
    ranks = (other.rank for part in line.whole().tickets for other in part.lines)
    return Line(
        id=ids.new(),
        product_id=product.id,
        rank=max(ranks) + 1,
        # Who has his ticket and offers it says yes with that; others are still asked.
        status=LINE.first if ticket.submitted_at is None else LineStatus.CONFIRMED,
        name=product.name,
        quantity=line.quantity,
        unit_price=product.price,
        note=line.note,
        stand_by=StandByKind.REMOVE,
        substitute_of_id=line.id,
        taken_at=line.whole().now,
    )
