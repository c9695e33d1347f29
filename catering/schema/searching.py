"""Looking for words in menus, with PostgreSQL alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, cast, false, func, literal, or_, select

from catering import models
from catering.domain.searching import question


def speaks_of(columns: tuple[Any, Any], text: str) -> ColumnElement[bool]:
    """Whether a name and what is told beside it have all these words, or what begins like them."""
    asked = _asked(text)
    if asked is None:
        return false()
    found: ColumnElement[bool] = func.catering_words(*columns).op("@@", is_comparison=True)(asked)
    return found


def relevance(columns: tuple[Any, Any], text: str) -> ColumnElement[float]:
    """How well they fit; a name counts more than a description."""
    asked = _asked(text)
    if asked is None:
        return cast(literal(0), Float)
    return cast(func.ts_rank(func.catering_words(*columns), asked), Float)


def of_product() -> tuple[Any, Any]:
    """Where a product tells of itself."""
    return models.Product.name, models.Product.description


def of_restaurant() -> tuple[Any, Any]:
    """Where a restaurant does."""
    return models.Restaurant.name, models.Restaurant.slug


def restaurant_speaks_of(text: str) -> ColumnElement[bool]:
    """Whether it is called so, or sells something that is."""
    product = models.Product
    sells = select(product.restaurant_id).where(
        product.removed_at.is_(None), speaks_of(of_product(), text)
    )
    return or_(speaks_of(of_restaurant(), text), models.Restaurant.id.in_(sells))


def restaurant_relevance(text: str) -> ColumnElement[float]:
    """Its own name counts before all that it sells; of that, what fits best."""
    product = models.Product
    best = (
        select(func.max(relevance(of_product(), text)))
        .where(
            product.restaurant_id == models.Restaurant.id,
            product.removed_at.is_(None),
            speaks_of(of_product(), text),
        )
        .correlate(models.Restaurant)
        .scalar_subquery()
    )
    return cast(relevance(of_restaurant(), text) * 10 + func.coalesce(best, 0), Float)


def _asked(text: str) -> Any:
    asked = question(text)
    if asked is None:
        return None
    return func.to_tsquery("simple", asked).op("||")(func.to_tsquery("english", asked))
