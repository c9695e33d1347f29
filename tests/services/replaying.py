"""What the events of an order say about it, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from catering.models import Event, Order
from tests.world import World


async def history(world: World, order_id: UUID) -> list[Event]:
    query = select(Event).where(Event.order_id == order_id).order_by(Event.sequence)
    async with world.transaction() as session:
        return list(await session.scalars(query))


def replayed(events: list[Event]) -> dict[UUID, str]:
    """The status of everything that an event has told of, by its id."""
    statuses = dict[UUID, str]()
    for event in events:
        assert event.order_id is not None
        assert event.order_status is not None
        statuses[event.order_id] = event.order_status
        if event.status is not None:
            statuses[event.subject_id] = event.status
    return statuses


def rows(order: Order) -> dict[UUID, str]:
    """The status of everything that can have changed, by its id."""
    parts: list[Any] = [order, *order.tickets, *order.resolutions, *order.deliveries]
    for delivery in order.deliveries:
        parts += [*delivery.stops, *delivery.offers, *delivery.bookings]
    return {part.id: str(part.status) for part in parts}


UNTOLD = {"QUEUED", "PENDING"}
"""What a ticket and a stop are born with, before anything is told of them."""


async def must_replay(world: World, order_id: UUID) -> None:
    """The events are gapless, and replaying them gives the rows."""
    order, events = await world.look(order_id), await history(world, order_id)
    assert [event.sequence for event in events] == list(range(1, order.version + 1))
    told, kept = replayed(events), rows(order)
    for id, status in kept.items():
        assert told.get(id, status if status in UNTOLD else "?") == status
