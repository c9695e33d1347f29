"""Courier companies carry: bookings, and what the companies report of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.bookings import LIVE, BookingAction, BookingStatus
from catering.domain.breakers import Standing
from catering.domain.deliveries import (
    CARRIED,
    DeliveryAction,
    DeliveryStatus,
    StopAction,
    StopStatus,
)
from catering.domain.geography import Point
from catering.domain.people import SYSTEM
from catering.domain.reports import CourierStatus, advances
from catering.models import Booking, Delivery, Stop
from catering.models.base import bare
from catering.providers.accounts import Account
from catering.providers.ports import Booked, CourierReport, Rejected, Trip
from catering.providers.ports import Booking as Answer

from . import accounts, driving, trips
from .losing import fail, go_without
from .orders import lock, with_booking
from .resolving import leave_behind
from .travelling import give_back, pass_by, reach

_ON_BOARD = frozenset(
    {
        CourierStatus.PICKED_UP,
        CourierStatus.EN_ROUTE,
        CourierStatus.AT_DROPOFF,
        CourierStatus.DELIVERED,
    }
)
_CALLED_OFF = frozenset({CourierStatus.CANCELLED, CourierStatus.REJECTED})
_SOUGHT = frozenset({DeliveryStatus.SEARCHING, DeliveryStatus.NO_CARRIER})
_ON_THE_ROAD = CARRIED - {DeliveryStatus.UNDELIVERABLE, DeliveryStatus.RETURNING}
_BROUGHT_BACK = frozenset({CourierStatus.UNDELIVERED, CourierStatus.RETURNED})


@dataclass(frozen=True)
class Hiring:
    """A booking as its company knows it. `again`: an earlier try may have arrived."""

    booking_id: UUID
    account_id: UUID
    trip: Trip
    external_id: str | None
    again: bool


async def begin_booking(session: AsyncSession, booking_id: UUID, *, again: bool) -> Hiring | None:
    """What to ask a company for; None when it is not wanted any more."""
    booking = await with_booking(session, booking_id)
    if booking.status is not BookingStatus.REQUESTED:
        return None
    return await _hiring(session, booking, again=again)


@dataclass(frozen=True)
class Asking:
    """A booking as its company knows it."""

    account: Account
    standing: Standing
    external_id: str


_BOOKINGS: Final = bare(Booking)
_B: Final = _BOOKINGS.c
_ASKED_ABOUT: Final = (
    select(*accounts.APPROACHED, _B.external_id)
    .join(_BOOKINGS)
    .where(
        _B.id == bindparam("booking"),
        _B.status == BookingStatus.CONFIRMED,
        _B.external_id.is_not(None),
    )
)


async def asked_about(session: AsyncSession, booking_id: UUID) -> Asking | None:
    """How to ask about a booking; None where its company has no news of it any more.

    Locks nothing: most polls have nothing new to tell, and what they tell is written under a lock.
    """
    row = (await session.execute(_ASKED_ABOUT, {"booking": booking_id})).one_or_none()
    return Asking(*await accounts.meet(session, row), row.external_id) if row else None


def is_watched(booking: Booking) -> bool:
    """Whether its company may still have news of it."""
    return booking.status is BookingStatus.CONFIRMED


async def unassigned(session: AsyncSession, booking_id: UUID) -> Hiring | None:
    """A booking for which its company has not found a courier in all this time."""
    booking = await with_booking(session, booking_id)
    searching = booking.courier_status is CourierStatus.PENDING
    if booking.status is not BookingStatus.CONFIRMED or not searching:
        return None
    return await _hiring(session, booking, again=True)


async def given_up(session: AsyncSession, booking_id: UUID) -> None:
    """A company was told to stop searching: another one is asked."""
    booking = await with_booking(session, booking_id)
    if booking.can(BookingAction.LOSE):
        await _lose(session, booking, "The company found no courier.")


async def unwanted(session: AsyncSession, order_id: UUID) -> tuple[Hiring, ...]:
    """The bookings of an order that have to be called off."""
    order = await lock(session, order_id)
    return tuple(
        [
            await _hiring(session, booking, again=True)
            for delivery in order.deliveries
            for booking in delivery.live_bookings
            if _is_unwanted(booking)
        ]
    )


async def called_off(session: AsyncSession, booking_id: UUID, note: str) -> None:
    """A company was told that we do not want a booking any more."""
    booking = await with_booking(session, booking_id)
    if booking.can(BookingAction.CANCEL):
        booking.perform(BookingAction.CANCEL, by=SYSTEM, note=note)


async def answered(session: AsyncSession, booking_id: UUID, answer: Answer) -> bool:
    """What a company said to a booking. False when it has to be tried again."""
    booking = await with_booking(session, booking_id)
    match answer:
        case Booked(report):
            _confirm(booking, report)
            await _follow(session, booking, report)
            return True
        case Rejected(code, message):
            if booking.can(BookingAction.REFUSE):
                booking.perform(BookingAction.REFUSE, by=SYSTEM, note=f"{message} ({code})")
            return True
        case _:
            return False


async def refused(session: AsyncSession, booking_id: UUID, note: str) -> None:
    """A company does not go there: another one is asked."""
    booking = await with_booking(session, booking_id)
    if booking.can(BookingAction.REFUSE):
        booking.perform(BookingAction.REFUSE, by=SYSTEM, note=note)


async def reported(session: AsyncSession, booking_id: UUID, report: CourierReport) -> Booking:
    """What a company says of a booking: kept as it came, followed where it leads on."""
    booking = await with_booking(session, booking_id)
    if booking.status is BookingStatus.CONFIRMED:
        _keep(booking, report)
        await _follow(session, booking, report)
    return booking


def _is_unwanted(booking: Booking) -> bool:
    delivery = booking.delivery
    stop = _stop(booking)
    return delivery.status is DeliveryStatus.CANCELLED or stop.status is StopStatus.SKIPPED


async def _hiring(session: AsyncSession, booking: Booking, *, again: bool) -> Hiring:
    trip = await trips.trip(session, booking.delivery, _stop(booking), booking.reference)
    return Hiring(booking.id, booking.account_id, trip, booking.external_id, again)


def _confirm(booking: Booking, report: CourierReport) -> None:
    if not booking.can(BookingAction.CONFIRM):
        return
    _keep(booking, report)
    booking.perform(BookingAction.CONFIRM, by=SYSTEM)
    delivery = booking.delivery
    confirmed = {b.stop_id for b in delivery.bookings if b.status is not BookingStatus.REQUESTED}
    if {stop.id for stop in delivery.pickups} <= confirmed and delivery.can(DeliveryAction.ASSIGN):
        delivery.perform(DeliveryAction.ASSIGN, by=SYSTEM)


def _keep(booking: Booking, report: CourierReport) -> None:
    booking.external_id, booking.provider_word = report.external_id, report.word
    booking.courier_name = report.courier_name or booking.courier_name
    booking.tracking_url = report.tracking_url or booking.tracking_url
    booking.fee = report.fee if report.fee is not None else booking.fee
    if report.eta is not None:
        booking.estimated_at = report.eta
        booking.whole().forecast.renew()


async def _follow(session: AsyncSession, booking: Booking, report: CourierReport) -> None:
    if not advances(booking.courier_status, report.status):
        await _move(session, booking, report)
    elif report.status in _CALLED_OFF:
        booking.courier_status = report.status
        await _lose(session, booking, report.word)
    elif report.status in _BROUGHT_BACK:
        booking.courier_status = report.status
        await _bring_back(session, booking, report.word)
    elif booking.delivery.status not in _SOUGHT:  # it counts once the other trips are booked, too
        booking.courier_status = report.status
        if report.status in _ON_BOARD:
            await _settle_what_is_asked(session, booking)
        _go_on(booking, report.status)
        await _move(session, booking, report)


async def _settle_what_is_asked(session: AsyncSession, booking: Booking) -> None:
    """A company's courier does not wait for a customer who thinks: what he has, he has."""
    order, stop = booking.delivery.order, _stop(booking)
    await go_without(session, order)
    if stop.can(StopAction.COMPLETE) or stop.can(StopAction.ARRIVE):
        await leave_behind(session, next(t for t in order.tickets if t.id == stop.ticket_id))


