"""Places in kitchens: taken with the order, in the same transaction, never more than there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Row, delete, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import restaurants
from catering.domain.baskets import Span
from catering.domain.reckoning import Reckoning
from catering.domain.refusals import KitchenFull, Refused
from catering.domain.slots import Capacity
from catering.domain.tickets import LOST
from catering.models import KitchenSlot, Restaurant, Ticket

Place: TypeAlias = tuple[UUID, datetime]
"""A restaurant, and when its kitchen works on a ticket."""

_HOUR = timedelta(hours=1)


async def must_have_room(session: AsyncSession, reckoning: Reckoning, window: Span | None) -> None:
    """Raises `Refused(KitchenFull)` where a kitchen has no place left. Takes none."""
    full = await _full(session, reckoning)
    start = window.start if window else None
    without = [
        restaurant
        for restaurant in reckoning.restaurants.values()
        if not _fits(restaurant, reckoning.work_at(restaurant, start), full)
    ]
    if without:
        raise Refused(*(_refusal(one, reckoning, window, full) for one in without))


async def take(
    session: AsyncSession,
    tickets: Iterable[Ticket],
    reckoning: Reckoning,
    window: Span | None,
    instead_of: Iterable[Place] = (),
) -> None:
    """A place for each of these tickets; those that they had before are given back.

    Raises `Refused(KitchenFull)`: somebody else may have been faster.
    """
    wanted, given = [place_of(ticket) for ticket in tickets], list(instead_of)
    counting = any(Capacity.of(one) for one in reckoning.restaurants.values())
    if not counting and not given:
        return
    without = await _exchange(session, given, wanted)
    if without:
        full = await _full(session, reckoning)
        kitchens = [reckoning.restaurants[id] for id in without]
        raise Refused(*(_refusal(one, reckoning, window, full) for one in kitchens))


async def take_one(session: AsyncSession, ticket: Ticket, *path: str) -> None:
    """A place for a ticket that comes into an order later. Raises `Refused(KitchenFull)`."""
    if await _exchange(session, [], [place_of(ticket)]):
        raise Refused(
            KitchenFull(
                "The kitchen is full then. Choose something else.", path,
                restaurant_id=ticket.restaurant_id, next_slots=(), next_window=None,
            )
        )  # fmt: skip


async def give_back(session: AsyncSession, tickets: Iterable[Ticket]) -> None:
    """Others may have the places of tickets that will not be cooked."""
    await _exchange(session, [place_of(ticket) for ticket in tickets], [])


async def count_anew(session: AsyncSession, restaurant: Restaurant) -> None:
    """Count by another measure from now on. What was ordered before is cooked, however much."""
    await session.execute(select(func.pg_advisory_xact_lock(_key(restaurant.id))))
    now = await database.clock(session)
    mine = KitchenSlot.restaurant_id == restaurant.id
    await session.execute(delete(KitchenSlot).where(mine, KitchenSlot.starts_at > now - _HOUR))
    capacity = Capacity.of(restaurant)
    if capacity is None:
        return
    coming = select(Ticket.work_at).where(
        Ticket.restaurant_id == restaurant.id,
        Ticket.status.not_in(LOST),
        Ticket.work_at >= capacity.start(now),
    )
    counted = Counter(capacity.start(at) for at in await session.scalars(coming))
    for start, taken in counted.items():
        places = max(capacity.tickets, taken)
        session.add(
            KitchenSlot(restaurant_id=restaurant.id, starts_at=start, places=places, taken=taken)
        )
    await session.flush()


def place_of(ticket: Ticket) -> Place:
    """Where it is counted."""
    return ticket.restaurant_id, ticket.work_at


async def _exchange(
    session: AsyncSession, given: Iterable[Place], wanted: Iterable[Place]
) -> list[UUID]:
    """Give some places back and take others at once; the kitchens that have none, if any."""
    moved = Counter[Place](wanted)
    moved.subtract(given)
    kitchens = await _counting(session, {restaurant_id for restaurant_id, _ in moved})
    changes = Counter[Place]()
    for (restaurant_id, at), count in moved.items():
        if restaurant_id in kitchens:
            changes[restaurant_id, kitchens[restaurant_id].start(at)] += count
    without = list[UUID]()
    for slot in await _locked(session, changes, kitchens):
        capacity = kitchens[slot.restaurant_id]
        change = changes[slot.restaurant_id, slot.starts_at]
        if change > 0 and slot.taken + change > capacity.tickets:
            without.append(slot.restaurant_id)
            continue
        # What was ordered while counting began was not counted: it cannot be given back.
        slot.taken = max(0, slot.taken + change)
        slot.places = max(capacity.tickets, slot.taken)
    return without


async def _counting(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Capacity]:
    """Those that count, and their measure, which stays as it is until this transaction ends."""
    query = select(Restaurant.id, Restaurant.slot_tickets, Restaurant.slot_minutes)
    query = query.where(Restaurant.id.in_(ids), Restaurant.slot_tickets.is_not(None))
    found = list(await session.execute(query.order_by(Restaurant.id))) if ids else []
    for row in found:
        await session.execute(select(func.pg_advisory_xact_lock_shared(_key(row.id))))
    again = await session.execute(query) if found else ()
    measures = {row.id: Capacity.of(row) for row in again}
    return {id: measure for id, measure in measures.items() if measure is not None}


async def _locked(
    session: AsyncSession, changes: Counter[Place], kitchens: Mapping[UUID, Capacity]
) -> list[KitchenSlot]:
    # Always in this order, so that two orders never wait for each other.
    places = sorted(place for place, change in changes.items() if change)
    missing = [
        {"restaurant_id": id, "starts_at": start, "places": kitchens[id].tickets}
        for id, start in places
        if changes[id, start] > 0
    ]
    if missing:
        await session.execute(insert(KitchenSlot).values(missing).on_conflict_do_nothing())
    query = (
        select(KitchenSlot)
        .where(tuple_(KitchenSlot.restaurant_id, KitchenSlot.starts_at).in_(places))
        .order_by(KitchenSlot.restaurant_id, KitchenSlot.starts_at)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query)) if places else []


async def _full(session: AsyncSession, reckoning: Reckoning) -> Mapping[UUID, set[datetime]]:
    """When slots begin in which there is no place, by kitchen."""
    counting = [id for id, row in reckoning.restaurants.items() if Capacity.of(row)]
    full = defaultdict[UUID, set[datetime]](set)
    if counting:
        query = select(KitchenSlot.restaurant_id, KitchenSlot.starts_at).where(
            KitchenSlot.restaurant_id.in_(counting),
            KitchenSlot.starts_at > reckoning.now - _HOUR,
            KitchenSlot.taken >= KitchenSlot.places,
        )
        for id, start in await session.execute(query):
            full[id].add(start)
    return full


def _fits(restaurant: Row[Any], at: datetime, full: Mapping[UUID, set[datetime]]) -> bool:
    capacity = Capacity.of(restaurant)
    return capacity is None or capacity.start(at) not in full.get(restaurant.id, ())


def _refusal(
    restaurant: Row[Any],
    reckoning: Reckoning,
    window: Span | None,
    full: Mapping[UUID, set[datetime]],
) -> KitchenFull:
    """When the kitchen has a place again, and when all of the order can be at the door."""
    kitchens, capacity = reckoning.restaurants.values(), Capacity.of(restaurant)
    at = reckoning.work_at(restaurant, window.start if window else None)
    doors = restaurants.doors(restaurant)
    free = capacity.free(doors, full.get(restaurant.id, ()), at) if capacity else ()
    soonest = reckoning.soonest(
        lambda start: all(_fits(one, reckoning.work_at(one, start), full) for one in kitchens)
    )
    again = (
        f" It has a place at {free[0].start.astimezone(doors.hours.zone):%H:%M}." if free else ""
    )
    return KitchenFull(
        f"The kitchen of {restaurant.name} is full then.{again} Order for another time.",
        ("window",) if window else ("lines",),
        restaurant_id=restaurant.id,
        next_slots=tuple((slot.start, slot.end) for slot in free),
        next_window=(soonest.start, soonest.end) if soonest else None,
    )


def _key(restaurant_id: UUID) -> Any:
    return func.hashtextextended(literal(f"slots {restaurant_id}"), 0)
