"""What is counted: taken with the order, in the same transaction, never below zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import choices, products, restaurants
from catering.domain.baskets import Portion
from catering.domain.events import EventKind
from catering.domain.people import STAFF, SYSTEM, Actor, Role
from catering.domain.products import AvailabilitySource
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import Refused
from catering.models import Line, Modifier, Product, Restaurant, Variant

from .proposing import alternatives, unavailable
from .recording import happened


async def hold(session: AsyncSession, products: Iterable[UUID]) -> None:
    """Lock products before some are put back and others taken: all of them in one order."""
    await _locked(session, set(products))


async def take(session: AsyncSession, portions: Sequence[Portion], reckoning: Reckoning) -> None:
    """Take what is counted. Raises `Refused`: somebody else may have been faster."""
    wanted = Counter[UUID]()
    for portion in portions:
        wanted[portion.product_id] += portion.quantity
    now = reckoning.now
    counted = {id for id in wanted if products.counted(reckoning.products[id], now) is not None}
    counted_choices = {
        portion.product_id
        for portion in portions
        if any(reckoning.choices_of(portion).counted(portion.choices))
    }  # their product is locked before them, so that their own order does not matter
    for product in await _locked(session, counted | counted_choices):
        left = products.left(product, now)
        if left is None:
            await tell(session, product, by=SYSTEM)
            continue
        if left < wanted[product.id]:
            instead = await alternatives(session, product, now)
            index = next(i for i, p in enumerate(portions) if p.product_id == product.id)
            raise Refused(unavailable(product, left, instead).at("lines", str(index), "productId"))
        await _take(session, product, wanted[product.id], now)
    await _take_choices(session, portions, reckoning)


async def take_one(session: AsyncSession, product_id: UUID, quantity: int) -> bool:
    """Take some of one product, if there are so many."""
    (product,) = await _locked(session, {product_id})
    now = await database.clock(session)
    left = products.left(product, now)
    if left is not None:
        if left < quantity:
            return False
        await _take(session, product, quantity, now)
    return True


async def give_back(session: AsyncSession, lines: Iterable[Line]) -> None:
    """Put what will not be cooked or carried back where it was counted."""
    returned = list(lines)
    now = await database.clock(session)
    for product in await _locked(session, {line.product_id for line in returned}):
        if product.stock is None and product.daily_quota is None:
            continue
        midnight = await _midnight(session, product, now)
        for line in returned:
            if line.product_id == product.id:
                product.put_back(line.quantity, line.taken_at or line.whole().placed_at, midnight)
        product.tell(AvailabilitySource.ORDERS, now)
        await tell(session, product, by=SYSTEM)
    await give_back_choices(session, returned)


async def give_back_choices(session: AsyncSession, lines: Iterable[Line]) -> None:
    """Put back what was chosen, where it was counted; a dish that ran out leaves its extras."""
    known, returned = list(lines), Counter[UUID]()
    for line in known:
        returned += line.choices
    found = {row.id: row for row in await _locked_choices(session, returned)}
    if not found:
        return
    now = await database.clock(session)
    for id, row in found.items():
        row.stock = (row.stock or 0) + returned[id]
        row.source, row.checked_at = AvailabilitySource.ORDERS, now
    for product_id in {line.product_id for line in known if found.keys() & line.choices.keys()}:
        await tell(session, await session.get_one(Product, product_id), by=SYSTEM)


async def sold_out(session: AsyncSession, product_id: UUID, *, by: Actor) -> None:
    """The kitchen has none left: nobody else shall order it."""
    (product,) = await _locked(session, {product_id})
    if product.stock is not None:
        product.stock = 0
    product.unavailable = True
    product.tell(source_of(by), await database.clock(session))
    await tell(session, product, by=by)


async def snooze_over(session: AsyncSession, product_id: UUID) -> None:
    """It can be had again: those who watch are told."""
    (product,) = await _locked(session, {product_id})
    if _has_passed(product.snoozed_until, await database.clock(session)):
        product.snoozed_until = None
        await tell(session, product, by=SYSTEM)


async def day_over(session: AsyncSession, product_id: UUID) -> None:
    """All portions of a new day are there: those who watch are told."""
    (product,) = await _locked(session, {product_id})
    if _has_passed(product.quota_until, await database.clock(session)):
        product.quota_left = product.quota_until = None
        await tell(session, product, by=SYSTEM)


async def tell(session: AsyncSession, product: Product, *, by: Actor) -> None:
    """Whoever has it in a basket wants to know."""
    home = product.restaurant_id
    await happened(session, EventKind.PRODUCT_CHANGED, product.id, by=by, restaurant_id=home)


def source_of(by: Actor) -> AvailabilitySource:
    """In whose name something is said about a product. The system speaks for outside systems."""
    if by.role is Role.RESTAURANT:
        return AvailabilitySource.RESTAURANT
    return AvailabilitySource.OFFICE if by.role in STAFF else AvailabilitySource.PROVIDER


async def _locked(session: AsyncSession, ids: set[UUID]) -> Sequence[Product]:
    # Always in the order of their ids, so that two baskets never wait for each other; and NO KEY
    # UPDATE, so that a line that refers to one is written without waiting for those who count.
    query = (
        select(Product)
        .where(Product.id.in_(ids))
        .order_by(Product.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all() if ids else ()


async def _take_choices(
    session: AsyncSession, portions: Sequence[Portion], reckoning: Reckoning
) -> None:
    """Take of the variants and modifiers that are counted."""
    wanted, of = Counter[UUID](), dict[UUID, int]()
    for index, portion in enumerate(portions):
        for row in reckoning.choices_of(portion).counted(portion.choices):
            wanted[row.id] += portion.choices[row.id]
            of[row.id] = index
    for row in await _locked_choices(session, wanted):
        index = of[row.id]
        left = choices.left(row, reckoning.now)
        if left is not None and left < wanted[row.id]:
            offered = reckoning.choices_of(portions[index])
            product = reckoning.products[portions[index].product_id]
            no = offered.too_little(product, row, left)
            raise Refused(no.at("lines", str(index), *(no.path or ())))
        row.stock = (row.stock or 0) - wanted[row.id]
        row.source, row.checked_at = AvailabilitySource.ORDERS, reckoning.now


async def _locked_choices(
    session: AsyncSession, wanted: Mapping[UUID, int]
) -> list[Variant | Modifier]:
    """Those that somebody counts; after the products, and in one order, too."""
    found = list[Variant | Modifier]()
    for kind in (Variant, Modifier) if wanted else ():
        query = (
            select(kind)
            .where(kind.id.in_(wanted), kind.stock.is_not(None))
            .order_by(kind.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        found += await session.scalars(query)
    return found


async def _take(session: AsyncSession, product: Product, quantity: int, now: datetime) -> None:
    midnight = await _midnight(session, product, now)
    product.take(quantity, now, midnight)
    product.tell(AvailabilitySource.ORDERS, now)
    if product.quota_left != 0:
        await tell(session, product, by=SYSTEM)
        return
    await happened(
        session, EventKind.PRODUCT_SOLD_OUT, product.id, by=SYSTEM,
        restaurant_id=product.restaurant_id, moments={"until": midnight},
    )  # fmt: skip


async def _midnight(session: AsyncSession, product: Product, now: datetime) -> datetime:
    home = await session.get_one(Restaurant, product.restaurant_id)
    return products.midnight_after(now, restaurants.hours(home).zone)


def _has_passed(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
