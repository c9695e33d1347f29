"""Kitchens that differ much begin one after the other, and are ready together."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from catering.domain.orders import OrderStatus
from catering.domain.products import ProductKind
from catering.domain.tickets import TicketStatus
from catering.models import Product, Restaurant
from catering.services import kitchens

from .acting import Day, step
from .replaying import must_replay


async def ordered(day: Day, *, slow: int = 50) -> UUID:
    """Soup that takes long, and juice that is pressed by hand within twenty minutes."""
    world = day.world
    async with world.transaction() as session:
        home = update(Restaurant).where(Restaurant.id == world.kitchen)
        await session.execute(home.values(preparation_minutes=slow))
        fresh = update(Product).where(Product.id == world.juice)
        await session.execute(fresh.values(kind=ProductKind.DISH))
    id = await world.order()
    await day.work()
    return id


async def test_the_faster_kitchen_gets_its_ticket_later_and_is_ready_with_the_other(
    day: Day,
) -> None:
    world = day.world
    id = await ordered(day)
    soup, juice = await day.tickets(id)
    assert (soup.status, juice.status) == (TicketStatus.SUBMITTED, TicketStatus.QUEUED)
    assert juice.ready_at == soup.ready_at
    assert await day.waits(id) == ["submission_due", "ticket_unanswered"]
    await day.do(step(kitchens.accept, soup.id, None, by=world.cook))
    assert (await world.look(id)).delivery is None, "the journey waits for its answer"

    await day.passes(minutes=25)

    (_, juice) = await day.tickets(id)
    assert juice.status is TicketStatus.SUBMITTED
    await day.do(step(kitchens.accept, juice.id, None, by=world.market_cook))
    order = await world.look(id)
    assert order.delivery is not None
    assert order.delivery.search_at > await day.clock()
    assert order.estimated_at is not None
    assert order.estimated_at - order.promised_at < timedelta(minutes=2)
    assert order.delayed_until is None
    await must_replay(world, id)


async def test_who_is_no_longer_waited_for_holds_up_nobody(day: Day) -> None:
    world = day.world
    id = await ordered(day)
    soup, _ = await day.tickets(id)

    await day.do(step(kitchens.reject, soup.id, "No beetroot.", by=world.cook))

    (_, juice) = await day.tickets(id)
    assert juice.status is TicketStatus.SUBMITTED
    assert (await world.look(id)).status is OrderStatus.PLACED


async def test_a_small_difference_holds_nobody(day: Day) -> None:
    id = await ordered(day, slow=30)
    soup, juice = await day.tickets(id)
    assert {soup.status, juice.status} == {TicketStatus.SUBMITTED}
    assert soup.ready_at - juice.ready_at == timedelta(minutes=10)
