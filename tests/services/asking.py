"""Who was asked, and the driver as a row."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from catering.domain.geography import Point
from catering.domain.people import Actor
from catering.models import Driver, Event, Offer
from tests.world import World

from .acting import Day

FAR = Point(50.50, 30.60)


async def who_was_asked(day: Day, id: UUID) -> Sequence[UUID]:
    """The drivers who were offered an order, in order."""
    delivery = await day.delivery(id)
    query = select(Offer.driver_id).where(Offer.delivery_id == delivery.id)
    async with day.world.transaction() as session:
        return (await session.scalars(query.order_by(Offer.created_at, Offer.id))).all()


async def driver_row(world: World, who: Actor) -> Driver:
    async with world.transaction() as session:
        return await session.get_one(Driver, who.id)


async def events_of_drivers(world: World, kind: str) -> Sequence[UUID | None]:
    """Whom it happened to, once for each time."""
    async with world.transaction() as session:
        return (await session.scalars(select(Event.driver_id).where(Event.kind == kind))).all()
