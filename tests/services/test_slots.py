"""Places in kitchens: so many tickets in a slot, and no more, whoever comes how."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from catering.domain.amending import Details, Replacement
from catering.domain.baskets import Span
from catering.domain.lines import ResolutionChoice
from catering.domain.orders import CancellationReason
from catering.domain.refusals import InvalidInput, KitchenFull, NotFound, Refused
from catering.domain.slots import Capacity
from catering.domain.tickets import TicketStatus
from catering.models import KitchenSlot, Order, Restaurant, Ticket
from catering.services import (
    amending,
    cancelling,
    hosting,
    kitchens,
    ordering,
    replacing,
    resolving,
)
from tests.world import World

from .acting import Day, Step, done, refused, step

HOUR = timedelta(hours=1)


async def limited(world: World, tickets: int | None, minutes: int = 60) -> None:
    capacity = None if tickets is None else Capacity(tickets, minutes)
    await done(world, step(hosting.take_on, world.kitchen, capacity, by=world.cook))


async def tomorrow(world: World, hours: int = 0) -> Span:
    """A window of half an hour; another hour is another slot."""
    async with world.transaction() as session:
        now: datetime = (await session.execute(select(func.catering_now()))).scalar_one()
    start = now.replace(minute=0, second=0, microsecond=0) + (24 + hours) * HOUR
    return Span(start, start + HOUR / 2)


async def taken(world: World) -> list[int]:
    """The tickets in each slot that has any, in order."""
    query = select(KitchenSlot.taken).where(KitchenSlot.taken > 0)
    async with world.transaction() as session:
        return list(await session.scalars(query.order_by(KitchenSlot.starts_at)))


def placing(world: World, window: Span | None) -> Step[Order]:
    wish = world.wish(world.portion(world.borscht), window=window)
    return step(ordering.place, wish, by=world.customer)


async def placed(world: World, window: Span | None) -> UUID:
    return (await done(world, placing(world, window))).id


async def test_a_full_slot_is_refused_with_the_next_one_that_can_be_had(world: World) -> None:
    await limited(world, 1)
    window = await tomorrow(world)
    id = await placed(world, window)
    (ticket,) = (await world.look(id)).tickets
    quote = step(ordering.quote, world.wish(world.portion(world.borscht), window=window).basket)

    (no,) = await refused(world, placing(world, window), KitchenFull)
    (told,) = await refused(world, quote, KitchenFull)

    assert no == told
    assert (no.restaurant_id, no.path) == (world.kitchen, ("window",))
    slot = Capacity(1, 60).start(ticket.work_at)
    assert no.next_slots == tuple((slot + n * HOUR, slot + (n + 1) * HOUR) for n in (1, 2, 3))
    assert no.next_window is not None
    await placed(world, Span(*no.next_window))
    await world.order(world.portion(world.juice), window=window)
    assert await taken(world) == [1, 1]


async def test_who_orders_at_once_is_told_when_it_can_be_at_the_door(day: Day) -> None:
    world, now = day.world, await day.clock()
    await limited(world, 1)
    await day.passes(seconds=(Capacity(1, 60).start(now) + HOUR - now).total_seconds() + 1)
    await placed(world, None)

    (no,) = await refused(world, placing(world, None), KitchenFull)

    assert no.path == ("lines",)
    assert no.next_window is not None
    await placed(world, Span(*no.next_window))
    assert await taken(world) == [1, 1]


async def test_what_is_called_off_or_rejected_gives_its_place_back(day: Day) -> None:
    world = day.world
    await limited(world, 1)
    window = await tomorrow(world)
    id = await placed(world, window)
    why = CancellationReason.CHANGED_MIND
    await day.do(step(cancelling.cancel, id, why, None, by=world.customer))
    assert await taken(world) == []
    at_once = await day.order(world.portion(world.borscht))
    assert await taken(world) == [1]

    (ticket,) = await day.tickets(at_once)
    await day.do(step(kitchens.reject, ticket.id, "No gas.", by=world.cook))

    assert await taken(world) == []
    await placed(world, window)


async def test_another_window_takes_another_place(world: World) -> None:
    await limited(world, 1)
    first, second = await tomorrow(world), await tomorrow(world, 3)
    id, other = await placed(world, first), await placed(world, second)
    moved = step(amending.change_details, id, Details(window=second), by=world.customer)

    (no,) = await refused(world, moved, KitchenFull)

    assert no.path == ("window",)
    free = Details(window=await tomorrow(world, 6))
    await done(world, step(amending.change_details, other, free, by=world.customer))
    await done(world, moved)
    assert await taken(world) == [1, 1]
    await placed(world, first)


async def test_another_basket_keeps_the_place_or_gives_it_back(world: World) -> None:
    await limited(world, 1)
    window = await tomorrow(world)
    id = await placed(world, window)
    for product, places in ((world.varenyky, [1]), (world.juice, []), (world.borscht, [1])):
        basket = Replacement((world.portion(product),))
        await done(world, step(replacing.replace_lines, id, basket, by=world.customer))
        assert await taken(world) == places
    juice = await world.order(world.portion(world.juice), window=window)
    more = Replacement((world.portion(world.juice), world.portion(world.borscht)))

    await refused(world, step(replacing.replace_lines, juice, more, by=world.customer), KitchenFull)


async def test_what_is_postponed_takes_a_place_at_its_new_time(day: Day) -> None:
    world = day.world
    await limited(world, 1)
    full, free = await tomorrow(world), await tomorrow(world, 3)
    await placed(world, full)
    id = await day.accepted(world.portion(world.borscht))
    (line,) = [line for ticket in await day.tickets(id) for line in ticket.lines]
    open_question = await day.do(step(resolving.report, line.id, None, by=world.cook))
    later = ResolutionChoice.POSTPONE

    def answer(window: Span) -> Step[object]:
        return step(resolving.answer, open_question.id, later, None, window, by=world.customer)

    await refused(world, answer(full), KitchenFull)
    await day.do(answer(free))

    assert await taken(world) == [1, 1], "nothing is left of the old ticket"


async def test_counting_begins_with_what_was_ordered_before(world: World) -> None:
    window = await tomorrow(world)
    for _ in range(3):
        id = await placed(world, window)
    await limited(world, 2)
    assert await taken(world) == [3]
    await refused(world, placing(world, window), KitchenFull)
    why = CancellationReason.CHANGED_MIND
    await done(world, step(cancelling.cancel, id, why, None, by=world.customer))
    await refused(world, placing(world, window), KitchenFull)

    await limited(world, 3, minutes=15)
    await placed(world, window)
    await refused(world, placing(world, window), KitchenFull)
    await limited(world, None)

    await placed(world, window)
    assert await taken(world) == []


async def test_a_capacity_is_set_by_who_works_there(world: World) -> None:
    take_on = hosting.take_on
    await refused(world, step(take_on, world.kitchen, Capacity(2), by=world.market_cook), NotFound)
    nonsense = step(take_on, world.kitchen, Capacity(0, 7), by=world.cook)
    await refused(world, nonsense, InvalidInput, InvalidInput)


async def test_forty_at_once_share_the_last_three_places(committed: World) -> None:
    world = committed
    await limited(world, 3)
    window = await tomorrow(world)

    async def one() -> str:
        try:
            await placed(world, window)
        except Refused as no:
            return ", ".join(refusal.code for refusal in no.refusals)
        return "placed"

    told = Counter(await asyncio.gather(*(one() for _ in range(40))))

    assert told == {"placed": 3, "KITCHEN_FULL": 37}
    assert await taken(world) == [3]
    async with world.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Ticket)) == 3


async def test_nothing_is_miscounted_while_the_measure_changes(committed: World) -> None:
    world = committed
    await limited(world, 50)
    window = await tomorrow(world)

    async def come_and_go() -> None:
        id = await placed(world, window)
        if id.int % 2:
            why = CancellationReason.CHANGED_MIND
            await done(world, step(cancelling.cancel, id, why, None, by=world.customer))

    changes = (limited(world, 50 + n, 15 if n % 2 else 60) for n in range(6))
    await asyncio.gather(*(come_and_go() for _ in range(20)), *changes)

    async with world.transaction() as session:
        live = select(func.count()).where(Ticket.status != TicketStatus.CANCELLED)
        assert sum(await taken(world)) == await session.scalar(live)


async def test_the_database_itself_overbooks_no_slot(world: World) -> None:
    await limited(world, 1)
    await placed(world, await tomorrow(world))
    with pytest.raises(IntegrityError, match="not_overbooked"):
        async with world.transaction() as session:
            await session.execute(update(KitchenSlot).values(taken=KitchenSlot.taken + 1))
    with pytest.raises(IntegrityError, match="slots_not_empty"):
        async with world.transaction() as session:
            await session.execute(update(Restaurant).values(slot_tickets=0))
