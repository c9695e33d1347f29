"""What becomes of an order when a part of it will not come."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import DeliveryAction, DeliveryStatus, StopAction
from catering.domain.ledger import Share
from catering.domain.lines import (
    UNSETTLED,
    LineAction,
    LineStatus,
    ResolutionAction,
    ResolutionChoice,
)
from catering.domain.offers import OfferAction, OfferStatus
from catering.domain.orders import LIVE, CancellationReason
from catering.domain.people import SYSTEM, Actor
from catering.domain.resolving import is_his_to_choose
from catering.domain.tickets import LOST, TicketAction, TicketStatus
from catering.models import Delivery, Order, Ticket

from . import slots, stock
from .asking import ask, asked_about_parts
from .fees import no_show_fee, pay_for_what_was_begun

_REASON = {
    TicketStatus.REJECTED: CancellationReason.KITCHEN_REJECTED,
    TicketStatus.SUBMIT_FAILED: CancellationReason.PROVIDER_FAILED,
    TicketStatus.CANCELLED: CancellationReason.PRODUCT_UNAVAILABLE,
}


async def lose(
    session: AsyncSession, ticket: Ticket, action: TicketAction, *, by: Actor, note: str | None
) -> None:
    """End a ticket without its food. Where others still cook, the customer says what becomes of
    his order; without a rest, it ends."""
    order = ticket.order
    ticket.perform(action, by=by, note=note)
    _drop_missing(ticket)
    others = [t.status for t in order.tickets if t is not ticket]
    on_the_road = order.delivery is not None and order.delivery.started
    left = any(line.can(LineAction.REMOVE) for line in ticket.lines)
    asks = is_his_to_choose(others, left=left, on_the_road=on_the_road)
    if asks and order.status in LIVE:
        ask(ticket, by=SYSTEM)
        if order.delivery is not None and order.delivery.status is not DeliveryStatus.PLANNED:
            _skip_stop(order, ticket)  # nobody shall drive there while he thinks
    else:
        await drop(session, ticket, note=note)
    await slots.give_back(session, [ticket])


async def drop(session: AsyncSession, ticket: Ticket, *, note: str | None = None) -> None:
    """Go on without what was left of a ticket that has ended; without a rest, call it off."""
    order = ticket.order
    await _drop_lines(session, order, [ticket])
    _skip_stop(order, ticket)
    if order.status in LIVE and all(t.status in LOST for t in order.tickets):
        await call_off(session, order, why_lost(ticket), note, by=SYSTEM)


async def go_without(session: AsyncSession, order: Order) -> None:
    """The rest is about to leave its kitchen: what is still asked about does not come along."""
    for resolution in list(asked_about_parts(order)):
        resolution.choice = ResolutionChoice.REMOVE
        await drop(session, resolution.ticket)


def why_lost(ticket: Ticket) -> CancellationReason:
    """Why an order ends that ends with this ticket."""
    return _REASON[ticket.status]


async def call_off(
    session: AsyncSession,
    order: Order,
    reason: CancellationReason,
    comment: str | None,
    *,
    by: Actor,
    fee: tuple[Share, ...] = (),
) -> None:
    """End the whole order: its tickets, its negotiations, its journey.

    Who had begun is paid: by the customer where he owes a `fee`, and otherwise by us.
    """
    pay_for_what_was_begun(order, fee)
    await _cancel_tickets(session, order, by=by)
    if order.delivery is not None and order.delivery.can(DeliveryAction.CANCEL):
        withdraw_offers(order.delivery)
        order.delivery.perform(DeliveryAction.CANCEL, by=SYSTEM)
    order.cancel(reason, comment, by=by)


async def fail(
    session: AsyncSession, delivery: Delivery, note: str, *, no_show: bool = False
) -> None:
    """What is on board comes back; what is not will not be cooked or fetched any more.

    It costs the customer nothing, unless it was he who did not show up.
    """
    pay_for_what_was_begun(delivery.order, no_show_fee(delivery.order) if no_show else ())
    await _cancel_tickets(session, delivery.order, by=SYSTEM)
    for stop in delivery.pickups:
        if stop.can(StopAction.SKIP):
            stop.perform(StopAction.SKIP, by=SYSTEM)
    delivery.perform(DeliveryAction.FAIL, by=SYSTEM, note=note)


def withdraw_offers(delivery: Delivery) -> None:
    """Nobody is asked any more, and nobody's yes holds."""
    for offer in delivery.offers:
        if offer.status in {OfferStatus.SENT, OfferStatus.ACCEPTED}:
            offer.perform(OfferAction.WITHDRAW, by=SYSTEM)


async def _cancel_tickets(session: AsyncSession, order: Order, *, by: Actor) -> None:
    called_off = [ticket for ticket in order.tickets if ticket.can(TicketAction.CANCEL)]
    for ticket in called_off:
        ticket.perform(TicketAction.CANCEL, by=by)
    # With those that had ended before and whose lines the customer was still asked about.
    await _drop_lines(session, order, [t for t in order.tickets if t.status in LOST])
    await slots.give_back(session, called_off)


def _drop_missing(ticket: Ticket) -> None:
    """Who does not cook at all is not asked for something else instead of a dish."""
    for resolution in ticket.order.resolutions:
        if resolution.ticket_id == ticket.id and resolution.status in UNSETTLED:
            resolution.perform(ResolutionAction.EXPIRE, by=SYSTEM)
    missing = [line for line in ticket.lines if line.status is LineStatus.UNAVAILABLE]
    for line in missing:
        line.perform(LineAction.REMOVE, by=SYSTEM)
    if missing:
        ticket.order.reprice()


async def _drop_lines(session: AsyncSession, order: Order, tickets: Sequence[Ticket]) -> None:
    lost = {ticket.id for ticket in tickets}
    for resolution in order.resolutions:
        if resolution.ticket_id in lost and resolution.status in UNSETTLED:
            resolution.perform(ResolutionAction.EXPIRE, by=SYSTEM)
    lines = (line for ticket in tickets for line in ticket.lines)
    dropped = [line for line in lines if line.can(LineAction.REMOVE)]
    # All at once, because products are locked in the order of their ids.
    await stock.give_back(session, (d for d in dropped if not d.missing))
    for line in dropped:
        line.perform(LineAction.REMOVE, by=SYSTEM)
    order.reprice()


def _skip_stop(order: Order, ticket: Ticket) -> None:
    delivery = order.delivery
    if delivery is None:
        return
    for stop in delivery.stops:
        if stop.ticket_id == ticket.id and stop.can(StopAction.SKIP):
            stop.perform(StopAction.SKIP, by=SYSTEM)
    if delivery.started and delivery.collected and delivery.can(DeliveryAction.COLLECT_LAST):
        delivery.perform(DeliveryAction.COLLECT_LAST, by=SYSTEM)
