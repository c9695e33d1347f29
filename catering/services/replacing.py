"""Putting another basket in the place of the one that was ordered."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import pricing
from catering.domain.amending import Change, Replacement, must_be_open
from catering.domain.baskets import Basket, Price
from catering.domain.events import EventKind
from catering.domain.lines import LineAction, ResolutionAction
from catering.domain.orders import NOT_BEGUN, OrderStatus
from catering.domain.people import Actor
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import ForbiddenStep, Refused
from catering.domain.tickets import LOST, TicketAction
from catering.models import Line, Order, Ticket

from . import facilities, slots, stock
from .asking import asked_about_parts
from .ordering import lines_of, must_be_expected, must_name_menu, ticket
from .orders import of_actor, progress
from .paying import must_cover
from .reckoning import reckon

MOST_LINES_EVER = 5 * pricing.MOST_LINES
"""Replaced lines stay in the order: who changes his mind for ever places a new one."""


async def replace_lines(
    session: AsyncSession, order_id: UUID, wanted: Replacement, *, by: Actor
) -> Order:
    """Order this instead, at today's prices. What the old basket held may be in the new one.

    Raises `Refused` with all that is wrong; then the old basket stands, and its stock is held.
    """
    order = await of_actor(session, order_id, by=by)
    must_be_open(progress(order), (Change.LINES,), by.role)
    _must_be_few(order, wanted)
    old = [li for part in order.tickets for li in part.lines if li.can(LineAction.REPLACE)]
    reckoning, price = await _exchange_stock(session, order, old, wanted, by)
    await must_name_menu(session, wanted.portions, reckoning)
    before, places = order.total, _places(order)
    order.promise(price.estimated_at, reckoning.way_seconds)
    joined = _exchange_lines(order, old, wanted, reckoning, by)
    coming = [part for part in order.tickets if part.status not in LOST]
    await slots.take(session, coming, reckoning, order.window, instead_of=places)
    _charge(order, price)
    order.say(EventKind.ORDER_LINES_REPLACED, by=by, note=_difference(order, before))
    _begin(order, joined, reckoning, by)
    return order


def _must_be_few(order: Order, wanted: Replacement) -> None:
    ever = sum(len(part.lines) for part in order.tickets) + len(wanted.portions)
    if ever > MOST_LINES_EVER:
        raise Refused(
            ForbiddenStep(
                "It was changed too often. Cancel it, and place a new order.", ("lines",),
                current=order.status, allowed=("CANCEL",),
            )
        )  # fmt: skip


async def _exchange_stock(
    session: AsyncSession, order: Order, old: list[Line], wanted: Replacement, by: Actor
) -> tuple[Reckoning, Price]:
    products = {line.product_id for line in old} | {p.product_id for p in wanted.portions}
    await stock.hold(session, products)
    await stock.give_back(session, (line for line in old if not line.missing))
    site = await facilities.of_order(session, order, by=by)
    basket = Basket(wanted.portions, order.door, order.window, site)
    reckoning = await reckon(session, basket)
    price = reckoning.price(basket.window)
    must_be_expected(wanted.expected_total, price)
    await stock.take(session, wanted.portions, reckoning)
    return reckoning, price


def _exchange_lines(
    order: Order, old: list[Line], wanted: Replacement, reckoning: Reckoning, by: Actor
) -> list[Ticket]:
    """The tickets that came new into the order."""
    last = max(line.rank for part in order.tickets for line in part.lines)
    here = {part.restaurant_id: part for part in order.tickets if part.status not in LOST}
    joined = list[Ticket]()
    fresh = list[Line]()
    for restaurant in reckoning.restaurants.values():
        part = here.pop(restaurant.id, None)
        if part is None:
            rank = max(other.rank for other in order.tickets) + 1
            part = ticket(order, rank, restaurant, wanted.portions, reckoning)
            order.tickets.append(part)
            joined.append(part)
            fresh += part.lines
        else:
            part.ready_at = reckoning.ready_at(restaurant, order.window_from)
            part.work_at = reckoning.work_at(restaurant, order.window_from)
            part.submits(reckoning.submit_at(restaurant, order.window_from))
            lines = lines_of(restaurant.id, wanted.portions, reckoning)
            part.lines += lines
            fresh += lines
    for line in fresh:
        line.rank += last + 1
        line.taken_at = order.now
    for line in old:
        line.perform(LineAction.REPLACE, by=by)
    for asked in list(asked_about_parts(order)):
        asked.perform(ResolutionAction.EXPIRE, by=by)  # the new basket is his answer
    for part in here.values():
        part.perform(TicketAction.CANCEL, by=by, note="It is not in the basket any more.")
    return joined


def _places(order: Order) -> list[slots.Place]:
    return [slots.place_of(part) for part in order.tickets if part.status not in LOST]


def _charge(order: Order, price: Price) -> None:
    order.delivery_fee = price.delivery_fee
    order.reprice()
    must_cover(order, order.total, "lines")


def _begin(order: Order, joined: list[Ticket], reckoning: Reckoning, by: Actor) -> None:
    """Kitchens that came new get their tickets; those of a scheduled order at its new time."""
    if order.status is OrderStatus.SCHEDULED and order.window is not None:
        order.schedule(order.window.start - reckoning.pace.lead, by=by)
    elif order.status is OrderStatus.AWAITING_APPROVAL and order.window is not None:
        order.release_at = order.window.start - reckoning.pace.lead
    elif order.status not in NOT_BEGUN:  # it may be PREPARING: a kitchen had said yes, and then no
        for part in joined:
            order.changed(part, by=by)


def _difference(order: Order, before: int) -> str:
    was, now = (pricing.to_amount(sum, order.currency) for sum in (before, order.total))
    return f"{was} → {now} {order.currency}"
