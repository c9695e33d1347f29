"""Steps of an order's way that the tests here take for granted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.models import Announced, Delivery, Event, Offer
from catering.services import driving, kitchens, offering, overdue, planning, resolving
from tests.services.acting import sought
from tests.world import AT_KITCHEN, World


async def offered(world: World, order_id: UUID) -> tuple[Delivery, Offer]:
    """Both kitchens cook, and our driver is asked to carry."""
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.driver)
    for ticket in (await world.look(order_id)).tickets:
        cook = world.cook if ticket.restaurant_id == world.kitchen else world.market_cook
        async with world.transaction() as session:
            await kitchens.begin_submission(session, ticket.id)
        async with world.transaction() as session:
            await kitchens.accept(session, ticket.id, None, by=cook)
    async with world.transaction() as session:
        await planning.plan(session, order_id)
    delivery = (await world.look(order_id)).delivery
    assert delivery is not None
    async with world.transaction() as session:
        await overdue.search_due(session, delivery.id)
    await sought(world)
    delivery = (await world.look(order_id)).deliveries[0]
    return delivery, delivery.offers[0]


async def assigned(world: World, order_id: UUID) -> Delivery:
    """Our driver carries it."""
    delivery, offer = await offered(world, order_id)
    async with world.transaction() as session:
        await offering.accept(session, offer.id, by=world.driver)
    return delivery


async def missing(world: World, order_id: UUID) -> UUID:
    """A line of the kitchen's cannot be had; the question that is asked about it."""
    tickets = (await world.look(order_id)).tickets
    line = next(t for t in tickets if t.restaurant_id == world.kitchen).lines[0]
    async with world.transaction() as session:
        return (await resolving.report(session, line.id, (world.varenyky,), by=world.cook)).id


async def announced(world: World) -> int:
    """Everything that happened so far has its position, as the relay would give it."""
    async with world.transaction() as session:
        fresh = select(Event.id).where(Event.position.is_(None)).order_by(Event.id)
        known = await session.get(Announced, True)
        last = known.position if known else 0
        for id in (await session.scalars(fresh)).all():
            last += 1
            await session.execute(update(Event).where(Event.id == id).values(position=last))
        if known is None:
            session.add(Announced(position=last, oldest=0))
        else:
            await session.execute(update(Announced).values(position=last))
    return last


def shown(prefix: Prefix, id: UUID) -> str:
    """The id as clients know it."""
    return ids.encode(prefix, id)
