"""Finding somebody to carry a delivery: our own drivers first, then the courier companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import cos, radians
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids
from catering.domain.bookings import BookingStatus
from catering.domain.deliveries import CARRIED, DeliveryAction, DeliveryStatus, StopStatus
from catering.domain.geography import Point, distance
from catering.domain.offers import OfferStatus
from catering.domain.people import SYSTEM
from catering.domain.reactions import OFFER_LIFE
from catering.domain.reports import CourierStatus
from catering.models import Booking, Delivery, Driver, Offer, ProviderAccount, Stop
from catering.providers.ports import Trip

from . import recording, trips
from .orders import with_delivery

RETRY_AFTER = timedelta(seconds=20)
"""How long to wait before companies are asked again when none of them would go."""

FORGIVEN_AFTER = timedelta(minutes=2)
"""A company that refused or dropped a trip is asked for it again after so long."""

_FAILED = frozenset({BookingStatus.REFUSED, BookingStatus.LOST})


@dataclass(frozen=True)
class Tender:
    """A trip that companies are asked to quote for, and which of them."""

    stop_id: UUID
    trip: Trip
    account_ids: tuple[UUID, ...]


async def find_carrier(session: AsyncSession, delivery_id: UUID) -> tuple[Tender, ...]:
    """Ask the next driver; where there is none left to ask, what to ask the companies."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if any(offer.status is OfferStatus.SENT for offer in delivery.offers):
        return ()
    by_company = any(b.status not in _FAILED for b in delivery.bookings)
    if delivery.status is DeliveryStatus.SEARCHING and not by_company:
        driver = await _next_driver(session, delivery)
        if driver is not None:
            _offer(delivery, driver)
            return ()
    elif not by_company or delivery.status not in CARRIED | {DeliveryStatus.SEARCHING}:
        return ()
    return await _tenders(session, delivery)


async def book(session: AsyncSession, delivery_id: UUID, choice: Mapping[UUID, UUID]) -> None:
    """Store the bookings to make: by stop, at which company. Nobody has been called yet."""
    if not choice:
        return
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status not in CARRIED | {DeliveryStatus.SEARCHING} or delivery.driver_id:
        return
    for stop in _unbooked(delivery):
        if stop.id in choice:
            _request(delivery, stop, choice[stop.id])


async def offer_waiting(session: AsyncSession) -> None:
    """A driver came free: go on with every delivery that still looks for a carrier."""
    query = select(Delivery.id).where(
        Delivery.status.in_([DeliveryStatus.SEARCHING, DeliveryStatus.NO_CARRIER])
    )
    for delivery_id in (await session.scalars(query.order_by(Delivery.search_at))).all():
        delivery = await with_delivery(session, delivery_id, by=SYSTEM)
        if delivery.status is DeliveryStatus.NO_CARRIER:
            delivery.perform(DeliveryAction.SEARCH, by=SYSTEM)
        elif delivery.status is DeliveryStatus.SEARCHING:
            await recording.begin(session, "find_carrier", delivery_id, delivery.order_id)


async def _next_driver(session: AsyncSession, delivery: Delivery) -> Driver | None:
    """The nearest who is free and was not asked for this delivery yet; ours until we commit."""
    first = delivery.pickups[0]
    asked = [offer.driver_id for offer in delivery.offers]
    busy = select(Delivery.driver_id).where(
        Delivery.driver_id.is_not(None), Delivery.status.in_(CARRIED)
    )
    thinking = select(Offer.driver_id).where(Offer.status == OfferStatus.SENT)
    free = (
        select(Driver)
        .where(
            Driver.online,
            Driver.approved_at.is_not(None),
            Driver.suspended_at.is_(None),
            Driver.id.not_in(asked),
            Driver.id.not_in(busy),
            Driver.id.not_in(thinking),
        )
        .order_by(_nearness(Point(first.latitude, first.longitude)), Driver.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    driver: Driver | None = await session.scalar(free)
    return driver


def _nearness(place: Point) -> ColumnElement[float | None]:
    """The square of a driver's way to a place; degrees of longitude are the shorter ones."""
    north = Driver.latitude - place.latitude
    east = (Driver.longitude - place.longitude) * cos(radians(place.latitude))
    return north * north + east * east


def _offer(delivery: Delivery, driver: Driver) -> None:
    order, first = delivery.order, delivery.pickups[0]
    here = Point(driver.latitude or first.latitude, driver.longitude or first.longitude)
    offer = Offer(
        id=ids.new(),
        driver_id=driver.id,
        status=OfferStatus.SENT,
        reward=delivery.reward,
        currency=order.currency,
        distance_m=distance(here, Point(first.latitude, first.longitude)),
        expires_at=order.now + OFFER_LIFE,
        created_at=order.now,
    )
    delivery.offers.append(offer)
    order.changed(offer, by=SYSTEM)


async def _tenders(session: AsyncSession, delivery: Delivery) -> tuple[Tender, ...]:
    query = select(ProviderAccount.id).where(
        ProviderAccount.port == "courier", ProviderAccount.enabled
    )
    accounts = (await session.scalars(query.order_by(ProviderAccount.name))).all()
    if not accounts:
        return ()  # whoever comes online, or free, is asked at once: there is nothing to look for
    return tuple(
        [
            Tender(
                stop.id,
                await trips.trip(session, delivery, stop, f"quote-{stop.id.hex}"),
                _worth_asking(delivery, stop, accounts),
            )
            for stop in _unbooked(delivery)
        ]
    )


def _unbooked(delivery: Delivery) -> list[Stop]:
    booked = {b.stop_id for b in delivery.bookings if b.status not in _FAILED}
    return [s for s in delivery.pickups if s.id not in booked and s.status is not StopStatus.DONE]


def _worth_asking(delivery: Delivery, stop: Stop, accounts: Sequence[UUID]) -> tuple[UUID, ...]:
    """All companies but those that have failed us here within the last minutes."""
    lately = delivery.order.now - FORGIVEN_AFTER
    failed = {
        b.account_id for b in delivery.bookings if b.stop_id == stop.id and b.created_at > lately
    }
    return tuple(id for id in accounts if id not in failed)


def _request(delivery: Delivery, stop: Stop, account_id: UUID) -> None:
    id = ids.new()
    booking = Booking(
        id=id,
        stop_id=stop.id,
        account_id=account_id,
        status=BookingStatus.REQUESTED,
        reference=f"cat-{id.hex}",
        courier_status=CourierStatus.PENDING,
        created_at=delivery.order.now,
    )
    delivery.bookings.append(booking)
    delivery.order.changed(booking, by=SYSTEM)
