"""What could be had instead of a product that is gone, and the refusal that says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import products
from catering.domain.proposing import Candidate, of_its_kind, proposed
from catering.domain.refusals import ProductUnavailable
from catering.models import Product

from . import choices


def unavailable(
    product: Row[Any] | Product, left: int, instead: tuple[UUID, ...]
) -> ProductUnavailable:
    """The refusal that names what is left and what could be had instead."""
    message = (
        f"“{product.name}” is sold out." if not left else f"Only {left} “{product.name}” left."
    )
    return ProductUnavailable(
        f"{message} Choose another product or a smaller quantity.",
        product_id=product.id, available_quantity=left, alternative_ids=instead,
    )  # fmt: skip


async def alternatives(
    session: AsyncSession,
    product: Row[Any] | Product,
    now: datetime,
    beside: Iterable[UUID] = (),
    *,
    only_its_kind: bool = False,
) -> tuple[UUID, ...]:
    """What could be had instead, of which nothing has to be chosen; `beside` are other restaurants
    that cook for the same order."""
    columns = Product.__table__.columns
    query = select(*(columns[name] for name in _TO_PROPOSE)).where(
        Product.restaurant_id.in_({product.restaurant_id, *beside}),
        Product.removed_at.is_(None),
        Product.id.not_in(choices.needing_one()),
    )
    there = (_candidate(r) for r in await session.execute(query) if products.left(r, now) != 0)
    missing = _candidate(product)
    if only_its_kind:
        there = (one for one in there if of_its_kind(missing, one))
    return proposed(missing, there)


_TO_PROPOSE = (
    "id", "restaurant_id", "category_id", "kind", "price", "rank", "unavailable", "snoozed_until",
    "removed_at", "stock", "daily_quota", "quota_left", "quota_until",
)  # fmt: skip


def _candidate(row: Row[Any] | Product) -> Candidate:
    return Candidate(row.id, row.restaurant_id, row.category_id, row.kind, row.price, row.rank)
