"""Restaurants: how they are, when they are open, where they deliver, when they need a rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import ids, restaurants
from catering.domain.events import EventKind
from catering.domain.geography import Zone
from catering.domain.opening_hours import BadHours, OpeningHours
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import InvalidInput, NotFound, Refused
from catering.domain.restaurants import Facts, Founding
from catering.domain.slots import Capacity
from catering.models import Restaurant

from . import registering, slots
from .recording import happened

MOST_DAYS: Final = 200
"""Exceptional days that a restaurant may have written down."""


async def create(session: AsyncSession, founding: Founding, *, by: Actor) -> Restaurant:
    """Add a restaurant. It is closed, and sells nothing, until somebody says otherwise."""
    _must(founding.faults())
    columns = _columns(founding.facts)
    adding = insert(Restaurant).values(
        id=ids.new(), slug=founding.slug, time_zone=founding.time_zone,
        currency=founding.currency, opening_hours={}, **columns,
    )  # fmt: skip
    id = await session.scalar(adding.on_conflict_do_nothing().returning(Restaurant.id))
    if id is None:
        raise Refused(InvalidInput("This name is taken.", ("slug",), rule="taken"))
    await _tell(session, EventKind.RESTAURANT_CREATED, id, by=by)
    return await session.get_one(Restaurant, id)


async def change(
    session: AsyncSession, restaurant_id: UUID, facts: Facts, *, by: Actor
) -> Restaurant:
    """Tell something new of a restaurant."""
    _must(facts.faults())
    restaurant = await hold(session, restaurant_id, by=by)
    return await _write(session, restaurant, by, **_columns(facts))


async def open_at(
    session: AsyncSession,
    restaurant_id: UUID,
    week: Mapping[str, Sequence[Sequence[str]]],
    time_zone: str | None,
    *,
    by: Actor,
) -> Restaurant:
    """When it is open in an ordinary week; days that are not named are closed."""
    restaurant = await hold(session, restaurant_id, by=by)
    zone = time_zone or restaurant.time_zone
    _must_read(lambda: OpeningHours.read(week, time_zone=zone), "days")
    return await _write(session, restaurant, by, opening_hours=week, time_zone=zone)


async def open_on(
    session: AsyncSession,
    restaurant_id: UUID,
    day: date,
    spans: Sequence[Sequence[str]] | None,
    *,
    by: Actor,
) -> Restaurant:
    """When it is open on an exceptional day; with no spans it is closed, None is a day as ever.

    Days that are over are forgotten.
    """
    restaurant = await hold(session, restaurant_id, by=by)
    hours = restaurants.hours(restaurant)
    today = (await database.clock(session)).astimezone(hours.zone).date()
    if not today <= day <= today + restaurants.FARTHEST_DAY:
        message = f"Name a day from today on, at most {restaurants.FARTHEST_DAY.days} days ahead."
        raise Refused(InvalidInput(message, ("date",), rule="date"))
    yesterday = (today - timedelta(days=1)).isoformat()
    days = {name: its for name, its in restaurant.exceptional_days.items() if name >= yesterday}
    days.pop(day.isoformat(), None)
    if spans is not None:
        days[day.isoformat()] = spans
    if len(days) > MOST_DAYS:
        message = f"At most {MOST_DAYS} exceptional days."
        raise Refused(InvalidInput(message, ("date",), rule="max_days"))
    _must_read(lambda: OpeningHours.read({}, days, time_zone=restaurant.time_zone), "spans")
    return await _write(session, restaurant, by, exceptional_days=dict(sorted(days.items())))


async def deliver_within(
    session: AsyncSession, restaurant_id: UUID, zone: Zone, *, by: Actor
) -> Restaurant:
    """Where it delivers from now on."""
    _must(restaurants.zone_faults(zone))
    restaurant = await hold(session, restaurant_id, by=by)
    outline = [[corner.latitude, corner.longitude] for corner in zone.outline] or None
    return await _write(session, restaurant, by, reach_meters=zone.reach_meters, outline=outline)


async def pause(
    session: AsyncSession, restaurant_id: UUID, until: datetime, reason: str | None, *, by: Actor
) -> Restaurant:
    """Take no orders until then. What was ordered before is cooked."""
    restaurant = await hold(session, restaurant_id, by=by)
    _must(restaurants.until_faults(until, await database.clock(session)))
    restaurant.paused_until, restaurant.pause_reason = until, reason
    await _tell(session, EventKind.RESTAURANT_PAUSED, restaurant.id, by=by, until=until, why=reason)
    return restaurant


async def resume(session: AsyncSession, restaurant_id: UUID, *, by: Actor) -> Restaurant:
    """Take orders again, before the pause ends by itself."""
    restaurant = await hold(session, restaurant_id, by=by)
    if restaurant.paused_until is not None:
        await _wake(session, restaurant, by)
    return restaurant


async def slow_down(
    session: AsyncSession, restaurant_id: UUID, extra_minutes: int, until: datetime, *, by: Actor
) -> Restaurant:
    """Need more minutes than usual until then; none at all ends it at once."""
    restaurant = await hold(session, restaurant_id, by=by)
    if not 0 <= extra_minutes <= restaurants.MOST_EXTRA_MINUTES:
        message = f"Between 0 and {restaurants.MOST_EXTRA_MINUTES} minutes."
        raise Refused(InvalidInput(message, ("extraMinutes",), rule="extra_minutes"))
    _must(restaurants.until_faults(until, await database.clock(session)))
    if extra_minutes == 0:
        await _calm(session, restaurant, by)
        return restaurant
    restaurant.busy_until, restaurant.extra_minutes = until, extra_minutes
    await _tell(session, EventKind.RESTAURANT_BUSY, restaurant.id, by=by, until=until)
    return restaurant


async def take_on(
    session: AsyncSession, restaurant_id: UUID, capacity: Capacity | None, *, by: Actor
) -> Restaurant:
    """So many tickets in each slot of the kitchen's time from now on; None ends the counting.

    What was ordered before is cooked, and counted.
    """
    _must(capacity.faults() if capacity else ())
    restaurant = await hold(session, restaurant_id, by=by)
    if capacity == Capacity.of(restaurant):
        return restaurant
    told: dict[str, Any] = {"slot_tickets": None}
    if capacity is not None:
        told = {"slot_tickets": capacity.tickets, "slot_minutes": capacity.minutes}
    await _write(session, restaurant, by, **told)
    await session.flush()
    await slots.count_anew(session, restaurant)
    return restaurant


async def pause_over(session: AsyncSession, restaurant_id: UUID) -> None:
    """The pause has ended by itself: those who watch are told."""
    restaurant = await hold(session, restaurant_id, by=SYSTEM)
    if _has_passed(restaurant.paused_until, await database.clock(session)):
        await _wake(session, restaurant, SYSTEM)


async def rush_over(session: AsyncSession, restaurant_id: UUID) -> None:
    """It is as fast as ever again: those who watch are told."""
    restaurant = await hold(session, restaurant_id, by=SYSTEM)
    if _has_passed(restaurant.busy_until, await database.clock(session)):
        await _calm(session, restaurant, SYSTEM)


async def hold(session: AsyncSession, restaurant_id: UUID, *, by: Actor) -> Restaurant:
    """A restaurant that this actor may change, locked; orders go on meanwhile (NO KEY UPDATE)."""
    query = Restaurant.run_by(by).where(Restaurant.id == restaurant_id)
    restaurant = await session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if restaurant is None:
        raise Refused(NotFound("There is no such restaurant of yours.", ("restaurantId",)))
    return restaurant


def _has_passed(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


async def _wake(session: AsyncSession, restaurant: Restaurant, by: Actor) -> None:
    restaurant.paused_until = restaurant.pause_reason = None
    await _tell(session, EventKind.RESTAURANT_RESUMED, restaurant.id, by=by)


async def _calm(session: AsyncSession, restaurant: Restaurant, by: Actor) -> None:
    restaurant.busy_until, restaurant.extra_minutes = None, 0
    await _tell(session, EventKind.RESTAURANT_CALM, restaurant.id, by=by)


async def _write(
    session: AsyncSession, restaurant: Restaurant, by: Actor, **columns: Any
) -> Restaurant:
    """Write what differs; whoever watches is told if anything does."""
    changed = {k: value for k, value in columns.items() if getattr(restaurant, k) != value}
    for name, value in changed.items():
        setattr(restaurant, name, value)
    if changed:
        note = ", ".join(sorted(changed))
        await _tell(session, EventKind.RESTAURANT_CHANGED, restaurant.id, by=by, why=note)
    return restaurant


async def _tell(
    session: AsyncSession,
    kind: EventKind,
    id: UUID,
    *,
    by: Actor,
    until: datetime | None = None,
    why: str | None = None,
) -> None:
    moments = {"until": until} if until else {}
    await happened(session, kind, id, by=by, restaurant_id=id, moments=moments, note=why)


def _columns(facts: Facts) -> dict[str, Any]:
    """What is told, by column. Raises `Refused` for a telephone number that is none."""
    told: dict[str, Any] = {"name": facts.name and facts.name.strip()}
    if facts.phone is not None:
        told["phone"] = registering.e164(facts.phone)
        if told["phone"] is None:
            raise Refused(InvalidInput("This is not a phone number.", ("phone",), rule="phone"))
    if facts.address is not None:
        told["address_line"] = ", ".join(filter(None, [facts.address.line, facts.address.details]))
        told["latitude"] = facts.address.point.latitude
        told["longitude"] = facts.address.point.longitude
    if facts.preparation is not None:
        told["preparation_minutes"] = -(-facts.preparation // timedelta(minutes=1))
    told["discards_undelivered"] = facts.discards
    return {name: value for name, value in told.items() if value is not None}


def _must(faults: Iterable[InvalidInput]) -> None:
    if wrong := list(faults):
        raise Refused(*wrong)


def _must_read(read: Callable[[], object], *path: str) -> None:
    try:
        read()
    except BadHours as bad:
        raise Refused(InvalidInput(str(bad), path, rule="hours")) from None
