"""Menus, and what can be had of them: said by the staff, counted by orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from catering.domain.orders import CancellationReason
from catering.domain.products import (
    Availability,
    AvailabilitySource,
    ProductKind,
    Supply,
    availability,
)
from catering.domain.refusals import InvalidInput, NotFound, ProductUnavailable
from catering.models import Category, Event, PriceChange, Product
from catering.services import cancelling, composing, ordering, stock, supplying
from tests.world import World

from .acting import Day, done, refused, step


async def dish(world: World) -> Product:
    async with world.transaction() as session:
        return await session.get_one(Product, world.borscht)


async def chapter(world: World) -> Any:
    async with world.transaction() as session:
        query = select(Category.id).where(Category.restaurant_id == world.kitchen)
        return (await session.scalars(query)).one()


async def told(world: World) -> list[str]:
    query = select(Event.kind).where(Event.subject_id == world.borscht).order_by(Event.id)
    async with world.transaction() as session:
        return [str(kind) for kind in await session.scalars(query)]


async def test_a_menu_is_composed_chapter_by_chapter(world: World) -> None:
    soups = await done(world, step(composing.add_category, world.kitchen, "Soups", by=world.cook))
    facts = {"name": " Solyanka ", "description": None, "preparation": timedelta(minutes=25)}
    add = step(
        composing.add_product, soups.id, ProductKind.DISH, (14_000, "UAH"), facts, by=world.cook
    )
    new = await done(world, add)

    assert (new.name, new.price, new.preparation_minutes) == ("Solyanka", 14_000, 25)
    assert new.source is AvailabilitySource.RESTAURANT
    busy = await done(world, step(ordering.quote, world.wish(world.portion(new.id)).basket))
    usual = await done(world, step(ordering.quote, world.wish(world.portion(world.borscht)).basket))
    assert busy.estimated_at - usual.estimated_at == timedelta(minutes=5)

    await refused(world, step(composing.remove_category, soups.id, by=world.cook), InvalidInput)
    await done(world, step(composing.remove_product, new.id, by=world.cook))
    await done(world, step(composing.remove_category, soups.id, by=world.cook))
    again = step(composing.add_category, world.kitchen, "soups", by=world.cook)
    await done(world, again)
    await refused(world, again, InvalidInput)


@pytest.mark.parametrize("who", ["market_cook", "customer"])
async def test_another_menu_is_not_found(world: World, who: str) -> None:
    by = getattr(world, who)
    supply = Supply(Availability.UNAVAILABLE)
    for no in (
        step(composing.remove_product, world.borscht, by=by),
        step(composing.change_price, world.borscht, (1, "UAH"), by=by),
        step(supplying.set_availability, world.borscht, supply, by=by),
        step(supplying.set_daily_quota, world.borscht, 3, by=by),
        step(composing.rename_category, await chapter(world), "Mine", by=by),
        step(composing.add_category, world.kitchen, "Mine", by=by),
    ):
        await refused(world, no, NotFound)


async def test_a_product_that_cannot_be_is_refused(world: World) -> None:
    here = await chapter(world)

    def added(price: tuple[int, str], **facts: Any) -> Any:
        told = {"name": "X", **facts}
        return step(composing.add_product, here, ProductKind.DISH, price, told, by=world.cook)

    await refused(world, added((-1, "UAH")), InvalidInput)
    await refused(world, added((1, "EUR"), name=" "), InvalidInput, InvalidInput)
    await refused(world, added((1, "UAH"), description="x" * 2_001), InvalidInput)
    other = select(Category.id).where(Category.restaurant_id == world.market)
    async with world.transaction() as session:
        elsewhere = (await session.scalars(other)).one()
    move = step(composing.change_product, world.borscht, {"category_id": elsewhere}, by=world.cook)
    await refused(world, move, NotFound)


async def test_prices_are_remembered_with_who_changed_them(world: World) -> None:
    ordered = await world.order(world.portion(world.borscht))
    for price in (12_500, 12_500, 13_000):
        await done(
            world, step(composing.change_price, world.borscht, (price, "UAH"), by=world.cook)
        )

    async with world.transaction() as session:
        query = select(PriceChange).order_by(PriceChange.changed_at, PriceChange.id)
        changes = (await session.scalars(query)).all()
    assert [(c.old, c.new, c.actor_id) for c in changes] == [
        (12_000, 12_500, world.cook.id), (12_500, 13_000, world.cook.id),
    ]  # fmt: skip
    (line,) = (await world.look(ordered)).tickets[0].lines
    assert line.unit_price == 12_000, "an order keeps the price of its day"


async def test_a_product_off_the_menu_is_sold_no_more_but_remembered(world: World) -> None:
    ordered = await world.order(world.portion(world.borscht))
    await done(world, step(composing.remove_product, world.borscht, by=world.cook))

    wish = world.wish(world.portion(world.borscht))
    await refused(world, step(ordering.place, wish, by=world.customer), ProductUnavailable)
    await refused(world, step(composing.remove_product, world.borscht, by=world.cook), NotFound)
    assert (await world.look(ordered)).tickets[0].lines[0].name == "Borscht"


async def test_a_snoozed_dish_comes_back_by_itself(day: Day) -> None:
    world, until = day.world, await day.clock() + timedelta(hours=1)
    await day.do(step(supplying.snooze, world.borscht, until, by=world.manager))

    wish = world.wish(world.portion(world.borscht))
    await refused(world, step(ordering.place, wish, by=world.customer), ProductUnavailable)
    assert (await dish(world)).source is AvailabilitySource.OFFICE

    await day.passes(hours=1)
    await world.order(world.portion(world.borscht))
    assert await told(world) == ["PRODUCT_SNOOZED", "PRODUCT_CHANGED"]


async def test_portions_of_a_day_run_out_and_are_there_again_after_midnight(day: Day) -> None:
    world = day.world
    await day.do(step(supplying.set_daily_quota, world.borscht, 3, by=world.cook))
    await world.order(world.portion(world.borscht, 2))
    wish = world.wish(world.portion(world.borscht, 2))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), ProductUnavailable)
    assert no.available_quantity == 1
    last = await world.order(world.portion(world.borscht))
    now = await dish(world)
    assert availability(now, await day.clock()) is Availability.UNAVAILABLE
    assert now.source is AvailabilitySource.ORDERS
    assert now.quota_until is not None
    await done(
        world,
        step(cancelling.cancel, last, CancellationReason.CHANGED_MIND, None, by=world.customer),
    )
    assert (await dish(world)).quota_left == 1

    await day.world.time_passes(now.quota_until - await day.clock())
    await world.order(world.portion(world.borscht, 3))
    assert (await dish(world)).quota_left == 0


async def test_those_who_watch_are_told_when_the_day_is_over(day: Day) -> None:
    world = day.world
    await day.do(step(supplying.set_daily_quota, world.borscht, 1, by=world.cook))
    await world.order(world.portion(world.borscht))
    until = (await dish(world)).quota_until
    assert until is not None

    await world.time_passes(until - await day.clock())
    await done(world, step(stock.day_over, world.borscht))

    assert await told(world) == ["PRODUCT_CHANGED", "PRODUCT_SOLD_OUT", "PRODUCT_CHANGED"]


@pytest.mark.parametrize("column", ["stock", "quota_left", "daily_quota"])
async def test_the_database_itself_counts_no_lower_than_nothing(world: World, column: str) -> None:
    with pytest.raises(IntegrityError, match="not_negative"):
        async with world.transaction() as session:
            await session.execute(
                update(Product).where(Product.id == world.juice).values({column: -1})
            )
