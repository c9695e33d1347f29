"""None"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.domain.baskets import Span
from catering.domain.lines import (
    LineStatus,
    ResolutionChoice,
    ResolutionStatus,
)
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.refusals import (
    ForbiddenStep,
    InvalidInput,
    NotFound,
    ProductUnavailable,
    WindowNotAvailable,
)
from catering.domain.tickets import TicketStatus
from catering.models import Product
from catering.services import cancelling, kitchens, ordering, resolving
from tests.services.running_out import missing

from .acting import Day, refused, step, stock

SUBSTITUTE, REMOVE = ResolutionChoice.SUBSTITUTE, ResolutionChoice.REMOVE
CANCEL_ORDER, POSTPONE = ResolutionChoice.CANCEL_ORDER, ResolutionChoice.POSTPONE


async def test_a_dish_that_ran_out_is_asked_about(day: Day) -> None:
    id = await missing(day)

    order = await day.world.look(id)
    (resolution,) = order.resolutions
    assert resolution.status is ResolutionStatus.PROPOSED
    assert resolution.proposals == [day.world.bread]
    assert resolution.deadline == await day.clock() + timedelta(minutes=5)
    assert order.tickets[0].status is TicketStatus.NEEDS_CHANGE
    assert order.tickets[0].lines[0].status is LineStatus.UNAVAILABLE
    assert order.needs_action
    assert "resolution_unanswered" in await day.waits(id)


async def test_what_ran_out_is_sold_to_nobody_else(day: Day) -> None:
    world = day.world
    await missing(day)

    assert await stock(world, world.juice) == 0
    wish = world.wish(world.portion(world.juice))
    await refused(world, step(ordering.place, wish, by=world.stranger), ProductUnavailable)


async def test_the_customer_takes_what_is_proposed(day: Day) -> None:
    world = day.world
    id = await missing(day)

    await answered(day, id, SUBSTITUTE)

    order = await world.look(id)
    gone, instead = order.tickets[0].lines
    assert (gone.status, instead.status) == (LineStatus.SUBSTITUTED, LineStatus.CONFIRMED)
    assert (instead.product_id, instead.quantity) == (world.bread, 2)
    assert instead.substitute_of_id == gone.id
    assert order.subtotal == 2 * 3_500
    assert order.tickets[0].status is TicketStatus.ACCEPTED
    assert order.resolutions[0].status is ResolutionStatus.ACCEPTED
    assert not order.needs_action
    assert await stock(world, world.bread) == 8


async def test_another_kitchen_of_the_order_may_help_out(day: Day) -> None:
    world = day.world
    id = await day.accepted(world.portion(world.borscht, 2), world.portion(world.juice))
    soup = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, soup.id, None, by=world.cook))
    (resolution,) = (await world.look(id)).resolutions
    assert resolution.proposals == [world.varenyky, world.juice, world.bread]

    choose = step(resolving.answer, resolution.id, SUBSTITUTE, world.bread, by=world.customer)
    await day.do(choose)

    order = await world.look(id)
    assert [(t.restaurant_id, t.status) for t in order.tickets] == [
        (world.kitchen, TicketStatus.CANCELLED),
        (world.market, TicketStatus.ACCEPTED),
        (world.market, TicketStatus.SUBMITTED),
    ]
    (instead,) = order.tickets[2].lines
    assert (instead.product_id, instead.quantity, instead.substitute_of_id) == (
        world.bread, 2, soup.id,
    )  # fmt: skip
    assert (order.subtotal, await stock(world, world.bread)) == (6_000 + 7_000, 8)
    await day.do(step(kitchens.accept, order.tickets[2].id, None, by=world.market_cook))
    assert len((await day.delivery(id)).pickups) == 2


async def test_no_other_kitchen_helps_out_once_a_courier_is_asked(day: Day) -> None:
    world = day.world
    id = await day.searched(world.portion(world.borscht), world.portion(world.juice))
    soup = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, soup.id, None, by=world.cook))
    (resolution,) = (await world.look(id)).resolutions
    assert resolution.proposals == [world.varenyky]

    choose = step(resolving.answer, resolution.id, SUBSTITUTE, world.bread, by=world.customer)
    (no,) = await refused(world, choose, InvalidInput)
    assert no.rule == "product"


async def test_a_substitute_is_of_the_same_kitchen_and_there(day: Day) -> None:
    world = day.world
    id = await missing(day)
    resolution = (await world.look(id)).resolutions[0].id
    answer = resolving.answer

    for product, no in ((world.borscht, InvalidInput), (world.juice, ProductUnavailable)):
        await refused(world, step(answer, resolution, SUBSTITUTE, product, by=world.customer), no)
    async with world.transaction() as session:
        await session.execute(update(Product).where(Product.id == world.bread).values(stock=1))
    (no,) = await refused(
        world, step(answer, resolution, SUBSTITUTE, None, by=world.customer), ProductUnavailable
    )
    assert (no.path, no.available_quantity) == (("productId",), 1)


async def test_the_customer_goes_without_it(day: Day) -> None:
    world = day.world
    id = await missing(day, world.portion(world.juice, 2), world.portion(world.bread))

    await answered(day, id, REMOVE)

    order = await world.look(id)
    assert [line.status for line in order.tickets[0].lines] == ["REMOVED", "CONFIRMED"]
    assert order.subtotal == 3_500
    assert order.tickets[0].status is TicketStatus.ACCEPTED
    assert await stock(world, world.juice) == 0, "nothing was there to put back"


async def test_the_customer_calls_it_all_off(day: Day) -> None:
    world = day.world
    id = await missing(day, world.portion(world.juice, 2), world.portion(world.borscht))

    await answered(day, id, CANCEL_ORDER)

    order = await world.look(id)
    assert (order.status, order.cancelled_by) == (OrderStatus.CANCELLED, world.customer.id)
    assert order.cancellation_reason is CancellationReason.PRODUCT_UNAVAILABLE
    assert {ticket.status for ticket in order.tickets} == {TicketStatus.CANCELLED}


@pytest.mark.parametrize("two_kitchens", [True, False])
async def test_the_last_line_takes_its_ticket_along(day: Day, two_kitchens: bool) -> None:
    world = day.world
    rest = [world.portion(world.borscht)] if two_kitchens else []
    id = await missing(day, world.portion(world.juice), *rest)

    await answered(day, id, REMOVE)

    order = await world.look(id)
    assert order.tickets[0].status is TicketStatus.CANCELLED
    assert (order.status is OrderStatus.CANCELLED) is not two_kitchens


async def test_two_missing_lines_are_both_answered_before_it_goes_on(day: Day) -> None:
    world = day.world
    id = await missing(day, world.portion(world.juice), world.portion(world.bread))
    bread = (await day.tickets(id))[0].lines[1]
    await day.do(step(resolving.report, bread.id, (), by=world.market_cook))
    first, second = (await world.look(id)).resolutions

    await day.do(step(resolving.answer, first.id, REMOVE, None, by=world.customer))
    assert (await day.tickets(id))[0].status is TicketStatus.NEEDS_CHANGE
    await day.do(step(resolving.answer, second.id, REMOVE, None, by=world.customer))

    assert (await day.tickets(id))[0].status is TicketStatus.CANCELLED


async def test_a_postponed_line_comes_in_a_later_order_at_the_price_agreed(day: Day) -> None:
    world = day.world
    id = await missing(day, world.portion(world.juice, 2), world.portion(world.borscht))
    async with world.transaction() as session:
        await session.execute(update(Product).values(price=99_000))
    start = await day.clock() + timedelta(days=1)
    window = Span(start, start + timedelta(hours=1))
    (resolution,) = (await world.look(id)).resolutions

    await day.do(step(resolving.answer, resolution.id, POSTPONE, None, window, by=world.customer))

    order = await world.look(id)
    line = next(li for ticket in order.tickets for li in ticket.lines if li.name == "Juice")
    assert (line.status, order.subtotal) == (LineStatus.POSTPONED, 12_000)
    assert (order.resolutions[0].status, order.resolutions[0].choice) == ("ACCEPTED", POSTPONE)
    assert line.postponed_to_id is not None
    later = await world.look(line.postponed_to_id)
    assert (later.status, later.window) == (OrderStatus.SCHEDULED, window)
    assert (later.total, later.customer_id) == (2 * 6_000, world.customer.id)
    assert await day.waits(later.id) == ["release_due"]

    async with world.transaction() as session:
        there = update(Product).where(Product.id == world.juice)
        await session.execute(there.values(unavailable=False, stock=5))
    (wait,) = await world.open_tasks(later.id)
    await day.passes(seconds=(wait.due - await day.clock()).total_seconds())
    (ticket,) = (await world.look(later.id)).tickets
    assert (ticket.restaurant_id, ticket.status) == (world.market, TicketStatus.SUBMITTED)
    assert await stock(world, world.juice) == 3, "now it holds some, like any other"


async def test_the_fee_goes_along_when_nothing_else_is_left(day: Day) -> None:
    world = day.world
    id = await missing(day)
    fee = (await world.look(id)).delivery_fee
    start = await day.clock() + timedelta(days=1)
    window = Span(start, start + timedelta(hours=1))
    (resolution,) = (await world.look(id)).resolutions
    answer = resolving.answer
    for wrong, kind in ((None, InvalidInput), (Span(start, start), WindowNotAvailable)):
        take = step(answer, resolution.id, POSTPONE, None, wrong, by=world.customer)
        await refused(world, take, kind)

    await day.do(step(answer, resolution.id, POSTPONE, None, window, by=world.customer))

    order = await world.look(id)
    assert order.status is OrderStatus.CANCELLED
    later = await world.look(order.tickets[0].lines[0].postponed_to_id or id)
    assert (later.status, later.delivery_fee) == (OrderStatus.SCHEDULED, fee)
    why = CancellationReason.CHANGED_MIND
    await day.do(step(cancelling.cancel, later.id, why, None, by=world.customer))
    assert await stock(world, world.juice) == 0  # none was taken for it, none comes back


async def test_an_answer_is_final_and_the_customers(day: Day) -> None:
    world = day.world
    id = await missing(day, world.portion(world.juice), world.portion(world.bread))
    resolution = (await world.look(id)).resolutions[0].id
    answer = resolving.answer

    await refused(world, step(answer, resolution, REMOVE, None, by=world.stranger), NotFound)
    cooks = step(answer, resolution, REMOVE, None, by=world.market_cook)
    await refused(world, cooks, ForbiddenStep)
    await answered(day, id, REMOVE)
    for choice in (REMOVE, CANCEL_ORDER, SUBSTITUTE):
        again = step(answer, resolution, choice, None, by=world.customer)
        await refused(world, again, ForbiddenStep)


async def test_a_proposal_is_another_product_of_the_kitchen(day: Day) -> None:
    world = day.world
    id = await day.order(world.portion(world.juice))
    line = (await day.tickets(id))[0].lines[0]

    for product in (world.borscht, world.juice):
        report = step(resolving.report, line.id, (world.bread, product), by=world.market_cook)
        (no,) = await refused(world, report, InvalidInput)
        assert no.path == ("proposals", "1")


@pytest.mark.parametrize("when", ["READY", "PICKED_UP", "DELIVERED"])
async def test_nothing_runs_out_once_it_is_cooked(day: Day, when: str) -> None:
    world = day.world
    if when == "READY":
        id = await day.accepted(world.portion(world.borscht))
        ticket = (await day.tickets(id))[0]
        await day.do(step(kitchens.mark_ready, ticket.id, by=world.cook))
    else:
        reach = day.collected if when == "PICKED_UP" else day.delivered
        id = await reach(world.portion(world.borscht))
    line = (await day.tickets(id))[0].lines[0]

    await refused(world, step(resolving.report, line.id, None, by=world.cook), ForbiddenStep)


async def test_a_missing_line_is_not_missed_twice_nor_by_others(day: Day) -> None:
    world = day.world
    id = await missing(day)
    line = (await day.tickets(id))[0].lines[0]
    report = resolving.report

    await refused(world, step(report, line.id, None, by=world.market_cook), ForbiddenStep)
    await refused(world, step(report, line.id, None, by=world.cook), NotFound)


async def answered(day: Day, id: UUID, choice: ResolutionChoice) -> None:
    (resolution,) = (await day.world.look(id)).resolutions
    by = day.world.customer
    await day.do(step(resolving.answer, resolution.id, choice, None, by=by))