async def _move(session: AsyncSession, booking: Booking, report: CourierReport) -> None:
    delivery = booking.delivery
    if report.latitude is None or report.longitude is None or booking.status not in LIVE:
        return
    here = (report.latitude, report.longitude)
    if here != (delivery.latitude, delivery.longitude) and delivery.carried:
        await driving.seen(session, delivery, Point(*here), by=SYSTEM)


def _go_on(booking: Booking, status: CourierStatus) -> None:
    delivery, stop = booking.delivery, _stop(booking)
    if status is CourierStatus.PENDING:
        return
    if delivery.status not in _ON_THE_ROAD:  # the other trip was lost; this one may still arrive
        if status is CourierStatus.DELIVERED:
            booking.perform(BookingAction.COMPLETE, by=SYSTEM)
        return
    if delivery.can(DeliveryAction.DEPART):
        delivery.perform(DeliveryAction.DEPART, by=SYSTEM)
    if status is not CourierStatus.COURIER_ASSIGNED and stop.can(StopAction.ARRIVE):
        reach(stop, by=SYSTEM)
    if status in _ON_BOARD and stop.can(StopAction.COMPLETE):
        pass_by(stop, by=SYSTEM)
    if status in {CourierStatus.AT_DROPOFF, CourierStatus.DELIVERED}:
        _at_the_door(delivery)
    if status is CourierStatus.DELIVERED:
        booking.perform(BookingAction.COMPLETE, by=SYSTEM)
        _handed_over(delivery)


def _at_the_door(delivery: Delivery) -> None:
    if delivery.collected and delivery.dropoff.can(StopAction.ARRIVE):
        reach(delivery.dropoff, by=SYSTEM)


def _handed_over(delivery: Delivery) -> None:
    """With two couriers under way to one door, the second one completes the delivery."""
    if not delivery.live_bookings and delivery.dropoff.can(StopAction.COMPLETE):
        pass_by(delivery.dropoff, by=SYSTEM)


async def _lose(session: AsyncSession, booking: Booking, word: str) -> None:
    delivery = booking.delivery
    booking.perform(BookingAction.LOSE, by=SYSTEM, note=word)
    if _stop(booking).status is StopStatus.DONE:
        if delivery.can(DeliveryAction.FAIL):
            await fail(session, delivery, word)
    elif _is_nobodys(delivery):
        give_back(delivery, by=SYSTEM, note=word)
    elif _stop(booking).can(StopAction.REOPEN):
        _stop(booking).perform(StopAction.REOPEN, by=SYSTEM)


def _is_nobodys(delivery: Delivery) -> bool:
    carries = delivery.live_bookings or delivery.started
    return not carries and delivery.can(DeliveryAction.RELEASE)


async def _bring_back(session: AsyncSession, booking: Booking, word: str) -> None:
    booking.perform(BookingAction.LOSE, by=SYSTEM, note=word)
    if booking.delivery.can(DeliveryAction.FAIL):
        await fail(session, booking.delivery, word)


def _stop(booking: Booking) -> Stop:
    return next(s for s in booking.delivery.stops if s.id == booking.stop_id)
