"""Another basket in the place of the one that was ordered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.domain.amending import Replacement
from catering.domain.baskets import Portion, Span
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.people import Actor
from catering.domain.refusals import (
    EmptyOrder,
    ForbiddenStep,
    InvalidInput,
    NotFound,
    PriceChanged,
    ProductUnavailable,
)
from catering.domain.tickets import TicketStatus
from catering.models import Line, Order, Product, Restaurant
from catering.services import cancelling, kitchens, replacing, resolving
from tests.world import World

from .acting import Day, Step, done, refused, step, stock
from .replaying import must_replay

HOUR = timedelta(hours=1)


def replaced(
    world: World, id: UUID, *portions: Portion, by: Actor | None = None, expected: int | None = None
) -> Step[Order]:
    total = None if expected is None else (expected, "UAH")
    wanted = Replacement(portions, total)
    return step(replacing.replace_lines, id, wanted, by=by or world.customer)


async def scheduled(day: Day, *portions: Portion) -> UUID:
    """For a window some hours ahead."""
    start = await day.clock() + 4 * HOUR
    return await day.order(*portions, window=Span(start, start + HOUR))


def coming(order: Order) -> dict[str, int]:
    """What will come, by name."""
    lines = (line for ticket in order.tickets for line in ticket.lines)
    return {line.name: line.quantity for line in lines if line.status == "PENDING"}


async def test_a_scheduled_order_gets_another_basket_and_everything_follows(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    before = await world.look(id)

    basket = (world.portion(world.juice, 9), world.portion(world.bread))
    await done(world, replaced(world, id, *basket))

    order = await world.look(id)
    assert coming(order) == {"Juice": 9, "Bread": 1}
    assert order.subtotal == 9 * 6_000 + 3_500
    assert order.delivery_fee == before.delivery_fee - 2_500  # one kitchen less to call at
    assert (await stock(world, world.juice), await stock(world, world.bread)) == (1, 9)
    assert {t.restaurant_id: t.status for t in order.tickets} == {
        world.kitchen: TicketStatus.CANCELLED, world.market: TicketStatus.QUEUED,
    }  # fmt: skip
    kinds = await world.kinds(id)
    assert "ORDER_LINES_REPLACED" in kinds
    assert kinds[-1] == "ORDER_SCHEDULED"
    await must_replay(world, id)

    (wait,) = [task for task in await world.open_tasks(id) if task.is_wait]
    await day.passes(seconds=(wait.due - await day.clock()).total_seconds())
    tickets = {t.restaurant_id: t.status for t in (await world.look(id)).tickets}
    assert tickets[world.market] is TicketStatus.SUBMITTED
    assert tickets[world.kitchen] is TicketStatus.CANCELLED


async def test_a_slower_basket_is_released_earlier(day: Day) -> None:
    world = day.world
    id = await scheduled(day, world.portion(world.juice))
    async with world.transaction() as session:
        kitchen = await session.get_one(Restaurant, world.kitchen)
        kitchen.preparation_minutes = 80
    (before,) = await world.open_tasks(id)

    await done(world, replaced(world, id, world.portion(world.borscht)))

    (wait,) = [task for task in await world.open_tasks(id) if task.is_wait]
    assert wait.kind == "release_due"
    assert before.due - wait.due > HOUR / 2


async def test_a_kitchen_that_comes_new_into_a_placed_order_gets_its_ticket(day: Day) -> None:
    world = day.world
    id = await world.order(world.portion(world.juice))  # no worker has seen it yet
    await done(
        world, replaced(world, id, world.portion(world.borscht), world.portion(world.juice, 3))
    )
    assert (await world.look(id)).status is OrderStatus.PLACED
    assert (await world.kinds(id))[-1] == "TICKET_QUEUED"

    await day.work()

    assert {t.status for t in (await world.look(id)).tickets} == {TicketStatus.SUBMITTED}
    await must_replay(world, id)


async def test_kitchens_that_had_said_yes_and_cook_nothing_now_are_replaced_as_well(
    day: Day,
) -> None:
    """One of them is asked once more in ten minutes; about the other the customer was asked."""
    world = day.world
    id = await day.accepted()
    dishes, goods = await day.tickets(id)
    await day.do(step(kitchens.reject, goods.id, "No juice", by=world.market_cook))
    (asked,) = (await world.look(id)).resolutions
    wait = ResolutionChoice.WAIT, None
    await day.do(step(resolving.answer, asked.id, *wait, by=world.customer))
    await day.do(step(kitchens.reject, dishes.id, "No gas", by=world.cook))

    basket = (world.portion(world.varenyky), world.portion(world.bread))
    await day.do(replaced(world, id, *basket))

    order = await world.look(id)
    assert (order.subtotal, await stock(world, world.juice)) == (13_000 + 3_500, 10)
    assert coming(order) == {"Varenyky": 1, "Bread": 1}
    waiting, new = order.tickets[2:]
    assert (waiting.status, new.status) == (TicketStatus.QUEUED, TicketStatus.SUBMITTED)
    await must_replay(world, id)


async def test_the_basket_stays_once_a_kitchen_has_its_ticket(day: Day) -> None:
    world = day.world
    id = await day.order()

    (no,) = await refused(world, replaced(world, id, world.portion(world.bread)), ForbiddenStep)

    assert (no.path, no.current) == (("lines",), "PLACED")
    assert set(no.allowed) == {"ADDRESS", "DOOR_DETAILS", "CONTACT_PHONE"}


async def test_what_the_old_basket_holds_is_there_for_the_new_one(day: Day) -> None:
    world = day.world
    id = await scheduled(day, world.portion(world.juice, 8))
    await done(world, replaced(world, id, world.portion(world.juice, 10)))
    assert await stock(world, world.juice) == 0


async def test_all_that_is_wrong_is_told_at_once_and_the_old_basket_stands(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    unknown = Portion(id, 1)
    wanted = (world.portion(world.juice, 11), unknown, world.portion(world.bread, 50))

    problems = await refused(
        world, replaced(world, id, *wanted), NotFound, ProductUnavailable, ProductUnavailable
    )

    assert [no.path for no in problems] == [
        ("lines", "1", "productId"), ("lines", "0", "productId"), ("lines", "2", "productId"),
    ]  # fmt: skip
    await refused(world, replaced(world, id), EmptyOrder)
    await refused(world, replaced(world, id, world.portion(world.bread, 0)), InvalidInput)


async def test_another_total_than_expected_changes_nothing(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    async with world.transaction() as session:
        dearer = update(Product).where(Product.id == world.bread).values(price=9_000)
        await session.execute(dearer)

    wanted = world.portion(world.bread)
    (no,) = await refused(world, replaced(world, id, wanted, expected=9_400), PriceChanged)
    await done(world, replaced(world, id, wanted, expected=no.actual))

    order = await world.look(id)
    assert order.total == no.actual == 9_000 + order.delivery_fee


@pytest.mark.parametrize("who", ["stranger", "cook", "driver"])
async def test_an_order_is_not_there_for_those_it_does_not_concern(day: Day, who: str) -> None:
    world = day.world
    id = await scheduled(day, world.portion(world.juice))
    by: Actor = getattr(world, who)
    await refused(world, replaced(world, id, world.portion(world.bread), by=by), NotFound)


async def test_nobody_changes_his_mind_for_ever(day: Day) -> None:
    world = day.world
    id = await scheduled(day, world.portion(world.juice))
    (ticket,) = (await world.look(id)).tickets
    async with world.transaction() as session:
        session.add_all(
            Line(
                ticket_id=ticket.id, product_id=world.juice, rank=rank, status="REPLACED",
                name="Juice", quantity=1, unit_price=1, stand_by="REMOVE",
            )
            for rank in range(1, replacing.MOST_LINES_EVER)
        )  # fmt: skip
    await refused(world, replaced(world, id, world.portion(world.bread)), ForbiddenStep)


async def test_a_changed_order_that_is_cancelled_gives_back_what_it_held_last(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    await done(world, replaced(world, id, world.portion(world.juice, 5)))
    why = CancellationReason.CHANGED_MIND
    await done(world, step(cancelling.cancel, id, why, None, by=world.customer))
    assert await stock(world, world.juice) == 10
