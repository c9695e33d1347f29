"""A trip as a courier company sees it: one pickup stop, one door."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.lines import GONE
from catering.domain.orders import OrderType
from catering.models import Delivery, Restaurant, Stop, Ticket, User
from catering.providers.ports import Place, TicketItem, Trip


async def trip(session: AsyncSession, delivery: Delivery, stop: Stop, reference: str) -> Trip:
    """What one booking asks for."""
    order = delivery.order
    for_facility = order.type is OrderType.FOR_FACILITY
    ticket = next(t for t in order.tickets if t.id == stop.ticket_id)
    kitchen = await session.get_one(Restaurant, ticket.restaurant_id)
    eater = await session.scalar(select(User.display_name).where(User.id == order.customer_id))
    return Trip(
        reference=reference,
        number=order.number,
        pickup=_place(stop, kitchen.name, kitchen.phone),
        dropoff=_place(delivery.dropoff, eater or order.number, order.contact_phone),
        items=_items(ticket),
        value=sum(line.total for line in ticket.lines),
        currency=order.currency,
        ready_at=ticket.ready_at if ticket.ready_at > order.now else None,
        pin=None if for_facility else order.pin,
        signed=for_facility,
        comment=f"{order.number}",
    )


def _place(stop: Stop, name: str, phone: str) -> Place:
    return Place(
        name=name,
        address_line=stop.address_line,
        latitude=stop.latitude,
        longitude=stop.longitude,
        phone=phone,
        details=stop.address_details,
    )


def _items(ticket: Ticket) -> tuple[TicketItem, ...]:
    return tuple(
        TicketItem(str(line.product_id), line.name, line.quantity, line.unit_price)
        for line in ticket.lines
        if line.status not in GONE
    )
