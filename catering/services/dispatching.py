"""Finding somebody to carry a delivery: rounds for our own drivers, then an auction with the
courier companies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import dispatch, ids
from catering.domain.deliveries import CARRIED, DeliveryAction, DeliveryStatus
from catering.domain.dispatch import Bid, Prospect, Verdict
from catering.domain.offers import OfferStatus
from catering.domain.people import SYSTEM
from catering.domain.reactions import OFFER_LIFE
from catering.domain.whereabouts import NOBODY, Seen
from catering.models import Consideration, Delivery, Offer

from . import fleet, recording, tendering
from .assigning import City
from .orders import with_delivery
from .tendering import FAILED, Tender

FLEET: Final = UUID(int=0)
"""What a round is about: no delivery in particular."""

SHOWN: Final = 10
"""Of so many drivers it is kept why they were asked, or were not."""


@dataclass(frozen=True)
class Round:
    """Whom to ask for which delivery, and for which ones nobody of ours is left to be asked."""

    asked: Sequence[tuple[UUID, Sequence[Prospect]]]
    passed_on: Sequence[UUID]
    again: bool
    """Whether somebody may come free for what is left, without an event that says so."""


@dataclass(frozen=True)
class Search:
    """A further wave for one delivery: the drivers who come next, and what companies may bid."""

    prospects: Sequence[Prospect]
    fleet: Bid | None
    tenders: Sequence[Tender]
    promised_at: datetime


async def plan_round(session: AsyncSession, seen: Seen = NOBODY) -> Round:
    """Who is best for what, for all that waits and all who are free, where they were `seen` if
    that was later than PostgreSQL knows. Nothing is written but whom his zone alone keeps from
    what."""
    jobs, drivers = await fleet.waiting(session), await fleet.free(session, seen)
    city = City(jobs, drivers, await database.clock(session))
    matches = city.matches()
    left = [job for job in jobs if job.id not in matches]
    await _leave_out(session, city)
    return Round(
        [(id, [match, *_others(city, match)]) for id, match in matches.items()],
        [job.id for job in left if job.wave == 0],
        bool(left) and await fleet.somebody_works(session),
    )


async def ask(session: AsyncSession, delivery_id: UUID, prospects: Sequence[Prospect]) -> bool:
    """Offer a delivery to as many of them as its wave allows, if it is still to be had.

    False where all of them have been asked for something else meanwhile, or work elsewhere now.
    """
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if not _is_open(delivery):
        return True
    wave = delivery.wave + 1
    likely = prospects[: dispatch.asked_at_once(wave)]
    places = [stop.point for stop in delivery.ahead]
    free = await fleet.still_free(session, [p.driver_id for p in likely], places)
    asked = [prospect for prospect in likely if prospect.driver_id in free]
    if not asked:
        return False
    delivery.wave = wave
    for prospect in asked:
        sent = offer(delivery, prospect.driver_id, prospect.meters)
        delivery.order.changed(sent, by=SYSTEM)
    _remember(session, delivery, prospects, {p.driver_id for p in asked})
    return True


async def pass_on(session: AsyncSession, delivery_id: UUID) -> None:
    """Nobody of ours is left to be asked first: the companies are asked as well."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.wave == 0 and _is_open(delivery):
        delivery.wave = 1
        await recording.begin(session, "find_carrier", delivery_id, delivery.order_id)


