"""Stock: taken with the order, in the same transaction, never below zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Portion
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.models import Event, Line, Product

from .reckoning import Reckoning, alternatives, unavailable


async def hold(session: AsyncSession, products: Iterable[UUID]) -> None:
    """Lock products before some are put back and others taken: all of them in one order."""
    await _locked(session, set(products))


async def take(session: AsyncSession, portions: Sequence[Portion], reckoning: Reckoning) -> None:
    """Take what is counted off the shelf. Raises `Refused`: somebody else may have been faster."""
    wanted = Counter[UUID]()
    for portion in portions:
        wanted[portion.product_id] += portion.quantity
    counted = {id for id in wanted if reckoning.products[id].stock is not None}
    for product in await _locked(session, counted):
        left = product.stock or 0
        if left < wanted[product.id]:
            instead = await alternatives(session, product, reckoning.now)
            index = next(i for i, p in enumerate(portions) if p.product_id == product.id)
            raise Refused(unavailable(product, left, instead).at("lines", str(index), "productId"))
        _put(session, product, left - wanted[product.id])


async def take_one(session: AsyncSession, product_id: UUID, quantity: int) -> bool:
    """Take some of one product, if there are so many."""
    (product,) = await _locked(session, {product_id})
    if product.stock is not None:
        if product.stock < quantity:
            return False
        _put(session, product, product.stock - quantity)
    return True


async def give_back(session: AsyncSession, lines: Iterable[Line]) -> None:
    """Put what will not be cooked or carried back on the shelf."""
    returned = Counter[UUID]()
    for line in lines:
        returned[line.product_id] += line.quantity
    for product in await _locked(session, set(returned)):
        if product.stock is not None:
            _put(session, product, product.stock + returned[product.id])


async def sold_out(session: AsyncSession, product_id: UUID, *, by: Actor) -> None:
    """The kitchen has none left: nobody else shall order it."""
    (product,) = await _locked(session, {product_id})
    if product.stock is not None:
        product.stock = 0
    product.unavailable = True
    session.add(_changed(product, by))


async def _locked(session: AsyncSession, ids: set[UUID]) -> Sequence[Product]:
    # Always in the order of their ids, so that two baskets never wait for each other.
    query = (
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all() if ids else ()


def _put(session: AsyncSession, product: Product, stock: int) -> None:
    product.stock = stock
    session.add(_changed(product, None))


def _changed(product: Product, by: Actor | None) -> Event:
    return Event(
        kind=EventKind.PRODUCT_CHANGED,
        subject_id=product.id,
        restaurant_id=product.restaurant_id,
        actor_id=by.id if by else None,
        actor_role=by.role if by else None,
        data={},
    )
