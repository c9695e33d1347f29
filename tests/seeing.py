"""Who sees what of an order."""

from __future__ import annotations

from uuid import UUID

from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.models import Delivery, Order, Ticket
from catering.resolvers.screens import OrderScreen
from catering.resolvers.tracking import TrackingScreen
from tests.world import World


async def seen_by(world: World, actor: Actor, id: UUID) -> dict[str, bool]:
    """Whether somebody sees the order, its parts, and what happens to them as it happens."""
    delivery = (await world.look(id)).deliveries[0].id
    ways = {
        "order": Order.visible_to(actor).where(Order.id == id),
        "tickets": Ticket.visible_to(actor).where(Ticket.order_id == id),
        "delivery": Delivery.visible_to(actor).where(Delivery.order_id == id),
    }
    screens: dict[str, OrderScreen | TrackingScreen] = {
        "history": OrderScreen(id, actor),
        "tracking": TrackingScreen(delivery, actor),
    }
    async with world.transaction() as session:
        seen = {way: (await session.execute(query)).all() != [] for way, query in ways.items()}
        for way, screen in screens.items():
            try:
                await screen.check(session)
                seen[way] = True
            except Refused:
                seen[way] = False
    return seen
