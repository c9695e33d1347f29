"""What happens when a deadline passes. Each looks again first: it may have been met meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import CONTACT_TRIES, DeliveryAction, DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.lines import UNSETTLED
from catering.domain.orders import LIVE, CancellationReason
from catering.domain.people import SYSTEM
from catering.domain.tickets import TicketAction, TicketStatus
from catering.models import Delivery, Restaurant, Ticket

from .losing import call_off, fail, lose, withdraw_offers
from .orders import with_delivery, with_resolution, with_ticket
from .travelling import give_back

STILL_MOVING = timedelta(minutes=5)
_LISTENING = ("poll_ticket", "remind_kitchen")
"""While these are not done, nobody hears what a restaurant says."""

_COOKING = frozenset({TicketStatus.ACCEPTED, TicketStatus.PREPARING})


async def ticket_unsubmitted(session: AsyncSession, ticket_id: UUID) -> None:
    """The kitchen's system cannot be reached: a person has to call, before anything is refunded."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    begun = ticket.order.is_begun
    if begun and ticket.status in {TicketStatus.QUEUED, TicketStatus.SUBMITTING}:
        ticket.escalate(by=SYSTEM, note="The kitchen's system did not take the ticket.")


async def ticket_unanswered(
    session: AsyncSession, ticket_id: UUID, due: datetime | None = None
) -> None:
    """The restaurant stayed silent: its part ends, and the customer says what becomes of the rest.

    An outage of ours is not its silence: then its five minutes begin anew.
    """
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status is not TicketStatus.SUBMITTED:
        return
    if ticket.order.is_neglected(ticket.id, _LISTENING, due):
        ticket.order.changed(ticket, by=SYSTEM)
    else:
        note = "The restaurant did not answer in time."
        await lose(session, ticket, TicketAction.REJECT, by=SYSTEM, note=note)


async def remind_kitchen(session: AsyncSession, ticket_id: UUID) -> bool:
    """Ask a silent restaurant once more. Whether it should be asked again."""
    # Most have answered by now: the whole order is looked at for the others only.
    status = await session.scalar(select(Ticket.status).where(Ticket.id == ticket_id))
    if status is not TicketStatus.SUBMITTED:
        return False
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status is not TicketStatus.SUBMITTED:
        return False
    ticket.order.record(EventKind.TICKET_REMINDED, ticket, by=SYSTEM)
    return True


async def submission_due(session: AsyncSession, ticket_id: UUID) -> None:
    """The restaurant gets its ticket now: the customer wanted it to be asked once more, or the
    others have begun before."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status is TicketStatus.QUEUED:
        ticket.order.changed(ticket, by=SYSTEM)


async def remind_customer(session: AsyncSession, resolution_id: UUID) -> bool:
    """Ask a silent customer once more. Whether he should be asked again."""
    resolution = await with_resolution(session, resolution_id, by=SYSTEM)
    if resolution.status not in UNSETTLED:
        return False
    resolution.order.record(EventKind.RESOLUTION_REMINDED, resolution, by=SYSTEM)
    return True


async def ticket_late(session: AsyncSession, ticket_id: UUID) -> None:
    """The food should have been ready."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status in _COOKING:
        ticket.order.record(EventKind.TICKET_LATE, ticket, by=SYSTEM)


async def ticket_overdue(session: AsyncSession, ticket_id: UUID) -> None:
    """The food is very late: a person has to call."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status in _COOKING:
        ticket.escalate(by=SYSTEM, note="The restaurant is late.")


async def ticket_uncollected(session: AsyncSession, ticket_id: UUID) -> None:
    """The food gets cold: a person has to look for the courier."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if ticket.status is TicketStatus.READY:
        ticket.escalate(by=SYSTEM, note="Nobody has collected it.")


async def ticket_unhandled(session: AsyncSession, ticket_id: UUID) -> None:
    """No manager has helped: this part ends and is not charged."""
    ticket = await with_ticket(session, ticket_id, by=SYSTEM)
    if not ticket.escalated:
        return
    gives_up = ticket.can(TicketAction.GIVE_UP)
    action = TicketAction.GIVE_UP if gives_up else TicketAction.CANCEL
    if ticket.can(action):
        await lose(session, ticket, action, by=SYSTEM, note="Nobody could help in time.")


