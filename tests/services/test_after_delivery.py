"""When an order has come: ratings, the same again, the archive."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from catering.domain.baskets import Portion
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.people import Actor
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    NotFound,
    PriceChanged,
    ProductUnavailable,
)
from catering.domain.tickets import TicketStatus
from catering.models import Driver, Order, Product, Rating, Restaurant, Ticket
from catering.services import archiving, cancelling, rating, reordering
from catering.services.reordering import Again

from .acting import Day, done, refused, step, stock
from .replaying import must_replay

WHY = CancellationReason.CHANGED_MIND


async def come(day: Day, *portions: Portion) -> UUID:
    """An order as if it had come: how it comes is proved elsewhere."""
    id = await day.world.order(*portions)
    async with day.world.transaction() as session:
        cooked = update(Ticket).where(Ticket.order_id == id)
        await session.execute(cooked.values(status=TicketStatus.PICKED_UP))
        here = update(Order).where(Order.id == id).values(status=OrderStatus.DELIVERED)
        await session.execute(here)
    return id


async def test_restaurants_and_the_driver_are_rated_once_each(day: Day) -> None:
    world = day.world
    id = await day.delivered()
    anna, kitchen = world.customer, world.kitchen
    await done(world, step(rating.rate_restaurant, id, kitchen, 5, " Hot! ", by=anna))
    await done(world, step(rating.rate_restaurant, id, world.market, 2, None, by=anna))
    await done(world, step(rating.rate_driver, id, 4, None, by=anna))

    async with world.transaction() as session:
        home, market = [await session.get_one(Restaurant, one) for one in (kitchen, world.market)]
        driver = await session.get_one(Driver, world.driver.id)
        said = await session.scalar(select(Rating.comment).where(Rating.restaurant_id == kitchen))
    assert said == "Hot!"
    sums = [(one.rating_sum, one.rating_count) for one in (home, market, driver)]
    assert sums == [(5, 1), (2, 1), (4, 1)]
    for again in (
        step(rating.rate_restaurant, id, kitchen, 1, None, by=anna),
        step(rating.rate_driver, id, 1, None, by=anna),
    ):
        (no,) = await refused(world, again, ForbiddenStep)
        assert no.current == "RATED"
    assert (await world.kinds(id))[-3:] == ["ORDER_RATED"] * 3
    await must_replay(world, id)


async def test_what_has_not_come_is_not_rated(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.borscht))
    anna, kitchen = world.customer, world.kitchen
    await refused(world, step(rating.rate_restaurant, id, kitchen, 5, None, by=anna), ForbiddenStep)
    await done(world, step(cancelling.cancel, id, WHY, None, by=anna))
    await refused(world, step(rating.rate_driver, id, 5, None, by=anna), ForbiddenStep)


async def test_a_rating_has_one_to_five_stars_and_its_restaurant(day: Day) -> None:
    world = day.world
    id = await come(day, world.portion(world.borscht))
    anna, kitchen = world.customer, world.kitchen
    for stars in (0, 6, -1):
        take = step(rating.rate_restaurant, id, kitchen, stars, None, by=anna)
        await refused(world, take, InvalidInput)
    long = step(rating.rate_restaurant, id, kitchen, 3, "x" * 1_001, by=anna)
    await refused(world, long, InvalidInput)
    other = step(rating.rate_restaurant, id, world.market, 5, None, by=anna)
    await refused(world, other, NotFound)
    foreign = step(rating.rate_restaurant, id, kitchen, 5, None, by=world.stranger)
    await refused(world, foreign, NotFound)


async def test_the_restaurant_answers_once_and_only_for_itself(day: Day) -> None:
    world = day.world
    id = await come(day, world.portion(world.borscht))
    given = await done(
        world, step(rating.rate_restaurant, id, world.kitchen, 1, "Cold", by=world.customer)
    )
    await refused(world, step(rating.reply, given.id, " ", by=world.cook), InvalidInput)
    await refused(world, step(rating.reply, given.id, "No", by=world.market_cook), NotFound)

    await done(world, step(rating.reply, given.id, "We are sorry.", by=world.cook))

    (no,) = await refused(world, step(rating.reply, given.id, "And…", by=world.cook), ForbiddenStep)
    assert no.current == "ANSWERED"
    assert (await world.kinds(id))[-1] == "ORDER_RATING_ANSWERED"


async def test_the_same_again_is_a_new_order_at_todays_prices(day: Day) -> None:
    world = day.world
    id = await world.order()
    async with world.transaction() as session:
        dearer = update(Product).where(Product.id == world.borscht).values(price=15_000)
        await session.execute(dearer)
    old = await world.look(id)
    shown = Again(expected_total=(old.total, "UAH"))
    (no,) = await refused(
        world, step(reordering.reorder, id, shown, by=world.customer), PriceChanged
    )

    confirmed = Again(expected_total=(no.actual, "UAH"))
    new = await done(world, step(reordering.reorder, id, confirmed, by=world.customer))

    order = await world.look(new.id)
    assert (order.status, order.subtotal) == (OrderStatus.PLACED, old.subtotal + 3_000)
    assert (order.door, order.contact_phone) == (old.door, old.contact_phone)
    assert [ln.name for t in order.tickets for ln in t.lines] == ["Borscht", "Juice"]


async def test_nothing_is_left_out_of_it_in_silence(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.juice, 8), world.portion(world.bread, 2))
    await done(world, step(cancelling.cancel, id, WHY, None, by=world.customer))
    async with world.transaction() as session:
        await session.execute(update(Product).where(Product.id == world.juice).values(stock=3))

    take = step(reordering.reorder, id, Again(), by=world.customer)
    (no,) = await refused(world, take, ProductUnavailable)

    assert (no.path, no.available_quantity) == (("lines", "0", "productId"), 3)
    await refused(world, step(reordering.reorder, id, Again(), by=world.stranger), NotFound)
    assert await stock(world, world.juice) == 3


@pytest.mark.parametrize("ended", ["delivered", "cancelled"])
async def test_what_is_over_leaves_the_lists_by_itself(day: Day, ended: str) -> None:
    world = day.world
    id = await (day.delivered() if ended == "delivered" else day.order())
    if ended == "cancelled":
        await day.do(step(cancelling.cancel, id, WHY, None, by=world.customer))
    await day.passes(days=29)
    assert (await world.look(id)).archived_at is None

    await day.passes(days=2)

    order = await world.look(id)
    assert order.archived_at is not None
    assert (await world.kinds(id))[-1] == "ORDER_ARCHIVED"
    assert list(await world.open_tasks(id)) == []
    await must_replay(world, id)


async def test_what_is_put_back_stays_as_long_as_what_has_just_ended(day: Day) -> None:
    world, by = day.world, day.world.manager
    day.runtime.archive_after = timedelta(days=7)
    id = await day.order()
    (live,) = await refused(world, step(archiving.archive, id, by=by), ForbiddenStep)
    assert (live.current, live.allowed) == ("PLACED", ("CANCEL",))
    await day.do(step(cancelling.cancel, id, WHY, None, by=world.customer))
    await refused(world, step(archiving.restore, id, by=by), ForbiddenStep)

    await day.do(step(archiving.archive, id, by=by))
    (no,) = await refused(world, step(archiving.archive, id, by=by), ForbiddenStep)
    assert (no.current, no.allowed) == ("ARCHIVED", ("RESTORE",))
    await day.passes(days=5)
    await day.do(step(archiving.restore, id, by=by))
    assert (await world.look(id)).archived_at is None

    await day.passes(days=6)
    assert (await world.look(id)).archived_at is None
    await day.passes(days=2)
    assert (await world.look(id)).archived_at is not None
    stranger = Actor(world.stranger.id, world.stranger.role)
    await refused(world, step(archiving.restore, id, by=stranger), NotFound)
