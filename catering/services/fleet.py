"""What waits for a carrier and who of our drivers is free, read in one look each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from catering import database
from catering.domain.bookings import LIVE as LIVE_BOOKING
from catering.domain.deliveries import CARRIED, DeliveryStatus, StopKind, StopStatus
from catering.domain.dispatch import GONE_AFTER, Candidate, Job, vehicle
from catering.domain.geography import Point
from catering.domain.offers import OfferStatus
from catering.domain.whereabouts import NOBODY, Seen
from catering.domain.zones import Area
from catering.models import Booking, Delivery, Driver, Offer, Order, Stop

REMEMBERED = timedelta(hours=12)
"""A driver whose last delivery is longer ago has just begun to work."""


async def waiting(session: AsyncSession, only: UUID | None = None) -> list[Job]:
    """The deliveries that nobody carries, is asked to carry, or was booked for; or whether one
    of them is among those."""
    stops, ways = defaultdict(list), defaultdict[UUID, list[Point]](list)
    for row in await session.execute(_stops_ahead(only)):
        ways[row.id].append(Point(row.latitude, row.longitude))
        if row.kind is StopKind.PICKUP:
            stops[row.id].append(row)
    known = await _asked(session, list(stops))
    return [
        Job(
            id=id,
            pickup=ways[id][0],
            ready_at=max((row.due_at for row in rows if row.due_at), default=rows[0].promised_at),
            promised_at=rows[0].promised_at,
            way_m=rows[0].distance_m,
            wave=rows[0].wave,
            asked=frozenset(known[id]),
            further=tuple(ways[id][1:]),
        )
        for id, rows in stops.items()
    ]


def _stops_ahead(only: UUID | None) -> Select[*tuple[Any, ...]]:
    """Where those deliveries have yet to go, delivery by delivery and in the order of the way."""
    asked = select(Offer.delivery_id).where(Offer.status == OfferStatus.SENT)
    booked = select(Booking.delivery_id).where(Booking.status.in_(LIVE_BOOKING))
    query = (
        select(
            Delivery.id, Delivery.wave, Delivery.distance_m, Order.promised_at,
            Stop.latitude, Stop.longitude, Stop.due_at, Stop.kind,
        )
        .join(Order, Order.id == Delivery.order_id)
        .join(Stop, Stop.delivery_id == Delivery.id)
        .where(
            Delivery.status == DeliveryStatus.SEARCHING,
            Stop.status.not_in([StopStatus.SKIPPED, StopStatus.DONE]),
            Delivery.id.not_in(asked),
            Delivery.id.not_in(booked),
        )
        .order_by(Delivery.search_at, Delivery.id, Stop.rank)
    )  # fmt: skip
    return query if only is None else query.where(Delivery.id == only)


async def free(session: AsyncSession, seen: Seen = NOBODY) -> list[Candidate]:
    """The drivers who could be asked just now, where they were seen last."""
    at = await database.clock(session)
    carried = (
        select(func.max(Delivery.updated_at))
        .where(Delivery.driver_id == Driver.id, Delivery.created_at > at - REMEMBERED)
        .scalar_subquery()
    )
    idle_since = func.coalesce(carried, at - REMEMBERED).label("idle_since")
    query = select(
        Driver.id,
        Driver.vehicle,
        Driver.latitude,
        Driver.longitude,
        Driver.position_at,
        Driver.zone,
        idle_since,
    ).where(*is_free(), Driver.position_at > at - GONE_AFTER)
    rows: Sequence[Any] = (await session.execute(query.order_by(Driver.id))).all()
    return [_candidate(row, seen) for row in rows]


def _candidate(row: Any, seen: Seen) -> Candidate:
    at, since = Point(row.latitude, row.longitude), row.position_at
    if (live := seen.get(row.id)) is not None and live.at > since:
        at, since = live.point, live.at
    area = Area.of(row.zone)
    return Candidate(row.id, at, vehicle(row.vehicle), since, row.idle_since, area)


async def somebody_works(session: AsyncSession) -> bool:
    """Whether a driver may come free soon without saying so: he thinks about an offer, say."""
    query = select(Driver.id).where(Driver.online, Driver.id.not_in(_carrying())).limit(1)
    return await session.scalar(query) is not None


async def still_free(
    session: AsyncSession, drivers: Sequence[UUID], places: Sequence[Point]
) -> set[UUID]:
    """Who of them is, and works at these places; they are ours until we commit. Nobody waits for
    who is being asked."""
    query = select(Driver.id, Driver.zone).where(Driver.id.in_(drivers), *is_free())
    rows = await session.execute(query.order_by(Driver.id).with_for_update(skip_locked=True))
    areas = {row.id: Area.of(row.zone) for row in rows}
    return {id for id, area in areas.items() if area is None or area.covers(*places)}


def is_free() -> tuple[ColumnElement[bool] | InstrumentedAttribute[bool], ...]:
    """He works and has no break, carries nothing, and thinks about no offer."""
    thinks = select(Offer.driver_id).where(Offer.status == OfferStatus.SENT)
    return (
        Driver.online,
        Driver.approved_at.is_not(None),
        Driver.suspended_at.is_(None),
        Driver.latitude.is_not(None),
        or_(Driver.break_until.is_(None), Driver.break_until <= database.now()),
        or_(Driver.shift_ends_at.is_(None), Driver.shift_ends_at > database.now()),
        Driver.id.not_in(_carrying()),
        Driver.id.not_in(thinks),
    )


def _carrying() -> Select[UUID | None]:
    return select(Delivery.driver_id).where(
        Delivery.driver_id.is_not(None), Delivery.status.in_(CARRIED)
    )


async def _asked(session: AsyncSession, deliveries: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    asked: dict[UUID, set[UUID]] = defaultdict(set)
    query = select(Offer.delivery_id, Offer.driver_id).where(Offer.delivery_id.in_(deliveries))
    for delivery_id, driver_id in await session.execute(query):
        asked[delivery_id].add(driver_id)
    return asked