async def find_carrier(
    session: AsyncSession, delivery_id: UUID, seen: Seen = NOBODY
) -> Search | None:
    """What may come next for a delivery. None where somebody is being asked already, or where
    the first one is yet to be asked: that is for a round to say."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if any(o.status is OfferStatus.SENT for o in delivery.offers):
        return None
    searching = delivery.status is DeliveryStatus.SEARCHING
    if not any(b.status not in FAILED for b in delivery.bookings):
        if not searching or delivery.wave == 0:
            return None
        prospects = await _next(session, delivery, seen)
    elif delivery.status in CARRIED or searching:
        prospects = []  # one company goes to one of the kitchens: another one to the rest
    else:
        return None
    bid = _bid(delivery, prospects[0]) if prospects else None
    promised = delivery.order.promised_at
    return Search(prospects, bid, await tendering.tenders(session, delivery), promised)


async def wants_round(session: AsyncSession, delivery_id: UUID) -> bool:
    """Whether nobody was asked for it yet. Locks nothing: a round looks again."""
    first = select(Delivery.id).where(
        Delivery.id == delivery_id,
        Delivery.status == DeliveryStatus.SEARCHING,
        Delivery.wave == 0,
    )
    return await session.scalar(first) is not None


async def reopen(session: AsyncSession, delivery_id: UUID) -> None:
    """A driver came free: a search that was given up begins anew."""
    delivery = await with_delivery(session, delivery_id, by=SYSTEM)
    if delivery.status is DeliveryStatus.NO_CARRIER:
        delivery.perform(DeliveryAction.SEARCH, by=SYSTEM)


async def given_up(session: AsyncSession) -> Sequence[UUID]:
    """The deliveries for which nobody was found."""
    query = select(Delivery.id).where(Delivery.status == DeliveryStatus.NO_CARRIER)
    return (await session.scalars(query.order_by(Delivery.search_at))).all()


def _is_open(delivery: Delivery) -> bool:
    """Whether it is searched for, and neither a driver nor a company is being asked."""
    return (
        delivery.status is DeliveryStatus.SEARCHING
        and not any(o.status is OfferStatus.SENT for o in delivery.offers)
        and not delivery.live_bookings
    )


def _others(city: City, match: Prospect) -> list[Prospect]:
    return [p for p in city.ranked(match.job_id, SHOWN) if p.driver_id != match.driver_id]


async def _next(session: AsyncSession, delivery: Delivery, seen: Seen) -> list[Prospect]:
    mine = await fleet.waiting(session, delivery.id)
    if not mine:
        return []
    city = City(mine, await fleet.free(session, seen), delivery.order.now)
    await _leave_out(session, city)
    return city.ranked(delivery.id, max(SHOWN, dispatch.asked_at_once(delivery.wave + 1)))


def _bid(delivery: Delivery, prospect: Prospect) -> Bid:
    at_door = delivery.order.promised_at + prospect.late_by
    return Bid(None, delivery.reward, at_door)


def offer(delivery: Delivery, driver_id: UUID, meters: int) -> Offer:
    """Ask a driver to carry a delivery; he is so far from its first kitchen."""
    order = delivery.order
    asked = Offer(
        id=ids.new(),
        driver_id=driver_id,
        status=OfferStatus.SENT,
        reward=delivery.reward,
        currency=order.currency,
        distance_m=meters,
        expires_at=order.now + OFFER_LIFE,
        created_at=order.now,
    )
    delivery.offers.append(asked)
    return asked


def _remember(
    session: AsyncSession, delivery: Delivery, prospects: Sequence[Prospect], asked: set[UUID]
) -> None:
    """Why these, and why not the others: kept for whoever asks."""
    ranks = {p.driver_id: n for n, p in enumerate(sorted(prospects, key=lambda p: p.score), 1)}
    best = ranks[prospects[0].driver_id]
    for prospect in prospects[:SHOWN]:
        rank = ranks[prospect.driver_id]
        if prospect.driver_id in asked:
            verdict = Verdict.BEST if delivery.wave == 1 else Verdict.NEXT
        else:
            verdict = Verdict.BETTER_ELSEWHERE if rank < best else Verdict.OTHERS_FIRST
        row = _considered(prospect, delivery.wave, rank, verdict, delivery.order.now)
        session.add(Consideration(**row))


async def _leave_out(session: AsyncSession, city: City) -> None:
    """Who was not asked because it lies outside his zone is told so once for each delivery,
    however often it is looked at."""
    outside = city.left_out(SHOWN)
    if not outside:
        return
    waves = {job.id: job.wave + 1 for job in city.jobs}
    known = select(Consideration.delivery_id, Consideration.driver_id).where(
        Consideration.verdict == Verdict.OUTSIDE_ZONE,
        Consideration.delivery_id.in_({prospect.job_id for _, prospect in outside}),
    )
    told = {(row.delivery_id, row.driver_id) for row in await session.execute(known)}
    at = await database.clock(session)
    # In one order: of two who write the same at once, only one waits for the other.
    outside.sort(key=lambda one: (one[1].job_id, one[1].driver_id))
    rows = [
        _considered(prospect, waves[prospect.job_id], rank, Verdict.OUTSIDE_ZONE, at)
        for rank, prospect in outside
        if (prospect.job_id, prospect.driver_id) not in told
    ]
    if rows:
        await session.execute(insert(Consideration).on_conflict_do_nothing(), rows)


def _considered(
    prospect: Prospect, wave: int, rank: int, verdict: Verdict, at: datetime
) -> dict[str, Any]:
    return {
        "id": ids.new(),
        "delivery_id": prospect.job_id,
        "driver_id": prospect.driver_id,
        "wave": wave,
        "rank": rank,
        "verdict": verdict,
        "distance_m": prospect.meters,
        "pickup_seconds": round(prospect.pickup_in.total_seconds()),
        "late_seconds": round(prospect.late_by.total_seconds()),
        "idle_seconds": round(prospect.idle.total_seconds()),
        "considered_at": at,
    }
