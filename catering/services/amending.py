"""Changing where an order goes, when, and what is to be known at the door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import pricing
from catering.domain.amending import Details, must_be_open
from catering.domain.baskets import LONGEST_ADDRESS, Basket, Destination, Price
from catering.domain.events import EventKind
from catering.domain.geography import Point, distance, travel_time
from catering.domain.lines import GONE
from catering.domain.orders import OrderStatus
from catering.domain.people import Actor
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import InvalidInput, NotFound, Refusal, Refused
from catering.domain.tickets import LOST
from catering.models import Delivery, Order, Ticket

from . import facilities, slots
from .ordering import must_be_expected
from .orders import of_actor, progress
from .paying import must_cover
from .reckoning import reckon_way
from .registering import e164
from .reordering import portions


async def change_details(
    session: AsyncSession, order_id: UUID, details: Details, *, by: Actor
) -> Order:
    """Change what is given, all of it or nothing. Raises `Refused` with all that is wrong."""
    order = await of_actor(session, order_id, by=by)
    problems = list(_faults(order, details))
    if problems:
        raise Refused(*problems)
    must_be_open(progress(order), details.changes(), by.role)
    way = await _moved(session, order, details, by)
    _write(order, details)
    about = order if order.delivery is None else order.delivery
    order.record(EventKind.ORDER_DETAILS_CHANGED, about, by=by, note=_told(details))
    if way is not None and order.window is not None and order.status is OrderStatus.SCHEDULED:
        order.schedule(order.window.start - way.pace.lead, by=by)
    return order


def _faults(order: Order, details: Details) -> Iterator[Refusal]:
    if not details.changes():
        yield InvalidInput("Say what is to be changed.", rule="required")
    if details.contact_phone is not None and e164(details.contact_phone) is None:
        yield InvalidInput("This is not a phone number.", ("contactPhone",), rule="phone")
    if details.destination is not None:
        yield from details.destination.faults()
        if order.facility_id is not None:
            message = "It goes to the door of its facility."
            yield InvalidInput(message, ("destination",), rule="for_customer")
    if details.door_details is not None and len(details.door_details) > LONGEST_ADDRESS:
        message = f"At most {LONGEST_ADDRESS} characters."
        yield InvalidInput(message, ("doorDetails",), rule="max_length")
    known = {line.id for ticket in order.tickets for line in ticket.lines}
    for index, (line_id, _) in enumerate(details.notes):
        if line_id not in known:
            yield NotFound("There is no such line in it.", ("notes", str(index), "lineId"))


async def _moved(
    session: AsyncSession, order: Order, details: Details, by: Actor
) -> Reckoning | None:
    """Another door or window: it has to be within reach, in time, and at the price expected."""
    if details.destination is None and details.window is None:
        return None
    door = details.destination or order.door
    window = details.window or order.window
    coming = [ticket for ticket in order.tickets if ticket.status not in LOST]
    # With all that will come: a slow dish moves the release, and how soon a window may be.
    agreed = portions(li for ticket in coming for li in ticket.lines if li.status not in GONE)
    scheduled = order.status is OrderStatus.SCHEDULED
    before = await reckon_way(session, Basket(agreed, order.door))
    site = await facilities.of_order(session, order, by=by) if details.window else None
    way = await reckon_way(session, Basket(agreed, door, window if scheduled else None, site))
    fee = pricing.delivery_fee(len(way.restaurants), way.farthest)
    later = travel_time(way.farthest) - travel_time(before.farthest)
    there_at = window.end if scheduled and window else order.promised_at + later
    price = Price(order.subtotal, fee, order.currency, there_at, order.now)
    must_be_expected(details.expected_total, price)
    order.door, order.window = door, window
    order.delivery_fee = fee
    order.reprice()
    must_cover(order, order.total, "destination")
    order.promise(there_at, way.way_seconds)
    if scheduled:
        await _move(session, order, coming, way)
    return way


async def _move(
    session: AsyncSession, order: Order, tickets: Sequence[Ticket], way: Reckoning
) -> None:
    """The kitchens work on it at another time, if they have a place then."""
    places = [slots.place_of(ticket) for ticket in tickets]
    for ticket in tickets:
        restaurant = way.restaurants[ticket.restaurant_id]
        ticket.ready_at = way.ready_at(restaurant, order.window_from)
        ticket.work_at = way.work_at(restaurant, order.window_from)
        ticket.submits(way.submit_at(restaurant, order.window_from))
    await slots.take(session, tickets, way, order.window, instead_of=places)


def _write(order: Order, details: Details) -> None:
    if details.door_details is not None:
        order.door = replace(order.door, details=details.door_details or None)
    if details.contact_phone is not None:
        order.contact_phone = e164(details.contact_phone) or order.contact_phone
    notes = dict(details.notes)
    for line in (line for ticket in order.tickets for line in ticket.lines):
        if line.id in notes:
            line.note = notes[line.id] or None
    if order.delivery is not None:
        _redirect(order.delivery, order.door)


def _redirect(delivery: Delivery, door: Destination) -> None:
    """The courier goes to the new door; what he was promised for the way never gets less."""
    stop, order = delivery.dropoff, delivery.order
    stop.address_line, stop.address_details = door.line, door.details
    stop.latitude, stop.longitude = door.point.latitude, door.point.longitude
    stop.due_at, stop.way_seconds = order.promised_at, None
    first = delivery.pickups[0]
    delivery.distance_m = distance(Point(first.latitude, first.longitude), door.point)
    delivery.reward = max(delivery.reward, pricing.reward(order.delivery_fee))
    delivery.updated_at = order.now


def _told(details: Details) -> str:
    return ", ".join(change.lower().replace("_", " ") for change in details.changes())
