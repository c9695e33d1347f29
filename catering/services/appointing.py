"""The office says who carries a delivery: somebody at last, somebody else, or after a breakdown."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import DeliveryAction, DeliveryStatus, StopAction
from catering.domain.geography import Point, distance
from catering.domain.offers import OfferAction
from catering.domain.people import Actor
from catering.domain.refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    DriverOutOfZone,
    ForbiddenStep,
    NotFound,
    Refused,
)
from catering.models import Delivery, Driver

from .dispatching import offer
from .losing import withdraw_offers
from .offering import carried_by
from .orders import with_delivery

_STEPS = (DeliveryAction.SEARCH, DeliveryAction.ASSIGN, DeliveryAction.HAND_OVER)
_TO_BE_SEARCHED = frozenset({DeliveryStatus.PLANNED, DeliveryStatus.NO_CARRIER})


async def appoint(
    session: AsyncSession, delivery_id: UUID, driver_id: UUID, *, by: Actor
) -> Delivery:
    """This driver carries it from now on, from wherever it is.

    He is held to what every driver is: approved, online and at work, without another delivery, and
    with all that is still to be driven to in his zone. Raises `Refused`: `NotFound`,
    `DriverNotApproved`, `DriverOffline`, `DriverBusy`, `DriverOutOfZone`, `ForbiddenStep`.
    """
    delivery = await with_delivery(session, delivery_id, by=by)
    driver = await session.get(Driver, driver_id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("There is no such driver.", ("driverId",)))
    if delivery.driver_id == driver_id:
        return delivery
    await _must_be_able(session, driver, delivery)
    if delivery.live_bookings:
        message = "A courier company carries it. Wait until it has ended, or call the order off."
        raise Refused(ForbiddenStep(message, current=delivery.status))
    if not any(map(delivery.can, _STEPS)):  # of one that has ended no stop may be left
        message = "Nobody can carry this delivery any more."
        raise Refused(ForbiddenStep(message, current=delivery.status))
    withdraw_offers(delivery)
    _give(delivery, driver, by=by)
    return delivery


async def _must_be_able(session: AsyncSession, driver: Driver, delivery: Delivery) -> None:
    if driver.approved_at is None or driver.suspended_at is not None:
        raise Refused(DriverNotApproved("This driver may not work just now. Choose another one."))
    if not driver.is_there(delivery.order.now):
        message = "This driver is offline, or has a break. Ask him to go online first."
        raise Refused(DriverOffline(message))
    if (carried := await carried_by(session, driver.id)) is not None:
        message = "This driver carries another delivery. Choose another one."
        raise Refused(DriverBusy(message, delivery_id=carried))
    if not driver.works_at(*(stop.point for stop in delivery.ahead)):
        message = "This lies outside the zone of this driver. Choose another one, or change it."
        raise Refused(DriverOutOfZone(message))


def _give(delivery: Delivery, driver: Driver, *, by: Actor) -> None:
    first = delivery.pickups[0]
    kitchen = Point(first.latitude, first.longitude)
    here = Point(driver.latitude or kitchen.latitude, driver.longitude or kitchen.longitude)
    offer(delivery, driver.id, distance(here, kitchen)).perform(OfferAction.APPOINT, by=by)
    if delivery.status in _TO_BE_SEARCHED:
        delivery.perform(DeliveryAction.SEARCH, by=by)
    for stop in delivery.stops:
        if stop.can(StopAction.REOPEN):
            stop.perform(StopAction.REOPEN, by=by)
    handed = delivery.driver_id is not None
    delivery.given_to(driver)
    delivery.perform(DeliveryAction.HAND_OVER if handed else DeliveryAction.ASSIGN, by=by)
