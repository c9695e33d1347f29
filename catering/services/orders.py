"""Taking hold of an order: one at a time, with all its parts, on the database's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from catering.database import now
from catering.domain.amending import Progress
from catering.domain.deliveries import LIVE as LIVE_DELIVERY
from catering.domain.people import Actor, Role
from catering.domain.refusals import NotFound, Refused
from catering.models import (
    Booking,
    Charge,
    Delivery,
    Line,
    Offer,
    Order,
    Resolution,
    Stop,
    Ticket,
)
from catering.models.work import IS_OPEN

from .whole import Whole

_WHOLE = Whole(
    Order,
    Order.tickets, Ticket.lines,
    Order.deliveries, Delivery.stops, Delivery.offers, Delivery.bookings,
    Order.resolutions, Order.charges, Order.open_tasks,
    only={Order.open_tasks: IS_OPEN},
)  # fmt: skip

_HELD: Final = "held"
_KEPT: Final = "kept"
"""What a session is told of its orders: which one was locked before it was asked for, and all that
it has loaded."""


class _Held(NamedTuple):
    order_id: UUID
    now: datetime


PartT = TypeVar("PartT", Ticket, Line, Resolution, Delivery, Stop, Offer, Booking, Charge)


def is_held(session: AsyncSession, order_id: UUID, now: datetime) -> None:
    """This transaction has locked an order already, and that is what the clock shows in it."""
    session.info[_HELD] = _Held(order_id, now)


async def lock(session: AsyncSession, order_id: UUID) -> Order:
    """The whole order, ours until the transaction ends. Raises `Refused(NotFound)`."""
    held: _Held | None = session.info.get(_HELD)
    if held is not None and held.order_id == order_id:
        return await _loaded(session, held)
    return await _locked(session, select(Order).where(Order.id == order_id), "order")


async def of_actor(session: AsyncSession, order_id: UUID, *, by: Actor) -> Order:
    """The whole order, if it is the actor's to do something about."""
    return await _locked(session, _owned_by(by).where(Order.id == order_id), "order")


async def seen_by(session: AsyncSession, order_id: UUID, *, by: Actor) -> Order:
    """The whole order, if the actor may know of it: a colleague's, too."""
    return await _locked(session, Order.visible_to(by).where(Order.id == order_id), "order")


def _owned_by(by: Actor) -> Select[Order]:
    """Those that he may do something about: what a colleague ordered he only sees."""
    if by.role is Role.CUSTOMER:
        return select(Order).where(Order.customer_id == by.id)
    return Order.visible_to(by)


def progress(order: Order) -> Progress:
    """How far it has come: what decides what may still be changed."""
    status, tickets = order.status, tuple(ticket.status for ticket in order.tickets)
    delivery = order.delivery
    if delivery is None or delivery.status not in LIVE_DELIVERY:
        return Progress(status, tickets)
    booked = bool(delivery.live_bookings)
    return Progress(status, tickets, delivery.status, delivery.started, booked)


async def with_ticket(session: AsyncSession, ticket_id: UUID, *, by: Actor) -> Ticket:
    """A ticket in its locked order."""
    visible = Ticket.visible_to(by).where(Ticket.id == ticket_id)
    return await _part(session, Ticket, ticket_id, visible.with_only_columns(Ticket.order_id))


async def with_line(session: AsyncSession, line_id: UUID, *, by: Actor) -> Line:
    """A line in its locked order."""
    visible = Ticket.visible_to(by).join(Line).where(Line.id == line_id)
    return await _part(session, Line, line_id, visible.with_only_columns(Ticket.order_id))


async def with_resolution(session: AsyncSession, resolution_id: UUID, *, by: Actor) -> Resolution:
    """A negotiation in its locked order."""
    mine = _owned_by(by).with_only_columns(Order.id)
    visible = select(Resolution.order_id).where(
        Resolution.id == resolution_id, Resolution.order_id.in_(mine)
    )
    return await _part(session, Resolution, resolution_id, visible)


async def with_delivery(session: AsyncSession, delivery_id: UUID, *, by: Actor) -> Delivery:
    """A delivery in its locked order."""
    visible = Delivery.visible_to(by).where(Delivery.id == delivery_id)
    return await _part(session, Delivery, delivery_id, visible.with_only_columns(Delivery.order_id))


async def with_stop(session: AsyncSession, stop_id: UUID, *, by: Actor) -> Stop:
    """A stop in its locked order."""
    visible = Delivery.visible_to(by).join(Stop).where(Stop.id == stop_id)
    return await _part(session, Stop, stop_id, visible.with_only_columns(Delivery.order_id))


async def with_offer(session: AsyncSession, offer_id: UUID, *, by: Actor) -> Offer:
    """An offer in its locked order."""
    visible = Offer.visible_to(by).join(Delivery).where(Offer.id == offer_id)
    return await _part(session, Offer, offer_id, visible.with_only_columns(Delivery.order_id))


async def with_booking(session: AsyncSession, booking_id: UUID) -> Booking:
    """A booking in its locked order."""
    query = select(Delivery.order_id).join(Booking).where(Booking.id == booking_id)
    return await _part(session, Booking, booking_id, query)


async def with_charge(session: AsyncSession, charge_id: UUID) -> Charge:
    """A charge in its locked order."""
    query = select(Charge.order_id).where(Charge.id == charge_id)
    return await _part(session, Charge, charge_id, query)


async def _part(
    session: AsyncSession, kind: type[PartT], id: UUID, order_id: Select[UUID]
) -> PartT:
    held: _Held | None = session.info.get(_HELD)
    if held is not None:
        await _loaded(session, held)
        key = identity_key(kind, id)
        if (part := session.sync_session.identity_map.get(key)) is not None:
            return part
    of_part = select(Order).where(Order.id == order_id.scalar_subquery())
    await _locked(session, of_part, kind.__name__.lower())
    # It came with its order; this only looks it up.
    return await session.get_one(kind, id)


async def _locked(session: AsyncSession, which: Select[Order], name: str) -> Order:
    """Two looks: what was written while we waited for the lock is seen by the second only."""
    mine = which.with_only_columns(Order.id, now()).with_for_update(of=Order)
    row = (await session.execute(mine)).one_or_none()
    if row is None:
        raise Refused(NotFound(f"There is no such {name}."))
    return await _loaded(session, _Held(*row))


async def _loaded(session: AsyncSession, held: _Held) -> Order:
    """What is ours since we have read it is not read again: nobody else can have changed it."""
    # The session itself forgets what nobody holds, and a part finds its order through it.
    kept: dict[UUID, Order] = session.info.setdefault(_KEPT, {})
    order = kept.get(held.order_id)
    if order is None:
        order = kept[held.order_id] = await _WHOLE.load(session, held.order_id)
        for written in (Order.events, Order.ledger):
            set_committed_value(order, written.key, [])
        # We may have waited for the lock: what happens next did not happen before what happened
        # last.
        order.now = max(held.now, order.updated_at)
    return order
