"""Which products, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Select, SQLColumnExpression, case, false, func, or_, select
from strawberry import ID

from catering import models
from catering.database import now
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.products import Availability, ProductKind

from . import searching
from .enums import OrderDirection
from .paging import Sort, misused


@strawberry.enum(description="What products are sorted by.")
class ProductSortField(Enum):
    """POSITION is the place in the menu. RELEVANCE needs `filter.search`; ASC: the best first."""

    NAME = "NAME"
    POSITION = "POSITION"
    PRICE = "PRICE"
    RELEVANCE = "RELEVANCE"


@strawberry.input(description="How products are sorted.")
class ProductSort:
    """Ties are told apart by id."""

    field: ProductSortField
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input(description="Which products. Members are joined by AND, values of a list by OR.")
class ProductFilter:
    """Null means: does not matter."""

    availability: list[Availability] | None = None
    kind: list[ProductKind] | None = None
    category: list[ID] | None = None
    search: str | None = None

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """The query with these conditions."""
        product = models.Product
        if self.kind is not None:
            query = query.where(product.kind.in_(self.kind))
        if self.category is not None:
            query = query.where(
                product.category_id.in_(list(known(Prefix.CATEGORY, self.category)))
            )
        if self.search:
            query = query.where(searching.speaks_of(searching.of_product(), self.search))
        if self.availability is not None:
            query = query.where(or_(false(), *(_is(state) for state in self.availability)))
        return query


def known(prefix: Prefix, given: Sequence[ID]) -> Sequence[UUID]:
    """The ids of one kind among these; others name nothing."""
    found = list[UUID]()
    for text in given:
        try:
            kind, id = ids.decode(text)
        except ids.NotAnId:
            continue
        if kind is prefix:
            found.append(id)
    return found


def _is(state: Availability) -> Any:
    product = models.Product
    is_today = func.coalesce(product.quota_until > now(), False)
    portions = case((is_today, product.quota_left), else_=product.daily_quota)
    left = func.least(product.stock, portions)  # which passes over nulls
    gone = product.unavailable | (func.coalesce(left, 1) <= 0)
    asleep = func.coalesce(product.snoozed_until > now(), False)
    return {
        Availability.UNAVAILABLE: gone,
        Availability.SNOOZED: ~gone & asleep,
        Availability.LIMITED: ~gone & ~asleep & left.is_not(None),
        Availability.AVAILABLE: ~gone & ~asleep & left.is_(None),
    }[state]


def product_sort(by: ProductSort | None, search: str | None) -> Sort:
    """The order of a list of products. Raises a `GraphQLError` where it cannot be known."""
    product = models.Product
    usual = ProductSortField.RELEVANCE if search else ProductSortField.POSITION
    field = by.field if by else usual
    if field is ProductSortField.RELEVANCE:
        if not search:
            raise misused("To sort by RELEVANCE, say with filter.search what you look for.")
        worst_first = by is not None and by.direction is OrderDirection.DESC
        fit = searching.relevance(searching.of_product(), search)
        return Sort((fit, product.id), not worst_first)
    chapter = select(models.Category.rank).where(models.Category.id == product.category_id)
    columns: dict[ProductSortField, tuple[SQLColumnExpression[Any], ...]] = {
        ProductSortField.NAME: (product.name,),
        ProductSortField.POSITION: (chapter.scalar_subquery(), product.rank),
        ProductSortField.PRICE: (product.price,),
    }
    down = by is not None and by.direction is OrderDirection.DESC
    return Sort((*columns[field], product.id), down)
