"""Variants and modifiers: what can be chosen of a product, as its restaurant writes it down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import ids
from catering.domain.choices import Offered, OfferedGroup, list_faults
from catering.domain.people import Actor
from catering.domain.products import Availability, AvailabilitySource, Supply
from catering.domain.refusals import NotFound, Refused
from catering.models import Modifier, ModifierGroup, PriceChange, Product, Restaurant, Variant

from . import stock
from .composing import hold_product

Row = TypeVar("Row", Variant, ModifierGroup, Modifier)


@dataclass(frozen=True, slots=True)
class _Pen:
    """For which product is written, when, by whom, and who says so."""

    product_id: UUID
    now: datetime
    by: Actor
    source: AvailabilitySource


async def set_variants(
    session: AsyncSession,
    product_id: UUID,
    offered: Sequence[Offered],
    *,
    by: Actor,
    source: AvailabilitySource | None = None,
) -> Product:
    """These are the variants of a product from now on; what has the same name is the same.

    `source` says that they can be had, where they are new: whoever writes, unless named.
    """
    product = await _hold(session, product_id, offered, "variants", by)
    known = await _known(session, Variant, Variant.product_id == product.id)
    there = {one.name.strip().casefold() for one in offered}
    pen = await _pen(session, product, by, source)
    _withdraw(known, there, pen.now)
    for rank, one in enumerate(offered):
        row = _row(known, one.name, lambda: Variant(id=ids.new(), product_id=product.id))
        await _write(session, row, one, rank, pen)
    await stock.tell(session, product, by=by)
    return product


async def set_modifier_groups(
    session: AsyncSession,
    product_id: UUID,
    offered: Sequence[OfferedGroup],
    *,
    by: Actor,
    source: AvailabilitySource | None = None,
) -> Product:
    """These are the groups of modifiers from now on; what has the same name is the same."""
    product = await _hold(session, product_id, offered, "groups", by)
    known = await _known(session, ModifierGroup, ModifierGroup.product_id == product.id)
    pen = await _pen(session, product, by, source)
    _withdraw(known, {one.name.strip().casefold() for one in offered}, pen.now)
    for rank, one in enumerate(offered):
        row = _row(known, one.name, lambda: ModifierGroup(id=ids.new(), product_id=product.id))
        row.name, row.minimum, row.maximum, row.rank = (
            one.name.strip(), one.minimum, one.maximum, rank,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        await _fill(session, row, one, pen)
    await stock.tell(session, product, by=by)
    return product


async def set_variant_availability(
    session: AsyncSession, variant_id: UUID, supply: Supply, *, by: Actor
) -> Product:
    """Say whether a variant can be had; with AVAILABLE nobody counts."""
    query = Variant.run_by(by).where(Variant.id == variant_id).with_for_update(key_share=True)
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Refused(NotFound("There is no such variant of yours.", ("variantId",)))
    return await _supply(session, row, row.product_id, supply, by)


async def set_modifier_availability(
    session: AsyncSession, modifier_id: UUID, supply: Supply, *, by: Actor
) -> Product:
    """Say whether a modifier can be had; with AVAILABLE nobody counts."""
    query = Modifier.run_by(by).where(Modifier.id == modifier_id).with_for_update(key_share=True)
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Refused(NotFound("There is no such modifier of yours.", ("modifierId",)))
    group = await session.get_one(ModifierGroup, row.group_id)
    return await _supply(session, row, group.product_id, supply, by)


async def _supply(
    session: AsyncSession, row: Variant | Modifier, product_id: UUID, supply: Supply, by: Actor
) -> Product:
    now = await database.clock(session)
    if wrong := list(supply.faults(now)):
        raise Refused(*wrong)
    if supply.availability is Availability.AVAILABLE:
        row.stock = None
    elif supply.availability is Availability.LIMITED:
        row.stock = supply.quantity
    row.unavailable = supply.availability is Availability.UNAVAILABLE
    row.snoozed_until = supply.until if supply.availability is Availability.SNOOZED else None
    row.source, row.checked_at = stock.source_of(by), now
    product = await session.get_one(Product, product_id)
    await stock.tell(session, product, by=by)
    return product


async def _hold(
    session: AsyncSession,
    product_id: UUID,
    offered: Sequence[Offered | OfferedGroup],
    field: str,
    by: Actor,
) -> Product:
    product = await hold_product(session, product_id, by=by)
    home = await session.get_one(Restaurant, product.restaurant_id)
    if wrong := list(list_faults(offered, home.currency, field)):
        raise Refused(*wrong)
    return product


async def _fill(
    session: AsyncSession, group: ModifierGroup, offered: OfferedGroup, pen: _Pen
) -> None:
    known = await _known(session, Modifier, Modifier.group_id == group.id)
    _withdraw(known, {one.name.strip().casefold() for one in offered.modifiers}, pen.now)
    for rank, one in enumerate(offered.modifiers):
        row = _row(known, one.name, lambda: Modifier(id=ids.new(), group_id=group.id))
        row.most = one.most
        await _write(session, row, one, rank, pen)


async def _known(session: AsyncSession, kind: type[Row], mine: Any) -> dict[str, Row]:
    """Those that are there, by name whatever its case."""
    found = await session.scalars(select(kind).where(mine, kind.removed_at.is_(None)))
    return {row.name.casefold(): row for row in found}


def _withdraw(known: dict[str, Row], there: set[str], now: datetime) -> None:
    for name in known.keys() - there:
        known[name].removed_at = now


def _row(known: dict[str, Row], name: str, make: Callable[[], Row]) -> Row:
    return known.get(name.strip().casefold()) or make()


async def _pen(
    session: AsyncSession, product: Product, by: Actor, source: AvailabilitySource | None
) -> _Pen:
    now = await database.clock(session)
    return _Pen(product.id, now, by, source or stock.source_of(by))


async def _write(
    session: AsyncSession, row: Variant | Modifier, one: Offered, rank: int, pen: _Pen
) -> None:
    if row.name is None:  # it is new
        row.source, row.checked_at = pen.source, pen.now
    before, price = row.price, one.price[0]
    row.name, row.price, row.rank = one.name.strip(), price, rank
    row.external_id = one.external_id or row.external_id
    session.add(row)
    if before != price:
        await session.flush()  # the price is one of a row that is there
        change = PriceChange(
            product_id=pen.product_id, old=before, new=price, actor_id=pen.by.id,
            actor_role=pen.by.role,
        )  # fmt: skip
        if isinstance(row, Variant):
            change.variant_id = row.id
        else:
            change.modifier_id = row.id
        session.add(change)
