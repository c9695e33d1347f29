"""Quoting and placing orders. The server decides every price."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids, pricing
from catering.domain.baskets import Basket, Portion, Price, Wish
from catering.domain.events import EventKind
from catering.domain.facilities import wish_faults
from catering.domain.lines import LINE, StandByKind
from catering.domain.orders import OrderStatus, OrderType, PaymentMethod
from catering.domain.payments import AHEAD, PAYMENT
from catering.domain.people import SYSTEM, Actor
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import InvalidInput, PriceChanged, Refusal, Refused
from catering.domain.tickets import TICKET
from catering.models import Line, Order, Product, Ticket

from . import facilities, paying, registering, slots, stock
from .orders import lock
from .reckoning import reckon
from .welcoming import must_be_welcome


async def quote(
    session: AsyncSession,
    basket: Basket,
    facility_id: UUID | None = None,
    *,
    by: Actor | None = None,
) -> Price:
    """What the basket would cost and when it would come. Writes nothing."""
    if facility_id is not None:
        basket = await facilities.for_site(session, basket, facility_id, by=by)
    reckoning = await reckon(session, basket)
    await slots.must_have_room(session, reckoning, basket.window)
    return reckoning.price(basket.window)


async def place(session: AsyncSession, wish: Wish, *, by: Actor) -> Order:
    """Order a basket of dishes of one or more restaurants to one door.

    Raises `Refused` with all that is wrong; then nothing was ordered and no stock is held.
    """
    _must_be_possible(wish)
    await must_be_welcome(session, by=by)
    wish = await facilities.addressed(session, wish, by=by)
    reckoning = await reckon(session, wish.basket)
    price = reckoning.price(wish.basket.window)
    must_be_expected(wish.expected_total, price)
    await paying.must_be_payable(session, wish, price.currency, by=by)
    approve_by = await facilities.approve_by(session, wish.basket, reckoning, price, by=by)
    await stock.take(session, wish.basket.portions, reckoning)
    await must_name_menu(session, wish.basket.portions, reckoning)
    order = made(wish, reckoning, price, by=by)
    await slots.take(session, order.tickets, reckoning, wish.basket.window)
    session.add(order)
    await session.flush()
    await begin(session, order, reckoning, approve_by, by=by)
    return order


async def release(session: AsyncSession, order_id: UUID) -> None:
    """The time of a scheduled order has come: its kitchens get their tickets, once it is paid."""
    order = await lock(session, order_id)
    if order.status is not OrderStatus.SCHEDULED:
        return
    if order.waits_for_card:
        await paying.begin(session, order, by=SYSTEM)
    else:
        order.release(by=SYSTEM)


def _must_be_possible(wish: Wish) -> None:
    problems: list[Refusal] = [*wish_faults(wish)]
    if wish.payment_method is PaymentMethod.CARD and not wish.payment_token:
        problems.append(InvalidInput("Say which card.", ("paymentToken",), rule="required"))
    if registering.e164(wish.contact_phone) is None:
        problems.append(
            InvalidInput("This is not a phone number.", ("contactPhone",), rule="phone")
        )
    if wish.leave_at_door and (
        wish.type is OrderType.FOR_FACILITY or wish.payment_method is PaymentMethod.CASH
    ):
        message = "Somebody has to be there who pays, or signs for it."
        problems.append(InvalidInput(message, ("leaveAtDoor",), rule="somebody_there"))
    door = wish.basket.destination
    if door is not None:
        problems += door.faults()
    elif wish.type is OrderType.FOR_CUSTOMER:
        problems.append(InvalidInput("Say where to deliver.", ("destination",), rule="destination"))
    if problems:
        raise Refused(*problems)


def must_be_expected(expected: tuple[int, str] | None, price: Price) -> None:
    """Raises `Refused(PriceChanged)` where the customer was shown another total."""
    if expected is not None and expected != (price.total, price.currency):
        amount, currency = expected
        raise Refused(
            PriceChanged(
                "The price has changed. Look at the new total and order again.",
                ("expectedTotal",),
                expected=amount,
                actual=price.total,
                currency=currency if currency in pricing.EXPONENT else price.currency,
            )
        )


async def must_name_menu(
    session: AsyncSession, portions: Sequence[Portion], reckoning: Reckoning
) -> None:
    """A stand-by product must be on the menu of the same restaurant."""
    wanted = {p.stand_by.product_id for p in portions if p.stand_by.kind is StandByKind.SPECIFIC}
    query = select(Product.id, Product.restaurant_id).where(Product.id.in_(wanted))
    home: dict[UUID, UUID] = {row.id: row.restaurant_id for row in await session.execute(query)}
    problems = [
        InvalidInput(
            "Name a stand-by product of the same restaurant.",
            ("lines", str(index), "standBy", "productId"),
            rule="stand_by_product",
        )
        for index, portion in enumerate(portions)
        if portion.stand_by.kind is StandByKind.SPECIFIC
        and home.get(portion.stand_by.product_id or ids.new())
        != reckoning.products[portion.product_id].restaurant_id
    ]
    if problems:
        raise Refused(*problems)


def made(wish: Wish, reckoning: Reckoning, price: Price, *, by: Actor) -> Order:
    """The order with its tickets, before it has begun."""
    order = _order(wish, reckoning, price, by)
    order.tickets = _tickets(order, wish.basket.portions, reckoning)
    return order


async def begin(
    session: AsyncSession,
    order: Order,
    reckoning: Reckoning,
    approve_by: datetime | None = None,
    *,
    by: Actor,
) -> None:
    """The kitchens begin at once, or in time for the window; a card is asked before them, and an
    approver until `approve_by`."""
    order.book.open()
    if order.window is not None:
        order.release_at = order.window.start - reckoning.pace.lead
    far = order.release_at is not None and order.release_at > order.now + AHEAD
    if approve_by is not None:
        order.approval.ask(approve_by, by=by)
    elif order.waits_for_card and not far:
        await paying.begin(session, order, by=by)
    elif order.release_at is not None:
        order.schedule(order.release_at, by=by)
    else:
        order.say(EventKind.ORDER_PLACED, by=by)


def _order(wish: Wish, reckoning: Reckoning, price: Price, by: Actor) -> Order:
    door, window, site = wish.basket.destination, wish.basket.window, wish.basket.site
    assert door is not None
    assert by.id is not None
    order = Order(
        type=wish.type,
        status=OrderStatus.SCHEDULED if window else OrderStatus.PLACED,
        version=0,
        needs_action=False,
        customer_id=by.id,
        occasion=wish.occasion,
        organisation_id=site.organisation_id if site else None,
        may_cost=site.may_cost(price.total) if site else None,
        contact_phone=registering.e164(wish.contact_phone),
        door=door,
        window=window,
        pin=f"{secrets.randbelow(10_000):04}",
        currency=price.currency,
        subtotal=price.subtotal,
        delivery_fee=price.delivery_fee,
        payment_method=wish.payment_method,
        payment_status=PAYMENT.first,
        payment_token=wish.payment_token,
        authorized=0,
        captured=0,
        refunded=0,
        cancellation_fee=0,
        entries=0,
        fee_posted=0,
        waived=0,
        written_off=0,
        placed_at=reckoning.now,
        updated_at=reckoning.now,
        leave_at_door=wish.leave_at_door,
    )
    order.promise(price.estimated_at, reckoning.way_seconds)
    order.now = reckoning.now
    order.deliveries, order.resolutions, order.open_tasks, order.charges = [], [], [], []
    order.events, order.ledger = [], []
    return order


def _tickets(order: Order, portions: Sequence[Portion], reckoning: Reckoning) -> list[Ticket]:
    return [
        ticket(order, rank, restaurant, portions, reckoning)
        for rank, restaurant in enumerate(reckoning.restaurants.values())
    ]


def ticket(
    order: Order, rank: int, restaurant: Row[Any], portions: Sequence[Portion], reckoning: Reckoning
) -> Ticket:
    """The part of one restaurant, with its lines."""
    id = ids.new()
    return Ticket(
        id=id,
        restaurant_id=restaurant.id,
        rank=rank,
        status=TICKET.first,
        escalated=False,
        reference=f"cat-{id.hex}",
        ready_at=reckoning.ready_at(restaurant, order.window_from),
        work_at=reckoning.work_at(restaurant, order.window_from),
        submit_at=reckoning.submit_at(restaurant, order.window_from),
        lines=lines_of(restaurant.id, portions, reckoning),
    )


def lines_of(restaurant_id: UUID, portions: Sequence[Portion], reckoning: Reckoning) -> list[Line]:
    """The lines of one restaurant, at today's prices."""
    return [
        _line(rank, portion, reckoning)
        for rank, portion in enumerate(portions)
        if reckoning.products[portion.product_id].restaurant_id == restaurant_id
    ]


def _line(rank: int, portion: Portion, reckoning: Reckoning) -> Line:
    product, choices = reckoning.products[portion.product_id], reckoning.choices_of(portion)
    variant = choices.variant(portion.variant_id)
    return Line(
        id=ids.new(),
        product_id=product.id,
        rank=rank,
        status=LINE.first,
        name=product.name,
        quantity=portion.quantity,
        unit_price=reckoning.unit_price(portion),
        variant_id=portion.variant_id,
        variant_name=variant.name if variant else None,
        modifiers=choices.written_down(portion.chosen),
        note=portion.note,
        stand_by=portion.stand_by.kind,
        stand_by_product_id=portion.stand_by.product_id,
        stand_by_percent=portion.stand_by.percent,
    )
