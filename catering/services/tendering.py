"""Trips that courier companies are asked for: what they are asked, and what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import ids
from catering.domain.bookings import LIVE as LIVE_BOOKING
from catering.domain.bookings import BookingStatus
from catering.domain.deliveries import CARRIED, DeliveryStatus, StopStatus
from catering.domain.offers import OfferStatus
from catering.domain.people import SYSTEM
from catering.domain.reports import CourierStatus
from catering.models import Booking, Delivery, ProviderAccount, Stop
from catering.providers.ports import Trip

from . import trips
from .orders import with_delivery

RETRY_AFTER = timedelta(seconds=20)
"""How long to wait before companies are asked again when none of them would go."""

FORGIVEN_AFTER = timedelta(minutes=2)
"""A company that refused or dropped a trip is asked for it again after so long."""

FAILED = frozenset({BookingStatus.REFUSED, BookingStatus.LOST})


@dataclass(frozen=True)
class Tender:
    """A trip that companies are asked to quote for, and which of them, with what they carry."""

    stop_id: UUID
    trip: Trip
    loads: Mapping[UUID, int]
    promised_at: datetime


async def tenders(session: AsyncSession, delivery: Delivery) -> tuple[Tender, ...]:
    """What to ask the companies for a delivery; nothing where there are no companies."""
    query = select(ProviderAccount.id).where(
        ProviderAccount.port == "courier", ProviderAccount.enabled
    )
    accounts = (await session.scalars(query.order_by(ProviderAccount.name))).all()
    if not accounts:
        return ()  # whoever comes online, or free, is asked at once: there is nothing to look for
    loads = await _loads(session)
    return tuple(
        [
            Tender(
                stop.id,
                await trips.trip(session, delivery, stop, f"quote-{stop.id.hex}"),
                {id: loads.get(id, 0) for id in _worth_asking(delivery, stop, accounts)},
                delivery.order.promised_at,
            )
            for stop in _unbooked(delivery)
        ]
    )


async def book(session: AsyncSession, delivery_id: UUID, choice: Mapping[UUID, UUID]) -> None:
    """Store the bookings to make: by stop, at which company. Nobody has been called yet."""
    if not choice:
        return
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status not in CARRIED | {DeliveryStatus.SEARCHING} or delivery.driver_id:
        return
    if any(offer.status is OfferStatus.SENT for offer in delivery.offers):
        return  # a driver of ours who came free was asked while they were calculating
    for stop in _unbooked(delivery):
        if stop.id in choice:
            _request(delivery, stop, choice[stop.id])


async def _loads(session: AsyncSession) -> dict[UUID, int]:
    query = select(Booking.account_id, func.count()).where(Booking.status.in_(LIVE_BOOKING))
    rows = await session.execute(query.group_by(Booking.account_id))
    return {row[0]: row[1] for row in rows}


def _unbooked(delivery: Delivery) -> list[Stop]:
    booked = {b.stop_id for b in delivery.bookings if b.status not in FAILED}
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
