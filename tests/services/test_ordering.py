from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from catering.domain.lines import StandByKind
from catering.domain.orders import OrderStatus, OrderType, PaymentMethod, PaymentStatus
from catering.domain.refusals import (
    EmptyOrder,
    InvalidInput,
    NotFound,
    PriceChanged,
    ProductUnavailable,
    Refused,
)
from catering.models import Event, Order, Product, Restaurant, Task
from catering.services import ordering, planning
from tests.world import World

from .acting import done, everything, refused, step, stock


async def test_the_server_decides_every_price(world: World) -> None:
    async with world.transaction() as session:
        await session.execute(
            update(Product).where(Product.id == world.borscht).values(price=12_500)
        )

    order = await world.look(await world.order())

    prices = [line.unit_price for ticket in order.tickets for line in ticket.lines]
    assert prices == [12_500, 6_000]
    assert order.subtotal == 12_500 + 2 * 6_000
    assert (order.payment_status, order.captured) == (PaymentStatus.PENDING, 0)


async def test_the_price_of_an_order_outlives_the_menu(world: World) -> None:
    id = await world.order()
    before = (await world.look(id)).total
    async with world.transaction() as session:
        await session.execute(update(Product).values(price=1, name="Changed"))

    order = await world.look(id)

    assert order.total == before
    assert order.tickets[0].lines[0].name == "Borscht"


async def test_each_restaurant_gets_a_ticket_of_its_own(world: World) -> None:
    order = await world.look(
        await world.order(
            world.portion(world.juice), world.portion(world.borscht, 3), world.portion(world.bread)
        )
    )

    told = [
        (ticket.restaurant_id, [(line.product_id, line.quantity) for line in ticket.lines])
        for ticket in order.tickets
    ]
    assert told == [
        (world.market, [(world.juice, 1), (world.bread, 1)]),
        (world.kitchen, [(world.borscht, 3)]),
    ]
    assert len({ticket.reference for ticket in order.tickets}) == 2


async def test_a_quote_is_what_placing_charges_and_writes_nothing(world: World) -> None:
    wish = world.wish()
    before = await everything(world)

    price = await done(world, step(ordering.quote, wish.basket))

    assert await everything(world) == before
    wish = replace(wish, expected_total=(price.total, price.currency))
    order = await done(world, step(ordering.place, wish, by=world.customer))
    charged = (order.total, order.delivery_fee, order.currency, order.estimated_at)
    assert charged == (price.total, price.delivery_fee, price.currency, price.estimated_at)


async def test_an_order_takes_its_stock_and_says_so(world: World) -> None:
    await world.order(world.portion(world.juice, 3), world.portion(world.borscht))

    assert await stock(world, world.juice) == 7
    assert await stock(world, world.borscht) is None, "nobody counts borscht"
    async with world.transaction() as session:
        told = select(Event.subject_id).where(Event.kind == "PRODUCT_CHANGED")
        assert list(await session.scalars(told)) == [world.juice]


async def test_one_product_on_two_lines_is_counted_together(world: World) -> None:
    wish = world.wish(world.portion(world.juice, 6), world.portion(world.juice, 5))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), ProductUnavailable)

    assert no.path == ("lines", "1", "productId")
    await world.order(world.portion(world.juice, 6), world.portion(world.juice, 4))
    assert await stock(world, world.juice) == 0


async def test_an_empty_basket_is_no_order(world: World) -> None:
    wish = world.wish()
    empty = replace(wish, basket=replace(wish.basket, portions=()))

    (no,) = await refused(world, step(ordering.place, empty, by=world.customer), EmptyOrder)

    assert no.path == ("lines",)


@pytest.mark.parametrize("quantity", [0, -1, 100])
async def test_a_quantity_is_between_one_and_ninety_nine(world: World, quantity: int) -> None:
    wish = world.wish(world.portion(world.borscht), world.portion(world.juice, quantity))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)

    assert (no.path, no.rule) == (("lines", "1", "quantity"), "quantity")


async def test_whatever_is_wrong_with_lines_is_told_at_once(world: World) -> None:
    many = world.wish(world.portion(world.borscht, 0), world.portion(world.juice, 100))
    other = world.wish(
        world.portion(world.customer.id or world.juice), world.portion(world.juice, 11)
    )
    place = ordering.place

    counted = await refused(world, step(place, many, by=world.customer), InvalidInput, InvalidInput)
    missing = await refused(
        world, step(place, other, by=world.customer), NotFound, ProductUnavailable
    )

    assert [no.path for no in counted] == [("lines", "0", "quantity"), ("lines", "1", "quantity")]
    assert [no.path for no in missing] == [("lines", "0", "productId"), ("lines", "1", "productId")]


