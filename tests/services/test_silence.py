"""A customer who does not answer: what he chose at checkout is done."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids
from catering.domain.baskets import Portion
from catering.domain.lines import (
    LineStatus,
    ResolutionStatus,
    StandByKind,
)
from catering.domain.orders import OrderStatus
from catering.domain.products import ProductKind
from catering.models import Product
from catering.services import resolving
from tests.services.running_out import missing
from tests.world import World

from .acting import Day, done, somebody_waits, step, stock


def asking(world: World, kind: StandByKind, **more: object) -> Portion:
    return world.portion(world.juice, 2, kind=kind, **more)


async def test_silence_takes_the_product_that_was_named(day: Day) -> None:
    portion = asking(day.world, StandByKind.SPECIFIC, product_id=day.world.bread)
    assert await silence(day, portion) == [LineStatus.SUBSTITUTED, LineStatus.CONFIRMED]


async def test_silence_takes_nothing_where_the_named_product_ran_out_too(day: Day) -> None:
    async with day.world.transaction() as session:
        await session.execute(update(Product).where(Product.id == day.world.bread).values(stock=1))
    portion = asking(day.world, StandByKind.SPECIFIC, product_id=day.world.bread)
    assert await silence(day, portion) == [LineStatus.REMOVED]


@pytest.mark.parametrize(
    ("price", "percent", "taken"),
    [(6_600, None, True), (6_601, None, False), (6_000, 0, True), (6_001, 0, False),
     (9_000, 50, True), (9_001, 50, False)],
)  # fmt: skip
async def test_silence_takes_the_best_match_within_the_percentage(
    day: Day, price: int, percent: int | None, taken: bool
) -> None:
    async with day.world.transaction() as session:
        await session.execute(
            update(Product).where(Product.id == day.world.bread).values(price=price)
        )
    portion = asking(day.world, StandByKind.BEST_MATCH, percent=percent)

    lines = await silence(day, portion)

    assert lines == (["SUBSTITUTED", "CONFIRMED"] if taken else ["REMOVED"])


@pytest.mark.parametrize("kind", [StandByKind.ASK_ME, StandByKind.REMOVE])
async def test_silence_of_who_named_nothing_goes_without_it(day: Day, kind: StandByKind) -> None:
    assert await silence(day, asking(day.world, kind)) == [LineStatus.REMOVED]


async def test_silence_may_call_it_all_off(day: Day) -> None:
    assert await silence(day, asking(day.world, StandByKind.CANCEL_ORDER)) == [LineStatus.REMOVED]


async def test_two_silences_never_wait_for_each_other(committed: World) -> None:
    """What is tried is locked in one order, and not in the order in which it is tried."""
    world = committed
    low, high = sorted([world.juice, world.bread])
    async with world.transaction() as session:
        await session.execute(update(Product).where(Product.id == low).values(price=10_500))
        await session.execute(
            update(Product).where(Product.id == high).values(price=10_000, stock=1)
        )
        shelf = (await session.get_one(Product, low)).category_id
        milk = Product(
            id=ids.new(), restaurant_id=world.market, category_id=shelf, name="Milk", rank=9,
            kind=ProductKind.GOODS, price=10_000, stock=2,
        )  # fmt: skip
        session.add(milk)
    id = await world.order(world.portion(milk.id, 2, kind=StandByKind.BEST_MATCH))
    line = (await world.look(id)).tickets[0].lines[0]
    asked = await done(world, step(resolving.report, line.id, None, by=world.market_cook))

    async with world.transaction() as other:
        await _lock(other, low)
        silence = asyncio.create_task(done(world, step(resolving.stand_by, asked.id)))
        while not await somebody_waits(world):
            assert not silence.done()
        await _lock(other, high)  # raises when the other holds it

    await silence
    gone, instead = (await world.look(id)).tickets[0].lines
    assert (gone.status, instead.product_id) == (LineStatus.SUBSTITUTED, low)
    assert await stock(world, low) == 8


async def _lock(session: AsyncSession, product: UUID) -> None:
    query = select(Product.id).where(Product.id == product)
    await session.execute(query.with_for_update(nowait=True))


async def silence(day: Day, portion: Portion) -> list[str]:
    """What became of a line that ran out, and of nothing else, once five minutes were over."""
    world = day.world
    id = await missing(day, portion, world.portion(world.borscht))
    await day.passes(minutes=5, seconds=-1)
    assert (await world.look(id)).resolutions[0].status is ResolutionStatus.PROPOSED
    await day.passes(seconds=1)

    order = await world.look(id)
    assert order.resolutions[0].status is ResolutionStatus.EXPIRED
    cancelled = portion.stand_by.kind is StandByKind.CANCEL_ORDER
    assert (order.status is OrderStatus.CANCELLED) is cancelled
    return [str(line.status) for line in order.tickets[0].lines]
