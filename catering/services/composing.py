"""Menus: chapters and products, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import ids, products
from catering.domain.accounts import name_faults
from catering.domain.people import Actor
from catering.domain.products import NAME_LENGTH, ProductKind
from catering.domain.refusals import InvalidInput, NotFound, Refusal, Refused
from catering.models import Category, Product, Restaurant

from .hosting import hold
from .stock import source_of, tell

MOST_PRODUCTS: Final = 2_000
MOST_CATEGORIES: Final = 200


async def add_category(
    session: AsyncSession, restaurant_id: UUID, name: str, *, by: Actor
) -> Category:
    """Add a chapter at the end of a menu."""
    _must(name_faults("name", "A chapter", name, NAME_LENGTH))
    await hold(session, restaurant_id, by=by)  # one change of a menu at a time
    await _must_be_new(session, restaurant_id, name)
    counted, last = await _places(session, Category.rank, Category.restaurant_id == restaurant_id)
    _must_fit(counted, MOST_CATEGORIES)
    category = Category(id=ids.new(), restaurant_id=restaurant_id, name=name.strip(), rank=last + 1)
    session.add(category)
    await session.flush()
    return category


async def rename_category(
    session: AsyncSession, category_id: UUID, name: str, *, by: Actor
) -> Category:
    """Give a chapter another name."""
    _must(name_faults("name", "A chapter", name, NAME_LENGTH))
    category = await _hold_category(session, category_id, by=by)
    if category.name != name.strip():
        await _must_be_new(session, category.restaurant_id, name)
        category.name = name.strip()
    return category


async def remove_category(session: AsyncSession, category_id: UUID, *, by: Actor) -> Restaurant:
    """Take an empty chapter out of a menu. What was sold in it before still refers to it."""
    category = await _hold_category(session, category_id, by=by)
    sold = select(Product.id).where(
        Product.category_id == category.id, Product.removed_at.is_(None)
    )
    if await session.scalar(select(sold.exists())):
        message = "Remove its products first, or move them."
        raise Refused(InvalidInput(message, ("categoryId",), rule="not_empty"))
    category.removed_at = await database.clock(session)
    return await session.get_one(Restaurant, category.restaurant_id)


async def add_product(
    session: AsyncSession,
    category_id: UUID,
    kind: ProductKind,
    price: tuple[int, str],
    facts: dict[str, Any],
    *,
    by: Actor,
) -> Product:
    """Put a product at the end of a chapter. It can be had at once, as many as one likes."""
    category = await _hold_category(session, category_id, by=by)
    home = await session.get_one(Restaurant, category.restaurant_id)
    _must([*products.facts_faults(facts), *_price_faults(price, home)])
    counted, last = await _places(session, Product.rank, Product.category_id == category.id)
    _must_fit(counted, MOST_PRODUCTS)
    product = Product(
        id=ids.new(), restaurant_id=home.id, category_id=category.id, kind=kind, rank=last + 1,
        source=source_of(by), checked_at=await database.clock(session), **_columns(facts),
    )  # fmt: skip
    session.add(product)
    product.cost(price[0], by=by)
    await session.flush()
    await tell(session, product, by=by)
    return product


async def change_product(
    session: AsyncSession, product_id: UUID, facts: dict[str, Any], *, by: Actor
) -> Product:
    """Tell something new of a product: only what is in `facts` changes."""
    product = await hold_product(session, product_id, by=by)
    _must(products.facts_faults(facts))
    if (chapter := facts.get("category_id")) is not None:
        await _must_be_of(session, chapter, product)
    columns = _columns(facts)
    if any(getattr(product, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(product, name, value)
        await tell(session, product, by=by)
    return product


async def change_price(
    session: AsyncSession, product_id: UUID, price: tuple[int, str], *, by: Actor
) -> Product:
    """Ask another price from now on. What was ordered before costs what it did."""
    product = await hold_product(session, product_id, by=by)
    _must(_price_faults(price, await session.get_one(Restaurant, product.restaurant_id)))
    if product.price != price[0]:
        product.cost(price[0], by=by)
        await tell(session, product, by=by)
    return product


async def remove_product(session: AsyncSession, product_id: UUID, *, by: Actor) -> Product:
    """Take a product off the menu for good. Orders still refer to it, so it is not deleted."""
    product = await hold_product(session, product_id, by=by)
    product.removed_at = await database.clock(session)
    await tell(session, product, by=by)
    return product


async def hold_product(session: AsyncSession, product_id: UUID, *, by: Actor) -> Product:
    """A product that this actor may change, locked."""
    query = Product.run_by(by).where(Product.id == product_id)
    product = await session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if product is None:
        raise Refused(NotFound("There is no such product of yours.", ("productId",)))
    return product


async def _hold_category(session: AsyncSession, category_id: UUID, *, by: Actor) -> Category:
    query = Category.run_by(by).where(Category.id == category_id)
    category = await session.scalar(query)
    if category is None:
        raise Refused(NotFound("There is no such chapter of yours.", ("categoryId",)))
    await hold(session, category.restaurant_id, by=by)
    return category


async def _must_be_new(session: AsyncSession, restaurant_id: UUID, name: str) -> None:
    same = select(Category.id).where(
        Category.restaurant_id == restaurant_id,
        Category.removed_at.is_(None),
        func.lower(Category.name) == name.strip().lower(),
    )
    if await session.scalar(select(same.exists())):
        raise Refused(InvalidInput("There is such a chapter already.", ("name",), rule="taken"))


async def _must_be_of(session: AsyncSession, category_id: UUID, product: Product) -> None:
    home = await session.scalar(
        select(Category.restaurant_id).where(
            Category.id == category_id, Category.removed_at.is_(None)
        )
    )
    if home != product.restaurant_id:
        raise Refused(NotFound("There is no such chapter in this menu.", ("categoryId",)))


async def _places(session: AsyncSession, rank: Any, among: Any) -> tuple[int, int]:
    """How many there are, and the last place that is taken."""
    query = select(func.count(), func.coalesce(func.max(rank), -1)).where(among)
    counted, last = (await session.execute(query)).one()
    return counted, last


def _price_faults(price: tuple[int, str], home: Restaurant) -> Iterable[InvalidInput]:
    minor, currency = price
    if currency != home.currency:
        message = f"{home.name} sells in {home.currency}."
        return [InvalidInput(message, ("price", "currency"), rule="currency")]
    return products.price_faults(minor, "price", "amount")


def _columns(facts: dict[str, Any]) -> dict[str, Any]:
    """What is told, by column; text is stripped, and the preparation is whole minutes."""
    columns: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in facts.items()}
    if "preparation" in columns:
        time = columns.pop("preparation")
        minutes = None if time is None else -(-time // timedelta(minutes=1))
        columns["preparation_minutes"] = minutes
    return columns


def _must(wrong: Iterable[Refusal]) -> None:
    if told := list(wrong):
        raise Refused(*told)


def _must_fit(counted: int, most: int) -> None:
    if counted >= most:
        raise Refused(InvalidInput(f"At most {most}.", rule="too_many"))