async def test_what_is_sold_out_names_what_is_left_and_what_there_is_instead(world: World) -> None:
    async with world.transaction() as session:
        await session.execute(update(Product).where(Product.id == world.juice).values(stock=1))
    wish = world.wish(world.portion(world.juice, 2))

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), ProductUnavailable)

    assert (no.product_id, no.available_quantity) == (world.juice, 1)
    assert no.alternative_ids == (world.bread,)


async def test_what_the_kitchen_put_to_sleep_is_not_sold(world: World) -> None:
    async with world.transaction() as session:
        later = func.catering_now() + func.make_interval(0, 0, 0, 0, 1)
        await session.execute(
            update(Product).where(Product.id == world.borscht).values(snoozed_until=later)
        )
        await session.execute(
            update(Product).where(Product.id == world.varenyky).values(unavailable=True)
        )
    wish = world.wish(world.portion(world.borscht), world.portion(world.varenyky))

    nos = await refused(
        world, step(ordering.place, wish, by=world.customer), ProductUnavailable, ProductUnavailable
    )

    assert {no.available_quantity for no in nos} == {0}
    assert [no.alternative_ids for no in nos] == [(), ()]


@pytest.mark.parametrize("expected", [(1, "UAH"), (33_900, "EUR")])
async def test_nobody_pays_another_price_than_he_saw(
    world: World, expected: tuple[int, str]
) -> None:
    price = await done(world, step(ordering.quote, world.wish().basket))
    wish = world.wish(expected_total=expected)

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), PriceChanged)

    assert no.path == ("expectedTotal",)
    assert (no.expected, no.actual) == (expected[0], price.total)


async def test_what_an_order_for_a_facility_lacks_is_told_all_at_once(world: World) -> None:
    wish = world.wish(
        type=OrderType.FOR_FACILITY, payment_method=PaymentMethod.INVOICE, destination=None
    )

    nos = await refused(world, step(ordering.place, wish, by=world.customer), *[InvalidInput] * 2)

    assert [no.path for no in nos] == [("facilityId",), ("headcount",)]


async def test_one_order_is_paid_in_one_currency(world: World) -> None:
    async with world.transaction() as session:
        await session.execute(
            update(Restaurant).where(Restaurant.id == world.market).values(currency="EUR")
        )

    (no,) = await refused(
        world, step(ordering.place, world.wish(), by=world.customer), InvalidInput
    )

    assert no.rule == "one_currency"


async def test_a_stand_by_is_of_the_same_restaurant(world: World) -> None:
    wish = world.wish(
        world.portion(world.borscht, kind=StandByKind.SPECIFIC, product_id=world.varenyky),
        world.portion(world.juice, kind=StandByKind.SPECIFIC, product_id=world.varenyky),
    )

    (no,) = await refused(world, step(ordering.place, wish, by=world.customer), InvalidInput)

    assert no.path == ("lines", "1", "standBy", "productId")


async def test_forty_at_once_share_the_last_ten_juices(committed: World) -> None:
    world = committed
    wish = world.wish(world.portion(world.juice), world.portion(world.borscht))

    async def one() -> str:
        try:
            await done(world, step(ordering.place, wish, by=world.customer))
        except Refused as no:
            return ", ".join(refusal.code for refusal in no.refusals)
        return "placed"

    told = Counter(await asyncio.gather(*(one() for _ in range(40))))

    assert told == {"placed": 10, "PRODUCT_UNAVAILABLE": 30}
    assert await stock(world, world.juice) == 0
    async with world.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 10


async def test_an_order_is_born_with_its_work_and_its_deadlines(world: World) -> None:
    id = await world.order()

    tasks = [(task.kind, task.is_wait) for task in await world.open_tasks(id)]
    assert sorted(tasks) == [
        ("submit_ticket", False), ("submit_ticket", False),
        ("ticket_unsubmitted", True), ("ticket_unsubmitted", True), ("watch_promise", False),
    ]  # fmt: skip
    assert await world.kinds(id) == ["ORDER_PLACED"]
    await done(world, step(planning.plan, id))
    assert (await world.look(id)).deliveries == [], "no kitchen has answered yet"
    await done(world, step(ordering.release, id))
    assert (await world.look(id)).status is OrderStatus.PLACED
    async with world.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Task)) == 5
