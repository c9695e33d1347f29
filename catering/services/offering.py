"""Answers to offers: one driver gets a delivery, and a driver gets one delivery."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import CARRIED, DeliveryAction, DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.offers import PATIENCE, OfferAction, OfferStatus
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import (
    DriverBusy,
    DriverOffline,
    OfferExpired,
    OfferTaken,
    Refused,
)
from catering.models import Delivery, Driver, Offer

from .orders import with_offer
from .recording import happened


async def accept(session: AsyncSession, offer_id: UUID, *, by: Actor) -> Offer:
    """Take a delivery. Of two who try, one gets it and the other is told."""
    offer = await with_offer(session, offer_id, by=by)
    _must_be_open(offer)
    driver = await session.get_one(Driver, offer.driver_id, with_for_update=True)
    await _must_be_free(session, driver)
    offer.perform(OfferAction.ACCEPT, by=by)
    for other in offer.delivery.offers:  # of those who were asked at once
        if other.status is OfferStatus.SENT:
            other.perform(OfferAction.WITHDRAW, by=SYSTEM)
    offer.delivery.given_to(driver)
    offer.delivery.perform(DeliveryAction.ASSIGN, by=by)
    driver.expired_in_a_row = 0
    return offer


async def decline(session: AsyncSession, offer_id: UUID, *, by: Actor) -> Offer:
    """Leave a delivery to somebody else. It costs nothing."""
    offer = await with_offer(session, offer_id, by=by)
    _must_be_open(offer)
    offer.perform(OfferAction.DECLINE, by=by)
    driver = await session.get_one(Driver, offer.driver_id, with_for_update=True)
    driver.expired_in_a_row = 0
    return offer


async def expire(session: AsyncSession, offer_id: UUID) -> None:
    """The time to answer is over."""
    offer = await with_offer(session, offer_id, by=SYSTEM)
    if offer.status is not OfferStatus.SENT:
        return
    offer.perform(OfferAction.EXPIRE, by=SYSTEM)
    driver = await session.get_one(Driver, offer.driver_id, with_for_update=True)
    driver.expired_in_a_row += 1
    if driver.expired_in_a_row >= PATIENCE and driver.online:
        driver.online, driver.expired_in_a_row = False, 0
        await happened(session, EventKind.DRIVER_OFFLINE, driver.id, by=SYSTEM, driver_id=driver.id)


def _must_be_open(offer: Offer) -> None:
    if offer.status is OfferStatus.EXPIRED or (
        offer.status is OfferStatus.SENT and offer.expires_at <= offer.whole().now
    ):
        raise Refused(
            OfferExpired(
                "This offer has ended; the next one will come.", expired_at=offer.expires_at
            )
        )
    searching = offer.delivery.status is DeliveryStatus.SEARCHING
    if offer.status is not OfferStatus.SENT or not searching:
        raise Refused(OfferTaken("This delivery is no longer on offer."))


async def _must_be_free(session: AsyncSession, driver: Driver) -> None:
    if not driver.online:
        raise Refused(DriverOffline("Go online before you take a delivery."))
    carried = await carried_by(session, driver.id)
    if carried is not None:
        raise Refused(DriverBusy("Finish your delivery first.", delivery_id=carried))


async def carried_by(session: AsyncSession, driver_id: UUID | None) -> UUID | None:
    """The delivery that a driver carries just now."""
    query = select(Delivery.id).where(Delivery.driver_id == driver_id, Delivery.status.in_(CARRIED))
    carried: UUID | None = await session.scalar(query)
    return carried
