"""Reckoning a basket: what it costs, when it comes, and everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import pricing, products, restaurants, staggering, windows
from catering.domain.baskets import Basket, Destination, Portion, Price, Span
from catering.domain.choices import Choices
from catering.domain.estimating import HANDLING
from catering.domain.facilities import Site
from catering.domain.geography import Point, distance, travel_time
from catering.domain.products import ProductKind
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
from catering.models import Product, Restaurant

from . import choices
from .proposing import alternatives, unavailable

QUOTE_LIFE = timedelta(minutes=10)


@dataclass
class Reckoning:
    """A basket whose products, restaurants and sums are known and right."""

    now: datetime
    portions: tuple[Portion, ...]
    products: dict[UUID, Row[Any]]
    choices: dict[UUID, Choices] = field(default_factory=dict)
    restaurants: dict[UUID, Row[Any]] = field(default_factory=dict)
    distances: dict[UUID, int] = field(default_factory=dict)
    site: Site | None = None

    @property
    def farthest(self) -> int:
        """From the farthest kitchen to the door, in metres."""
        return max(self.distances.values(), default=0)

    @property
    def way_seconds(self) -> int:
        """From there to the door."""
        return round(travel_time(self.farthest).total_seconds())

    @property
    def preparation(self) -> timedelta:
        """What the slowest kitchen needs."""
        return max(self.preparation_of(restaurant) for restaurant in self.restaurants.values())

    def preparation_of(self, restaurant: Row[Any]) -> timedelta:
        """What this kitchen needs for its slowest dish, busy as it is."""
        usual = restaurants.preparation(restaurant, self.now)
        told = (self.products[portion.product_id] for portion in self.portions)
        own = [
            product.preparation_minutes
            for product in told
            if product.restaurant_id == restaurant.id
        ]
        slower = max(
            (restaurant.preparation_minutes if minutes is None else minutes for minutes in own),
            default=restaurant.preparation_minutes,
        )
        return usual + timedelta(minutes=slower - restaurant.preparation_minutes)

    def ready_at(self, restaurant: Row[Any], start: datetime | None) -> datetime:
        """When its food has to be ready: as soon as possible, or for a window that starts then."""
        soonest = self.now + self.preparation_of(restaurant)
        if start is None:
            last = self.now + self.preparation
            whenever = self.on_a_shelf(restaurant) or not restaurants.takes_orders(restaurant, last)
            return staggering.ready_at(soonest, last, on_a_shelf=whenever)
        way = travel_time(self.distances.get(restaurant.id, 0)) + HANDLING
        return max(soonest, start - way)

    def work_at(self, restaurant: Row[Any], start: datetime | None) -> datetime:
        """When its kitchen begins with it."""
        return self.ready_at(restaurant, start) - self.preparation_of(restaurant)

    def submit_at(self, restaurant: Row[Any], start: datetime | None) -> datetime:
        """When its kitchen gets its ticket, so that all is ready together."""
        begins = self.now if start is None else max(self.now, start - self.pace.lead)
        first = min(self.work_at(one, start) for one in self.restaurants.values())
        ready, work = self.ready_at(restaurant, start), self.work_at(restaurant, start)
        on_a_shelf = self.on_a_shelf(restaurant)
        return staggering.submit_at(begins, first, ready, work, on_a_shelf=on_a_shelf)

    def on_a_shelf(self, restaurant: Row[Any]) -> bool:
        """Whether nothing has to be cooked there."""
        told = (self.products[portion.product_id] for portion in self.portions)
        return all(p.kind is ProductKind.GOODS for p in told if p.restaurant_id == restaurant.id)

    @property
    def pace(self) -> windows.Pace:
        """How long before a window the kitchens get their tickets, and the courier leaves."""
        way = travel_time(self.farthest)
        return windows.Pace(lead=self.preparation + way + 2 * HANDLING, way=way)

    @property
    def earliest(self) -> datetime:
        """When it can be at the door."""
        return self.now + self.preparation + travel_time(self.farthest) + HANDLING

    def soonest(self, fits: Callable[[datetime], bool] = lambda _: True) -> Span | None:
        """The next window that its kitchens can do and its site takes, and whose start `fits`."""
        hours = [restaurants.doors(one) for one in self.restaurants.values()]
        find = windows.soonest if self.site is None else self.site.next_window
        return find(hours, self.now, self.pace, fits)

    def latest(self, window: Span) -> datetime:
        """When the kitchens have to begin, to be at the door before a window is over."""
        return self.now + (window.end - self.earliest)

    @property
    def currency(self) -> str:
        """The one currency of all its restaurants."""
        return str(next(iter(self.restaurants.values())).currency)

    def choices_of(self, portion: Portion) -> Choices:
        """All that can be chosen of this product."""
        return self.choices.get(portion.product_id, Choices())

    def unit_price(self, portion: Portion) -> int:
        """What one costs, as it was chosen."""
        base = self.products[portion.product_id].price
        return self.choices_of(portion).unit_price(base, portion.variant_id, portion.chosen)

    def price(self, window: Span | None) -> Price:
        """What it costs at today's prices."""
        return Price(
            subtotal=sum(self.unit_price(portion) * portion.quantity for portion in self.portions),
            delivery_fee=pricing.delivery_fee(len(self.restaurants), self.farthest),
            currency=self.currency,
            estimated_at=window.end if window else self.earliest,
            valid_until=self.now + QUOTE_LIFE,
        )


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
    if not to.point.is_real():
        yield InvalidInput(
            "Latitude is within ±90 and longitude within ±180 degrees.",
            ("destination", "location"), rule="coordinates",
        )  # fmt: skip
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
