"""Before a kitchen gets its ticket, it is looked at again whether all of it can be had; and a
kitchen's own system may say at any time that it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.domain.baskets import Span
from catering.domain.lines import LineStatus, ResolutionChoice, ResolutionStatus
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.refusals import ForbiddenStep
from catering.domain.reports import KitchenStatus
from catering.domain.tickets import TicketStatus
from catering.models import Product, Restaurant, Ticket
from catering.providers.ports import KitchenReport, Pending, Rejected
from catering.services import cancelling, changing, kitchens, resolving

from .acting import Day, done, refused, step, stock
from .replaying import must_replay

SUBSTITUTE, REMOVE = ResolutionChoice.SUBSTITUTE, ResolutionChoice.REMOVE
JUICE, BREAD = "100", "101"
"""What the market's own system calls them."""


async def answer(day: Day, id: UUID, choice: ResolutionChoice) -> None:
    resolution = (await day.world.look(id)).resolutions[-1]
    by = day.world.customer
    await day.do(step(resolving.answer, resolution.id, choice, None, by=by))


async def scheduled(day: Day) -> UUID:
    """Two juices and a bread, for tomorrow."""
    world, start = day.world, await day.clock() + timedelta(days=1)
    window = Span(start, start + timedelta(hours=1))
    return await day.order(world.portion(world.juice, 2), world.portion(world.bread), window=window)


async def its_time_comes(day: Day, id: UUID) -> None:
    (wait,) = [t for t in await day.world.open_tasks(id) if t.kind == "release_due"]
    await day.passes(seconds=(wait.due - await day.clock()).total_seconds())


async def change(day: Day, product: UUID, **facts: Any) -> None:
    async with day.world.transaction() as session:
        await session.execute(update(Product).where(Product.id == product).values(**facts))


@pytest.mark.parametrize("how", ["unavailable", "asleep", "removed"])
async def test_what_is_out_when_its_time_comes_is_asked_about_before_the_kitchen_hears_of_it(
    day: Day, how: str
) -> None:
    world = day.world
    id = await scheduled(day)
    later = await day.clock() + timedelta(days=2)
    facts: dict[str, dict[str, Any]] = {
        "unavailable": {"unavailable": True},
        "asleep": {"snoozed_until": later},
        "removed": {"removed_at": later},
    }
    await change(day, world.juice, **facts[how])

    await its_time_comes(day, id)

    order = await world.look(id)
    (ticket,), (asked,) = order.tickets, order.resolutions
    assert (ticket.status, ticket.submitted_at) == (TicketStatus.NEEDS_CHANGE, None)
    assert [line.status for line in ticket.lines] == ["UNAVAILABLE", "PENDING"]
    assert (asked.status, asked.proposals) == (ResolutionStatus.PROPOSED, [world.bread])
    assert order.deliveries == []
    await answer(day, id, SUBSTITUTE)

    (ticket,) = await day.tickets(id)
    assert ticket.status is TicketStatus.SUBMITTED, "and not accepted: nobody has asked it yet"
    assert [str(line.status) for line in ticket.lines] == ["SUBSTITUTED", "PENDING", "PENDING"]
    await must_replay(world, id)


