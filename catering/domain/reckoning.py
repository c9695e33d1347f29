"""A basket reckoned: what it costs, how long it takes, and when each kitchen begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from . import pricing, restaurants, staggering, windows
from .baskets import Portion, Price, Span
from .choices import Choices
from .estimating import HANDLING
from .facilities import Site
from .geography import travel_time
from .products import ProductKind

QUOTE_LIFE = timedelta(minutes=10)


@dataclass
class Reckoning:
    """A basket whose products, restaurants and sums are known and right."""

    now: datetime
    portions: tuple[Portion, ...]
    products: dict[UUID, Any]
    choices: dict[UUID, Choices] = field(default_factory=dict)
    restaurants: dict[UUID, Any] = field(default_factory=dict)
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

    def preparation_of(self, restaurant: Any) -> timedelta:
        """What this kitchen needs for its slowest dish, busy as it is."""
        usual = restaurants.preparation(restaurant, self.now)
        own = [product.preparation_minutes for product in self.products_of(restaurant)]
        slower = max(
            (restaurant.preparation_minutes if minutes is None else minutes for minutes in own),
            default=restaurant.preparation_minutes,
        )
        return usual + timedelta(minutes=slower - restaurant.preparation_minutes)

    def ready_at(self, restaurant: Any, start: datetime | None) -> datetime:
        """When its food has to be ready: as soon as possible, or for a window that starts then."""
        soonest = self.now + self.preparation_of(restaurant)
        if start is None:
            last = self.now + self.preparation
            whenever = self.on_a_shelf(restaurant) or not restaurants.takes_orders(restaurant, last)
            return staggering.ready_at(soonest, last, on_a_shelf=whenever)
        way = travel_time(self.distances.get(restaurant.id, 0)) + HANDLING
        return max(soonest, start - way)

    def work_at(self, restaurant: Any, start: datetime | None) -> datetime:
        """When its kitchen begins with it."""
        return self.ready_at(restaurant, start) - self.preparation_of(restaurant)

    def submit_at(self, restaurant: Any, start: datetime | None) -> datetime:
        """When its kitchen gets its ticket, so that all is ready together."""
        begins = self.now if start is None else max(self.now, start - self.pace.lead)
        first = min(self.work_at(one, start) for one in self.restaurants.values())
        ready, work = self.ready_at(restaurant, start), self.work_at(restaurant, start)
        on_a_shelf = self.on_a_shelf(restaurant)
        return staggering.submit_at(begins, first, ready, work, on_a_shelf=on_a_shelf)

    def on_a_shelf(self, restaurant: Any) -> bool:
        """Whether nothing has to be cooked there."""
        return all(it.kind is ProductKind.GOODS for it in self.products_of(restaurant))

    def products_of(self, restaurant: Any) -> list[Any]:
        """What is wanted from there, portion by portion."""
        wanted = (self.products[portion.product_id] for portion in self.portions)
        return [product for product in wanted if product.restaurant_id == restaurant.id]

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
