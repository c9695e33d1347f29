"""Planning the journey of an order once every kitchen has answered."""

from __future__ import annotations

from itertools import pairwise
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids, pricing
from catering.domain.deliveries import (
    DELIVERY,
    LIVE,
    STOP,
    StopKind,
)
from catering.domain.geography import Point, Ways, distance, travel_time
from catering.domain.orders import LIVE as LIVE_ORDER
from catering.domain.people import SYSTEM
from catering.domain.tickets import COMMITTED, LOST, TicketStatus
from catering.models import Delivery, Order, Restaurant, Stop, Ticket

from .asking import asked_about_parts
from .orders import lock

NO_MAP: Final[Ways] = {}


async def places(session: AsyncSession, order_id: UUID) -> list[Point]:
    """The way that a journey planned now would take; empty where none is. Locks nothing: what a
    map says of another way is of no use, and harms nobody."""
    query = (
        select(Restaurant.latitude, Restaurant.longitude, Order.latitude, Order.longitude)
        .select_from(Ticket)
        .join(Restaurant, Restaurant.id == Ticket.restaurant_id)
        .join(Order, Order.id == Ticket.order_id)
        .where(Ticket.order_id == order_id, Ticket.status.not_in(LOST))
        .order_by(Ticket.ready_at, Ticket.rank)
    )
    rows = (await session.execute(query)).all()
    kitchens = [Point(row[0], row[1]) for row in rows]
    return [*kitchens, Point(rows[0][2], rows[0][3])] if rows else []


async def plan(session: AsyncSession, order_id: UUID, ways: Ways = NO_MAP) -> None:
    """Plan the delivery of an order; nothing to do before all kitchens have answered.

    Where it is planned and the rest is ready, because what was waited for will not come, its search
    begins now.
    """
    order = await lock(session, order_id)
    coming = [ticket for ticket in order.tickets if ticket.status not in LOST]
    if coming and all(ticket.is_early for ticket in coming):
        for ticket in coming:  # those that they waited for do not cook any more
            ticket.submit_at = None
            order.changed(ticket, by=SYSTEM)
    order.hasten()
    if order.status not in LIVE_ORDER or not coming or _is_planned(order):
        return
    if any(asked_about_parts(order)):
        return  # it may come after all
    if all(t.status in COMMITTED or _is_changed(t) for t in coming):
        await _plan(session, order, sorted(coming, key=lambda t: t.ready_at), ways)


def _is_changed(ticket: Ticket) -> bool:
    """Whether its kitchen has it, and only waits to hear what comes instead of something."""
    return ticket.status is TicketStatus.NEEDS_CHANGE and ticket.submitted_at is not None


def _is_planned(order: Order) -> bool:
    return any(d.status in LIVE for d in order.deliveries)


async def _plan(session: AsyncSession, order: Order, coming: list[Ticket], ways: Ways) -> None:
    wanted = [ticket.restaurant_id for ticket in coming]
    query = select(Restaurant).where(Restaurant.id.in_(wanted))
    kitchens = {kitchen.id: kitchen for kitchen in await session.scalars(query)}
    first, door = kitchens[coming[0].restaurant_id], Point(order.latitude, order.longitude)
    stops = [
        *(_pickup(rank, t, kitchens[t.restaurant_id]) for rank, t in enumerate(coming)),
        _dropoff(len(coming), order),
    ]
    for before, stop in pairwise(stops):
        straight = travel_time(distance(before.point, stop.point))
        way = ways.get((before.point, stop.point), straight)
        stop.way_seconds = round(way.total_seconds())
    delivery = Delivery(
        id=ids.new(),
        status=DELIVERY.first,
        escalated=False,
        wave=0,
        distance_m=distance(Point(first.latitude, first.longitude), door),
        reward=pricing.reward(order.delivery_fee),
        estimated_at=order.estimated_at,
        created_at=order.now,
        updated_at=order.now,
        stops=stops,
        offers=[],
        bookings=[],
    )
    delivery.search_at = delivery.searched_from()
    order.deliveries.append(delivery)
    order.changed(delivery, by=SYSTEM)


def _pickup(rank: int, ticket: Ticket, kitchen: Restaurant) -> Stop:
    return Stop(
        id=ids.new(),
        ticket_id=ticket.id,
        rank=rank,
        kind=StopKind.PICKUP,
        status=STOP.first,
        address_line=kitchen.address_line,
        address_details=kitchen.name,
        latitude=kitchen.latitude,
        longitude=kitchen.longitude,
        due_at=ticket.ready_at,
    )


def _dropoff(rank: int, order: Order) -> Stop:
    return Stop(
        id=ids.new(),
        rank=rank,
        kind=StopKind.DROPOFF,
        status=STOP.first,
        address_line=order.address_line,
        address_details=order.address_details,
        latitude=order.latitude,
        longitude=order.longitude,
        due_at=order.promised_at,
    )