async def test_what_holds_the_last_of_it_is_not_out(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    await change(day, world.juice, stock=0)

    await its_time_comes(day, id)

    assert (await day.tickets(id))[0].status is TicketStatus.SUBMITTED


async def test_a_postponed_line_that_is_still_out_is_asked_about_again(day: Day) -> None:
    world = day.world
    id = await day.accepted(world.portion(world.juice, 2), world.portion(world.borscht))
    line = (await day.tickets(id))[0].lines[0]
    asked = await day.do(step(resolving.report, line.id, None, by=world.market_cook))
    start = await day.clock() + timedelta(days=1)
    window, choice = Span(start, start + timedelta(hours=1)), ResolutionChoice.POSTPONE
    await day.do(step(resolving.answer, asked.id, choice, None, window, by=world.customer))
    gone = next(li for t in await day.tickets(id) for li in t.lines if li.name == "Juice")
    assert gone.postponed_to_id is not None
    await change(day, world.juice, unavailable=False, stock=1)

    await its_time_comes(day, gone.postponed_to_id)

    later = await world.look(gone.postponed_to_id)
    assert later.tickets[0].status is TicketStatus.NEEDS_CHANGE
    assert await stock(world, world.juice) == 1, "one is left, and not for him"
    await answer(day, later.id, REMOVE)
    assert (await world.look(later.id)).status is OrderStatus.CANCELLED
    assert await stock(world, world.juice) == 1


async def test_a_kitchen_may_tell_before_the_time_comes(day: Day) -> None:
    world = day.world
    id = await scheduled(day)
    line = (await day.tickets(id))[0].lines[0]
    await day.do(step(resolving.report, line.id, None, by=world.market_cook))

    await answer(day, id, REMOVE)

    assert (await day.tickets(id))[0].status is TicketStatus.QUEUED, "its time has not come"
    await day.passes(minutes=15)
    assert not (await day.tickets(id))[0].escalated
    await its_time_comes(day, id)
    assert (await day.tickets(id))[0].status is TicketStatus.SUBMITTED


async def test_a_portion_that_was_taken_later_goes_back_to_the_day_it_was_taken_from(
    day: Day,
) -> None:
    world, start = day.world, await day.clock() + timedelta(days=2)
    window = Span(start, start + timedelta(hours=1))
    id = await day.order(world.portion(world.borscht, 2), window=window)
    await change(day, world.borscht, unavailable=True)
    await change(day, world.varenyky, daily_quota=3)
    await its_time_comes(day, id)
    await answer(day, id, SUBSTITUTE)
    assert await portions_left(day) == 1

    why = CancellationReason.CHANGED_MIND
    await day.do(step(cancelling.cancel, id, why, None, by=world.customer))

    assert await portions_left(day) == 3


async def portions_left(day: Day) -> int | None:
    async with day.world.transaction() as session:
        return (await session.get_one(Product, day.world.varenyky)).quota_left


async def test_nobody_asks_about_a_ticket_that_is_half_handed_over(day: Day) -> None:
    world, ticket = day.world, await behind_a_system(day)
    line = (await world.look(ticket.order_id)).tickets[0].lines[0]
    report = step(resolving.report, line.id, None, by=world.market_cook)
    await refused(world, report, ForbiddenStep)


async def behind_a_system(day: Day) -> Ticket:
    """The ticket of two juices and a bread, on its way to the market's own system."""
    world = day.world
    account = await world.account("shop", port="kitchen", provider="open_kitchen", base_url="-")
    id = await world.order(world.portion(world.juice, 2), world.portion(world.bread))
    async with world.transaction() as session:
        (await session.get_one(Restaurant, world.market)).account_id = account
    ticket = (await world.look(id)).tickets[0]
    assert await done(world, step(kitchens.begin_submission, ticket.id)) is not None
    return ticket


def report(status: KitchenStatus, *missing: str) -> KitchenReport:
    return KitchenReport("sk-1", status, status.lower(), missing=missing)


async def test_a_system_that_refuses_a_dish_gets_the_rest_under_the_same_reference(
    day: Day,
) -> None:
    world, ticket = day.world, await behind_a_system(day)
    no = Rejected("unavailable", "Some items are not to be had.", (JUICE,))

    assert await done(world, step(kitchens.answered, ticket.id, no))

    order = await world.look(ticket.order_id)
    assert order.tickets[0].status is TicketStatus.NEEDS_CHANGE
    assert [line.status for line in order.tickets[0].lines] == ["UNAVAILABLE", "PENDING"]
    assert await stock(world, world.juice) == 0, "nobody else is sold it meanwhile"
    asked = order.resolutions[0]
    await done(world, step(resolving.answer, asked.id, REMOVE, None, by=world.customer))
    handing = await done(world, step(kitchens.begin_submission, ticket.id))
    assert handing is not None
    assert [item.external_id for item in handing.ticket.items] == [BREAD]
    assert handing.ticket.reference == ticket.reference


async def test_a_system_that_refuses_something_else_refuses_the_ticket(day: Day) -> None:
    world, ticket = day.world, await behind_a_system(day)
    for items in ((), ("a stranger",)):
        no = Rejected("closed", "We are closed.", items)
        await done(world, step(kitchens.answered, ticket.id, no))
    assert (await world.look(ticket.order_id)).status is OrderStatus.CANCELLED


async def test_a_system_says_that_something_ran_out_while_it_cooks(day: Day) -> None:
    world, ticket = day.world, await behind_a_system(day)
    await done(world, step(kitchens.answered, ticket.id, Pending(report(KitchenStatus.WAITING))))
    for _ in range(2):  # they say so until they are told what to cook instead
        told = report(KitchenStatus.PREPARING, JUICE)
        await done(world, step(kitchens.reported, ticket.id, told))

    order = await world.look(ticket.order_id)
    assert order.tickets[0].status is TicketStatus.NEEDS_CHANGE
    (asked,) = order.resolutions
    await done(world, step(resolving.answer, asked.id, SUBSTITUTE, None, by=world.customer))

    order = await world.look(ticket.order_id)
    assert order.tickets[0].status is TicketStatus.ACCEPTED
    assert [line.status for line in order.tickets[0].lines] == [
        LineStatus.SUBSTITUTED, LineStatus.CONFIRMED, LineStatus.CONFIRMED,
    ]  # fmt: skip
    (task,) = [t for t in await world.open_tasks(order.id) if t.kind == "change_ticket"]
    assert task.subject_id == ticket.id
    await done(world, step(kitchens.reported, ticket.id, told))
    assert len((await world.look(order.id)).resolutions) == 1, "that was answered"


async def test_what_is_chosen_instead_may_be_out_as_well(day: Day) -> None:
    world, ticket = day.world, await behind_a_system(day)
    await done(world, step(kitchens.answered, ticket.id, Pending(report(KitchenStatus.WAITING))))
    await done(world, step(kitchens.reported, ticket.id, report(KitchenStatus.PREPARING, JUICE)))
    asked = (await world.look(ticket.order_id)).resolutions[0]
    await done(world, step(resolving.answer, asked.id, REMOVE, None, by=world.customer))

    no = Rejected("unavailable", "Some items are not to be had.", (BREAD,))
    assert await done(world, step(changing.changed, ticket.id, no))

    order = await world.look(ticket.order_id)
    assert order.tickets[0].status is TicketStatus.NEEDS_CHANGE
    assert [r.status for r in order.resolutions] == ["REJECTED", "OPEN"]
