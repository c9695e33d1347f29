"""Reckoning a basket: what it costs, when it comes, and everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import pricing, products, restaurants, windows
from catering.domain.baskets import Basket, Destination, Span
from catering.domain.geography import Point, distance
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import (
    EmptyOrder,
    InvalidInput,
    NotFound,
    OutOfZone,
    Refusal,
    Refused,
    RestaurantClosed,
    WindowNotAvailable,
)
from catering.domain.zones import place_faults
from catering.models import Product, Restaurant

from . import choices
from .proposing import alternatives, unavailable


async def reckon(session: AsyncSession, basket: Basket) -> Reckoning:
    """The basket, reckoned. Raises `Refused` with everything that is wrong, line by line."""
    _must(_shape(basket))
    found = await _products(session, {p.product_id for p in basket.portions})
    chosen_from = await choices.of(session, found)
    reckoning = Reckoning(
        await database.clock(session), basket.portions, found, chosen_from, site=basket.site
    )
    _must([*_unknown(reckoning), *_badly_chosen(reckoning), *await _out(session, reckoning)])
    await _kitchens(session, reckoning)
    _must([*_places(reckoning, basket.destination), *_times(reckoning, basket.window)])
    return reckoning


async def reckon_way(session: AsyncSession, basket: Basket) -> Reckoning:
    """Only the way, and the hour where there is a window: what is in the basket is agreed, and
    whether it can be had then, nobody knows today."""
    found = await _products(session, {p.product_id for p in basket.portions})
    reckoning = Reckoning(await database.clock(session), basket.portions, found, site=basket.site)
    await _kitchens(session, reckoning)
    hours = _times(reckoning, basket.window) if basket.window else ()
    _must([*_places(reckoning, basket.destination), *hours])
    return reckoning


def _must(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(*refusals)


def _shape(basket: Basket) -> list[Refusal]:
    if not basket.portions:
        return [EmptyOrder("Put at least one product into the basket.", ("lines",))]
    if len(basket.portions) > pricing.MOST_LINES:
        return [InvalidInput(f"At most {pricing.MOST_LINES} lines.", ("lines",), rule="max_lines")]
    return [
        InvalidInput(
            f"Order between 1 and {pricing.MOST_OF_ONE} of one product.",
            ("lines", str(index), "quantity"),
            rule="quantity",
        )
        for index, portion in enumerate(basket.portions)
        if not 1 <= portion.quantity <= pricing.MOST_OF_ONE
    ]


async def _products(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Row[Any]]:
    query = select(*Product.__table__.columns).where(Product.id.in_(ids))
    return {row.id: row for row in await session.execute(query)}


def _unknown(reckoning: Reckoning) -> Iterator[Refusal]:
    for index, portion in enumerate(reckoning.portions):
        if portion.product_id not in reckoning.products:
            yield NotFound("There is no such product.", ("lines", str(index), "productId"))


def _badly_chosen(reckoning: Reckoning) -> Iterator[Refusal]:
    taken = Counter[UUID]()
    for index, portion in enumerate(reckoning.portions):
        product, offered = reckoning.products.get(portion.product_id), reckoning.choices_of(portion)
        if product is not None:
            chosen, now = (portion.variant_id, portion.chosen), reckoning.now
            short = offered.shortages(product, portion.choices, taken, now)
            for no in (*offered.faults(product, *chosen, now), *short):
                yield no.at("lines", str(index), *(no.path or ()))


async def _out(session: AsyncSession, reckoning: Reckoning) -> list[Refusal]:
    wanted = Counter[UUID]()
    refusals = list[Refusal]()
    for index, portion in enumerate(reckoning.portions):
        product = reckoning.products.get(portion.product_id)
        if product is None:
            continue
        wanted[product.id] += portion.quantity
        left = products.left(product, reckoning.now)
        if left is not None and left < wanted[product.id]:
            refusals.append(
                unavailable(product, left, await alternatives(session, product, reckoning.now)).at(
                    "lines", str(index), "productId"
                )
            )
    return refusals


async def _kitchens(session: AsyncSession, reckoning: Reckoning) -> None:
    wanted = {product.restaurant_id for product in reckoning.products.values()}
    query = select(*Restaurant.__table__.columns).where(Restaurant.id.in_(wanted))
    found = {row.id: row for row in await session.execute(query)}
    for portion in reckoning.portions:  # in the order in which the customer named them
        restaurant = found[reckoning.products[portion.product_id].restaurant_id]
        reckoning.restaurants.setdefault(restaurant.id, restaurant)


def _places(reckoning: Reckoning, to: Destination | None) -> Iterator[Refusal]:
    if len({r.currency for r in reckoning.restaurants.values()}) > 1:
        yield InvalidInput("One order is paid in one currency.", ("lines",), rule="one_currency")
    if to is None:
        return
    if wrong := list(place_faults(to.point, "destination", "location")):
        yield from wrong
        return
    for restaurant in reckoning.restaurants.values():
        home = Point(restaurant.latitude, restaurant.longitude)
        far = reckoning.distances[restaurant.id] = distance(home, to.point)
        if not restaurants.zone(restaurant).covers(home, to.point):
            yield OutOfZone(
                f"{restaurant.name} does not deliver there; this door is {far / 1000:.1f} km away.",
                ("destination", "location"),
                distance_meters=far,
            )


def _times(reckoning: Reckoning, window: Span | None) -> Iterator[Refusal]:
    now, kitchens = reckoning.now, reckoning.restaurants.values()
    if problem := _bad_window(reckoning, window):
        soonest = reckoning.soonest()
        yield WindowNotAvailable(
            problem, ("window",), next_window=(soonest.start, soonest.end) if soonest else None
        )
        return
    for restaurant in kitchens:
        doors = restaurants.doors(restaurant)
        start = window.start if window else now  # without a window: now is when it has to be open
        shut = windows.closed_at(doors, start, now, reckoning.pace)
        if shut is not None:
            state = "takes no orders" if restaurants.is_paused(restaurant, shut) else "is closed"
            yield RestaurantClosed(
                f"{restaurant.name} {state} then. Choose another time or restaurant.",
                ("lines",),
                restaurant_id=restaurant.id,
                opens_at=doors.next_transition(shut),
            )


def _bad_window(reckoning: Reckoning, window: Span | None) -> str | None:
    if reckoning.site is not None and (fault := reckoning.site.fault(window, reckoning.now)):
        return fault
    if window is None:
        return None
    if window.end <= window.start:
        return "The window ends before it begins."
    if window.end < reckoning.earliest:
        zone = restaurants.hours(next(iter(reckoning.restaurants.values()))).zone
        return f"The earliest possible time is {reckoning.earliest.astimezone(zone):%H:%M}."
    if window.start > reckoning.now + windows.FARTHEST:
        return f"Order at most {windows.FARTHEST.days} days ahead."
    return None
