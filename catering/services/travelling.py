"""On the road: arriving, collecting, handing over. The same for a driver and for a company."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import (
    CONTACT_TRIES,
    DeliveryAction,
    DeliveryStatus,
    Signature,
    StopAction,
    StopKind,
    StopStatus,
)
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.orders import OrderType
from catering.domain.people import Actor, Role
from catering.domain.reactions import WAIT_AT_DOOR
from catering.domain.refusals import ForbiddenStep, Refused, WrongProof
from catering.domain.tickets import LOST, TicketAction
from catering.models import Delivery, Stop, Ticket

from .losing import fail, go_without, withdraw_offers
from .orders import with_delivery, with_stop

PIN_TRIES = 5


async def arrive(session: AsyncSession, stop_id: UUID, point: Point | None, *, by: Actor) -> Stop:
    """The courier is there. His positions may have said so before him."""
    stop = await with_stop(session, stop_id, by=by)
    _must_carry(stop.delivery, by)
    if stop.status is StopStatus.ARRIVED:
        return stop
    if point is not None:
        stop.delivery.seen_at(point)
    else:
        stop.delivery.stands_at(stop.point)
    reach(stop, by=by)
    return stop


async def complete(
    session: AsyncSession,
    stop_id: UUID,
    pin: str | None,
    photo: str | None,
    point: Point | None,
    signature: Signature | None = None,
    *,
    by: Actor,
) -> Stop | WrongProof:
    """Everything was collected here, or handed over here: the latter against the PIN, or at a
    facility against a signature.

    A wrong PIN is given back, not raised: that it was tried must not be forgotten.
    """
    stop = await with_stop(session, stop_id, by=by)
    _must_carry(stop.delivery, by)
    if point is not None:
        stop.delivery.seen_at(point)
    if stop.kind is StopKind.DROPOFF and by.role is Role.DRIVER and stop.can(StopAction.COMPLETE):
        wrong = _proof(stop, pin, signature, photo)
        if wrong is not None:
            return wrong
    if signature is not None:
        stop.signed_by, stop.signature_url = signature.name.strip(), signature.image
    if stop.kind is StopKind.PICKUP:
        await go_without(session, stop.delivery.order)
    pass_by(stop, by=by, note=f"Photo: {photo}" if photo else None)
    return stop


async def try_contact(
    session: AsyncSession, delivery_id: UUID, note: str | None, *, by: Actor
) -> Delivery:
    """The customer was called from his door, and did not answer. Called twice, and waited for long
    enough, he was not there: it goes back. Raises `Refused(ForbiddenStep)` anywhere else."""
    delivery = await with_delivery(session, delivery_id, by=by)
    _must_carry(delivery, by)
    if delivery.status is not DeliveryStatus.AT_DROPOFF:
        message = "Arrive at the door before you call the customer."
        raise Refused(ForbiddenStep(message, current=delivery.status))
    delivery.contact_tries += 1
    delivery.tell(EventKind.DELIVERY_CONTACT_TRIED, by=by, note=note)
    waited = delivery.order.now - delivery.updated_at
    if waited >= WAIT_AT_DOOR and delivery.contact_tries >= CONTACT_TRIES:
        await fail(session, delivery, "Nobody opened the door.", no_show=True)
    return delivery


async def release(session: AsyncSession, delivery_id: UUID, *, by: Actor) -> Delivery:
    """Give a delivery back before anything was collected: somebody else is looked for."""
    delivery = await with_delivery(session, delivery_id, by=by)
    _must_carry(delivery, by)
    give_back(delivery, by=by)
    return delivery


def give_back(delivery: Delivery, *, by: Actor, note: str | None = None) -> None:
    """The carrier does not carry it after all."""
    if delivery.started:
        raise Refused(
            ForbiddenStep(
                "Some of it is on the road already. Ask a manager to hand it over.",
                current=delivery.status,
            )
        )
    withdraw_offers(delivery)
    for stop in delivery.stops:
        if stop.can(StopAction.REOPEN):
            stop.perform(StopAction.REOPEN, by=by)
    delivery.perform(DeliveryAction.RELEASE, by=by, note=note)
    delivery.left_alone()


def reach(stop: Stop, *, by: Actor) -> None:
    """Arrive at a stop, from wherever the delivery is. Raises `Refused(ForbiddenStep)`."""
    delivery = stop.delivery
    if delivery.can(DeliveryAction.DEPART):
        delivery.perform(DeliveryAction.DEPART, by=by)
    if stop.kind is StopKind.DROPOFF:
        stop.perform(StopAction.ARRIVE, by=by)
        delivery.perform(DeliveryAction.ARRIVE_AT_DROPOFF, by=by)
        return
    if by.role is Role.DRIVER:
        _must_be_nowhere_else(stop)
    stop.perform(StopAction.ARRIVE, by=by)
    if delivery.can(DeliveryAction.ARRIVE_AT_PICKUP):
        delivery.perform(DeliveryAction.ARRIVE_AT_PICKUP, by=by)


def pass_by(stop: Stop, *, by: Actor, note: str | None = None) -> None:
    """Finish a stop: collect what its kitchen cooked, or hand everything over."""
    if stop.kind is StopKind.DROPOFF:
        stop.perform(StopAction.COMPLETE, by=by, note=note)
        stop.delivery.perform(DeliveryAction.DELIVER, by=by)
        return
    delivery = stop.delivery
    stop.perform(StopAction.COMPLETE, by=by, note=note)
    _collect(next(t for t in delivery.order.tickets if t.id == stop.ticket_id), by=by)
    # Two couriers of a company may stand at two kitchens at once.
    if delivery.can(DeliveryAction.ARRIVE_AT_PICKUP):
        delivery.perform(DeliveryAction.ARRIVE_AT_PICKUP, by=by)
    if delivery.collected:
        delivery.perform(DeliveryAction.COLLECT_LAST, by=by)
    else:
        delivery.perform(DeliveryAction.COLLECT, by=by)


def _collect(ticket: Ticket, *, by: Actor) -> None:
    if ticket.status in LOST:
        return
    if ticket.can(TicketAction.FINISH):
        ticket.perform(TicketAction.FINISH, by=by)
    ticket.perform(TicketAction.PICK_UP, by=by)
    ticket.order.payment.settle_up()


def _must_carry(delivery: Delivery, by: Actor) -> None:
    if by.role is Role.DRIVER and delivery.driver_id != by.id:
        raise Refused(ForbiddenStep("Take the offer before you start.", current=delivery.status))


def _must_be_nowhere_else(stop: Stop) -> None:
    for other in stop.delivery.stops:
        if other.status is StopStatus.ARRIVED and other.id != stop.id:
            raise Refused(
                ForbiddenStep("Finish the stop you are at before the next.", current=stop.status)
            )


def _proof(
    stop: Stop, pin: str | None, signature: Signature | None, photo: str | None
) -> WrongProof | None:
    order = stop.whole()
    if order.leave_at_door and photo is not None:
        return None
    if order.type is OrderType.FOR_FACILITY:
        return (
            None
            if signature is not None
            else WrongProof("Have it signed, and write down who has signed.", ("signature",))
        )
    if pin == order.pin and order.pin_failures < PIN_TRIES:
        return None
    if pin is not None:
        order.pin_failures += 1
    left = max(0, PIN_TRIES - order.pin_failures)
    if left:
        return WrongProof(
            "Ask the customer for the PIN of this order.", ("pin",), attempts_left=left
        )
    return WrongProof(
        "The PIN was wrong too often. Ask a manager to finish this delivery.", ("pin",),
        attempts_left=0,
    )  # fmt: skip
