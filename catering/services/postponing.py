"""A dish that ran out comes another day: an order of its own, with its own window."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Basket, Price, Span, Wish
from catering.domain.lines import GONE, LineAction
from catering.domain.people import Actor, Role
from catering.domain.refusals import InvalidInput, Refused
from catering.models import Line, Order

from . import facilities, slots
from .ordering import begin, made
from .paying import must_be_payable
from .reckoning import reckon_way
from .reordering import portions


async def postpone(session: AsyncSession, line: Line, window: Span | None, *, by: Actor) -> None:
    """Move the line into a later order, at the price agreed and without another delivery fee.

    Only where nothing else is left of this order does its fee go along. No stock is taken: there
    is none; the kitchen is asked when the time comes. Raises `Refused` where nobody can deliver.
    """
    if window is None:
        raise Refused(InvalidInput("Say for when.", ("window",), rule="required"))
    later = await _later(session, line, window)
    line.postponed_to_id = later.id
    line.perform(LineAction.POSTPONE, by=by)


async def _later(session: AsyncSession, line: Line, window: Span) -> Order:
    order, (portion,) = line.whole(), portions([line])
    # What was chosen is copied below, as it was called: it may be off the menu meanwhile.
    simple = replace(portion, variant_id=None, chosen=())
    site = await facilities.of_order(session, order, by=Actor(order.customer_id, Role.CUSTOMER))
    basket = Basket((simple,), order.door, window, site)
    reckoning = await reckon_way(session, basket)
    fee = 0 if _others_come(order, line.id) else order.delivery_fee
    price = Price(line.quantity * line.unit_price, fee, order.currency, window.end, order.now)
    wish = Wish(
        order.type,
        basket,
        order.contact_phone,
        order.payment_method,
        payment_token=order.payment_token,
        occasion=order.occasion,
    )
    customer = Actor(order.customer_id, Role.CUSTOMER)
    await must_be_payable(session, wish, order.currency, by=customer)
    later = made(wish, reckoning, price, by=customer)
    (agreed,) = (li for ticket in later.tickets for li in ticket.lines)
    agreed.name, agreed.unit_price = line.name, line.unit_price
    agreed.variant_id, agreed.variant_name = line.variant_id, line.variant_name
    agreed.modifiers = line.modifiers
    agreed.holds_stock = False
    await slots.take(session, later.tickets, reckoning, window)
    session.add(later)
    await session.flush()
    await begin(session, later, reckoning, by=customer)
    return later


def _others_come(order: Order, line_id: UUID) -> bool:
    lines = (line for ticket in order.tickets for line in ticket.lines)
    return any(line.status not in GONE and line.id != line_id for line in lines)
