"""Menus come from files: what is new is added, what changed follows, what is gone is withdrawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import clock
from catering.domain import ids
from catering.domain.choices import Choices
from catering.domain.events import EventKind
from catering.domain.menu_files import MenuFile, MenuItem
from catering.domain.people import Actor
from catering.domain.products import AvailabilitySource
from catering.domain.refusals import NotFound, Refused
from catering.models import Category, Product, Restaurant

from . import choices
from .choosing import set_modifier_groups, set_variants
from .recording import happened

T = TypeVar("T")

AVAILABILITY: Final = frozenset({"stock", "unavailable", "removed_at"})
TOLD: Final = AVAILABILITY | {"price"}
"""What of a product is worth an event: whoever has it in a basket wants to know."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many products came, changed, went and stayed."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0


async def import_menu(session: AsyncSession, slug: str, menu: MenuFile, *, by: Actor) -> Imported:
    """Make the menu of a restaurant what the file says. Raises `Refused(NotFound)`.

    A product is recognised by its external id, else by its category and name. One that the file no
    longer names is marked unavailable, never deleted: orders refer to it. One that it names is on
    offer again, even if it was sold out; a snooze goes on. A file with problems withdraws nothing:
    what it seems to lack may only be misspelt. What can be chosen of a product is what the file
    says, where it says anything of that; whether a choice can be had stays as it is.
    """
    restaurant_id = await _hold(session, slug)
    categories = await _categories(session, restaurant_id, menu.items)
    known = await _products(session, restaurant_id)
    outcome = Counter[str]()
    there = set[Product]()
    offered = await choices.of(session, (product.id for product in known))
    for item, rank, product in _recognised(menu.items, known, categories):
        facts = _facts(item, categories[item.category.casefold()].id, rank)
        if product is None:
            added = await _add(session, restaurant_id, facts, by)
            await _choose(session, added, item, Choices(), by)
            outcome["added"] += 1
        else:
            there.add(product)
            changed = await _change(session, product, facts, by)
            changed |= await _choose(session, product, item, offered.get(product.id), by)
            outcome["changed" if changed else "unchanged"] += 1
    for product in () if menu.problems else [it for it in known if it not in there]:
        outcome["withdrawn"] += await _change(session, product, {"unavailable": True}, by)
    await session.flush()
    return Imported(**outcome)


async def currency_of(session: AsyncSession, slug: str) -> str:
    """What a restaurant's prices are in. Raises `Refused(NotFound)`."""
    query = select(Restaurant.currency).where(Restaurant.slug == slug)
    return _known(await session.scalar(query), slug)


async def _hold(session: AsyncSession, slug: str) -> UUID:
    # One import of a menu at a time; orders at the restaurant go on meanwhile (NO KEY UPDATE).
    query = select(Restaurant.id).where(Restaurant.slug == slug)
    return _known(await session.scalar(query.with_for_update(key_share=True)), slug)


def _known(found: T | None, slug: str) -> T:
    if found is None:
        raise Refused(NotFound(f"There is no restaurant “{slug}”.", ("restaurant",)))
    return found


async def _categories(
    session: AsyncSession, restaurant_id: UUID, items: Iterable[MenuItem]
) -> dict[str, Category]:
    """All categories, by name whatever its case; those of the file are in its order."""
    query = select(Category).where(
        Category.restaurant_id == restaurant_id, Category.removed_at.is_(None)
    )
    categories = {it.name.casefold(): it for it in await session.scalars(query)}
    names = dict[str, str]()
    for item in items:
        names.setdefault(item.category.casefold(), item.category)
    for rank, (key, name) in enumerate(names.items()):
        category = categories.setdefault(
            key, Category(id=ids.new(), restaurant_id=restaurant_id, name=name, rank=rank)
        )
        category.name, category.rank = name, rank
        session.add(category)
    await session.flush()
    return categories


async def _products(session: AsyncSession, restaurant_id: UUID) -> Sequence[Product]:
    # In the order of their ids, as baskets lock them: nobody waits for each other in a circle.
    query = (
        select(Product)
        .where(Product.restaurant_id == restaurant_id)
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


def _recognised(
    items: Sequence[MenuItem], known: Sequence[Product], categories: dict[str, Category]
) -> Iterator[tuple[MenuItem, int, Product | None]]:
    """Every item with its place in its category and the product that it is, if we have it.

    External ids go first: a product that one item has claimed is no other's namesake.
    """
    numbered: dict[str | None, Product] = {
        product.external_id: product for product in known if product.external_id
    }
    claimed = {numbered[item.external_id] for item in items if item.external_id in numbered}
    folded = {category.id: name for name, category in categories.items()}
    namesakes = {
        (folded[product.category_id], product.name.casefold()): product
        for product in sorted(known, key=lambda product: not product.unavailable)
        if product not in claimed
    }
    ranks = defaultdict[str, "count[int]"](count)
    for item in items:
        key = (item.category.casefold(), item.name.casefold())
        product = numbered.get(item.external_id) or namesakes.get(key)
        yield item, next(ranks[key[0]]), product


def _facts(item: MenuItem, category_id: UUID, rank: int) -> dict[str, Any]:
    """What the file says. It may keep silent about the external id; the rest it says for good."""
    facts = {
        "category_id": category_id,
        "name": item.name,
        "description": item.description,
        "kind": item.kind,
        "price": item.price,
        "stock": item.stock,
        "unavailable": False,
        "removed_at": None,
        "image": item.photo,
        "rank": rank,
    }
    return facts | ({"external_id": item.external_id} if item.external_id else {})


async def _add(
    session: AsyncSession, restaurant_id: UUID, facts: dict[str, Any], by: Actor
) -> Product:
    price = facts.pop("price")
    product = Product(
        id=ids.new(), restaurant_id=restaurant_id, source=AvailabilitySource.FILE, **facts
    )
    session.add(product)
    product.cost(price, by=by)
    await _tell(session, product, by)
    return product


async def _choose(
    session: AsyncSession, product: Product, item: MenuItem, known: Choices | None, by: Actor
) -> bool:
    """Offer the variants and modifiers that the file names, and whether anything is different."""
    before, source, changed = known or Choices(), AvailabilitySource.FILE, False
    if item.variants is not None and not before.has_variants(item.variants):
        await set_variants(session, product.id, item.variants, by=by, source=source)
        changed = True
    if item.modifiers is not None and not before.has_groups(item.modifiers):
        await set_modifier_groups(session, product.id, item.modifiers, by=by, source=source)
        changed = True
    return changed


async def _change(
    session: AsyncSession, product: Product, facts: dict[str, Any], by: Actor
) -> bool:
    """Write what differs, and whether anything did."""
    different = {name: value for name, value in facts.items() if getattr(product, name) != value}
    for name, value in different.items():
        if name == "price":
            product.cost(value, by=by)
        else:
            setattr(product, name, value)
    if different.keys() & AVAILABILITY:
        product.tell(AvailabilitySource.FILE, await clock(session))
    if different.keys() & TOLD:
        await _tell(session, product, by)
    return bool(different)


async def _tell(session: AsyncSession, product: Product, by: Actor) -> None:
    await happened(
        session, EventKind.PRODUCT_CHANGED, product.id, by=by, restaurant_id=product.restaurant_id
    )