async def search_due(session: AsyncSession, delivery_id: UUID) -> None:
    """Time to look for a courier."""
    await _step(session, delivery_id, DeliveryAction.SEARCH, {DeliveryStatus.PLANNED})


async def carrier_search(session: AsyncSession, delivery_id: UUID) -> None:
    """Nobody carries it: a person has to find somebody."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.can(DeliveryAction.GIVE_UP):
        withdraw_offers(delivery)
        delivery.perform(DeliveryAction.GIVE_UP, by=SYSTEM)


async def no_carrier_unhandled(session: AsyncSession, delivery_id: UUID) -> None:
    """Nobody could be found at all."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status is DeliveryStatus.NO_CARRIER and delivery.order.status in LIVE:
        await call_off(session, delivery.order, CancellationReason.NO_CARRIER, None, by=SYSTEM)


async def courier_silent(session: AsyncSession, delivery_id: UUID) -> None:
    """Nothing was heard of the courier: an own driver loses it, a company is called."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status not in {DeliveryStatus.ASSIGNED, DeliveryStatus.TO_PICKUP}:
        return
    if _heard_lately(delivery):
        delivery.tell(EventKind.DELIVERY_EXTENDED, by=SYSTEM)
    elif delivery.driver_id is not None and not delivery.started:
        give_back(delivery, by=SYSTEM, note="Nothing was heard of the driver.")
    else:
        delivery.escalate(by=SYSTEM, note="Nothing was heard of the courier.")


async def delivery_stuck(session: AsyncSession, delivery_id: UUID) -> None:
    """The courier waits at the kitchen, or is too long on his way: a person has to call."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status in {DeliveryStatus.AT_PICKUP, DeliveryStatus.TO_DROPOFF}:
        delivery.escalate(by=SYSTEM, note="The courier does not get on.")


async def delivery_unhandled(session: AsyncSession, delivery_id: UUID) -> None:
    """No manager has helped: the delivery has failed."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.escalated and delivery.can(DeliveryAction.FAIL):
        await fail(session, delivery, "Nobody could help in time.")


async def door_unanswered(session: AsyncSession, delivery_id: UUID) -> None:
    """Nobody opens: our driver takes it back, if he has called twice; a manager asks him, or the
    company, which decides for itself."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status is not DeliveryStatus.AT_DROPOFF:
        return
    if delivery.live_bookings:
        delivery.escalate(by=SYSTEM, note="Nobody opened the door.")
    elif delivery.contact_tries < CONTACT_TRIES:
        note = "Nobody opened the door, and the driver has not called twice."
        delivery.escalate(by=SYSTEM, note=note)
    else:
        await fail(session, delivery, "Nobody opened the door.", no_show=True)


async def turn_back_due(session: AsyncSession, delivery_id: UUID) -> None:
    """What could not be delivered goes back, where anybody wants it back; a company decides for
    itself."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status is not DeliveryStatus.UNDELIVERABLE:
        return
    wanted = delivery.driver_id is None or await _is_wanted_back(session, delivery)
    delivery.perform(DeliveryAction.TURN_BACK if wanted else DeliveryAction.DISCARD, by=SYSTEM)


async def return_overdue(session: AsyncSession, delivery_id: UUID) -> None:
    """It must be back by now; the driver is free again."""
    await _step(session, delivery_id, DeliveryAction.RETURN, {DeliveryStatus.RETURNING})


async def _is_wanted_back(session: AsyncSession, delivery: Delivery) -> bool:
    """By one of those whose food is on board; with nothing on board as before."""
    on_board = [t for t in delivery.order.tickets if t.status is TicketStatus.PICKED_UP]
    homes = [ticket.restaurant_id for ticket in on_board]
    query = select(Restaurant.id).where(Restaurant.id.in_(homes), ~Restaurant.discards_undelivered)
    return not on_board or await session.scalar(query.limit(1)) is not None


async def _step(
    session: AsyncSession, delivery_id: UUID, action: DeliveryAction, at: set[DeliveryStatus]
) -> None:
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status in at:
        delivery.perform(action, by=SYSTEM)


def _heard_lately(delivery: Delivery) -> bool:
    last = delivery.position_at
    return last is not None and delivery.order.now - last < STILL_MOVING
