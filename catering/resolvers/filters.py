"""Which rows, and in which order. Members of a filter are joined by AND, lists by OR."""

from __future__ import annotations

from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Float, Select, Text, case, cast, func, literal, select
from sqlalchemy.types import UserDefinedType
from strawberry import ID

from catering import models
from catering.database import now
from catering.domain.geography import Point
from catering.domain.ids import Prefix
from catering.domain.orders import LIVE, OrderStatus, OrderType
from catering.schema import searching
from catering.schema.enums import OrderDirection
from catering.schema.listing import known
from catering.schema.paging import Sort, misused
from catering.schema.values import DateTimeRange, GeoPointInput


class _Polygon(UserDefinedType[Any]):
    """PostgreSQL's own `polygon`: cast from text, and never sent or read."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "POLYGON"


@strawberry.input(description="Which orders. Without `archived: true` those that are not archived.")
class OrderFilter:
    """Null means: does not matter; of archived ones: not those."""

    status: list[OrderStatus] | None = None
    type: list[OrderType] | None = None
    restaurant: list[ID] | None = None
    driver: list[ID] | None = None
    facility: list[ID] | None = None
    placed_at: DateTimeRange | None = None
    overdue: bool | None = None
    needs_action: bool | None = None
    archived: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for a query of orders."""
        order = models.Order
        gone = order.archived_at.is_not(None)
        told: list[ColumnElement[bool]] = [gone if self.archived else ~gone]
        if self.status is not None:
            told.append(order.status.in_(self.status))
        if self.type is not None:
            told.append(order.type.in_(self.type))
        if self.restaurant is not None:
            ticket = models.Ticket
            wanted = ticket.restaurant_id.in_(known(Prefix.RESTAURANT, self.restaurant))
            told.append(order.id.in_(select(ticket.order_id).where(wanted)))
        if self.facility is not None:
            told.append(order.facility_id.in_(known(Prefix.FACILITY, self.facility)))
        if self.driver is not None:
            delivery = models.Delivery
            wanted = delivery.driver_id.in_(known(Prefix.DRIVER, self.driver))
            told.append(order.id.in_(select(delivery.order_id).where(wanted)))
        if self.needs_action is not None:
            told.append(order.needs_action.is_(self.needs_action))
        if self.overdue is not None:
            told.append(late() if self.overdue else ~late())
        return told + self._placed()

    def _placed(self) -> list[ColumnElement[bool]]:
        placed, told = models.Order.placed_at, list[ColumnElement[bool]]()
        if self.placed_at is not None and self.placed_at.from_ is not None:
            told.append(placed >= self.placed_at.from_)
        if self.placed_at is not None and self.placed_at.until is not None:
            told.append(placed < self.placed_at.until)
        return told


def late() -> ColumnElement[bool]:
    """Orders that should have been at the door by now."""
    return (models.Order.promised_at < now()) & models.Order.status.in_(LIVE)


@strawberry.enum(description="What orders are sorted by.")
class OrderSortField(Enum):
    """Ties are told apart by id."""

    PLACED_AT = "PLACED_AT"
    UPDATED_AT = "UPDATED_AT"
    ESTIMATED_AT = "ESTIMATED_AT"


@strawberry.input(description="How orders are sorted.")
class OrderSort:
    """The newest first, unless told otherwise."""

    field: OrderSortField
    direction: OrderDirection = OrderDirection.DESC

    def sort(self) -> Sort:
        """The same for a page."""
        order = models.Order
        column: ColumnElement[Any] = {
            OrderSortField.PLACED_AT: order.placed_at,
            OrderSortField.UPDATED_AT: order.updated_at,
            OrderSortField.ESTIMATED_AT: func.coalesce(order.estimated_at, order.promised_at),
        }[self.field]  # type: ignore[assignment]
        return Sort((column, order.id), self.direction is OrderDirection.DESC)


@strawberry.input(description="Which restaurants.")
class RestaurantFilter:
    """Null means: does not matter."""

    accepts_orders: bool | None = None
    delivers_to: GeoPointInput | None = None
    search: str | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query with what the database can decide; opening hours are decided afterwards."""
        if self.search:
            query = query.where(searching.restaurant_speaks_of(self.search))
        if self.delivers_to is not None:
            query = query.where(_covers(self.delivers_to.point("filter", "deliversTo")))
        return query


@strawberry.enum(description="What restaurants are sorted by.")
class RestaurantSortField(Enum):
    """DISTANCE needs the filter `deliversTo`, RELEVANCE needs `search`; ASC is the best first."""

    NAME = "NAME"
    DISTANCE = "DISTANCE"
    RELEVANCE = "RELEVANCE"


@strawberry.input(description="How restaurants are sorted.")
class RestaurantSort:
    """Ties are told apart by id."""

    field: RestaurantSortField
    direction: OrderDirection = OrderDirection.ASC


def restaurant_sort(by: RestaurantSort | None, filter: RestaurantFilter | None) -> Sort:
    """The order of a list of restaurants. Raises a `GraphQLError` where it cannot be known."""
    restaurant = models.Restaurant
    search = filter.search if filter else None
    if by is None and search:
        return Sort((searching.restaurant_relevance(search), restaurant.id), True)
    down = by is not None and by.direction is OrderDirection.DESC
    if by is None or by.field is RestaurantSortField.NAME:
        return Sort((restaurant.name, restaurant.id), down)
    if by.field is RestaurantSortField.RELEVANCE:
        if not search:
            raise misused("To sort by RELEVANCE, say with filter.search what you look for.")
        return Sort((searching.restaurant_relevance(search), restaurant.id), not down)
    if filter is None or filter.delivers_to is None:
        raise misused("To sort by DISTANCE, say with filter.deliversTo from where.")
    return Sort((_metres(filter.delivers_to.point("filter", "deliversTo")), restaurant.id), down)


def _covers(door: Point) -> ColumnElement[bool]:
    """The same as `domain.geography.Zone.covers`, in the database, which has polygons, too."""
    restaurant = models.Restaurant
    corners = func.translate(cast(restaurant.outline, Text), "[]", "()")
    within = cast(corners, _Polygon).op("@>", is_comparison=True)(
        func.point(door.latitude, door.longitude)
    )
    near = _metres(door) <= restaurant.reach_meters
    return case((restaurant.outline.is_(None), near), else_=within)


def _metres(to: Point) -> ColumnElement[float]:
    """The same great circle as `domain.geography.distance`, in the database."""
    restaurant = models.Restaurant
    here, there = func.radians(restaurant.latitude), func.radians(literal(to.latitude))
    chord = func.power(func.sin((here - there) / 2), 2) + func.cos(here) * func.cos(
        there
    ) * func.power(func.sin(func.radians(restaurant.longitude - literal(to.longitude)) / 2), 2)
    return cast(2 * 6_371_008.8 * func.asin(func.sqrt(func.least(chord, 1.0))), Float)
