"""Drivers: approved by a manager, online or not, and where they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.deliveries import DeliveryAction, DeliveryStatus, StopAction
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    ForbiddenStep,
    InvalidInput,
    NotFound,
    Refused,
)
from catering.domain.zones import Area, place_faults
from catering.models import Delivery, Driver

from . import papers, recording, shifts
from .offering import carried_by
from .orders import with_delivery
from .recording import happened
from .travelling import reach

WHILE_CARRYING = timedelta(seconds=5)
WHILE_WAITING = timedelta(seconds=15)
TELL_EVERY = timedelta(seconds=1)
"""However often a position comes, those who watch are told no oftener."""

OLDEST_POSITION = timedelta(minutes=10)
CLOCK_ERROR = timedelta(minutes=1)


async def approve(session: AsyncSession, driver_id: UUID, *, by: Actor) -> Driver:
    """Let a driver work."""
    driver = await session.get(Driver, driver_id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("There is no such driver.", ("driverId",)))
    if driver.approved_at is None:
        await _must_have_good_papers(session, driver)
        driver.approved_at = await database.clock(session)
        driver.rejected_at = driver.rejection = None
        await _happened(session, EventKind.DRIVER_APPROVED, driver, by)
    return driver


async def reject(session: AsyncSession, driver_id: UUID, reason: str, *, by: Actor) -> Driver:
    """Not let a driver work, and say why. He may hand in better documents, and is asked anew."""
    driver = await session.get(Driver, driver_id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("There is no such driver.", ("driverId",)))
    if driver.approved_at is not None:
        message = "He was approved. Suspend his account instead."
        raise Refused(ForbiddenStep(message, current="APPROVED"))
    if driver.rejected_at is None:
        driver.rejected_at, driver.rejection = await database.clock(session), reason
        await _happened(session, EventKind.DRIVER_REJECTED, driver, by, note=reason)
    return driver


async def set_zone(
    session: AsyncSession, driver_id: UUID, area: Area | None, *, by: Actor
) -> Driver:
    """Where a driver is asked to work from now on; None is everywhere. What he is asked for
    already, or carries, stays with him. What waits is looked at again if he may be asked for it
    now. Raises `Refused`: `NotFound`, `InvalidInput`."""
    if area is not None and (wrong := list(area.faults())):
        raise Refused(*wrong)
    driver = await session.get(Driver, driver_id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("There is no such driver.", ("driverId",)))
    before, driver.zone = driver.zone, area.stored() if area else None
    if driver.zone != before:
        await _happened(session, EventKind.DRIVER_ZONE, driver, by)
        # No reaction of the event: who is offline, or works in less than everywhere from now on,
        # is no reason to search anew for what was given up and is the manager's now.
        if driver.online and before is not None:
            await recording.begin(session, "offer_waiting_deliveries", driver.id)
    return driver


async def go_online(
    session: AsyncSession, point: Point, until: datetime | None = None, *, by: Actor
) -> Driver:
    """Be offered deliveries from now on, and those that are still searched for at once; until the
    shift ends, or until one says otherwise. A break is over with it."""
    driver = await shifts.oneself(session, by)
    if driver.approved_at is None or driver.suspended_at is not None:
        raise Refused(DriverNotApproved("A manager has to approve you first."))
    if (kind := await papers.over(session, driver.id)) is not None:
        raise Refused(DriverNotApproved(f"Your {kind} is good no more. Hand in a new one."))
    must_be_real(point)
    driver.latitude, driver.longitude = point.latitude, point.longitude
    driver.position_at = await database.clock(session)
    if not driver.online:
        driver.online, driver.expired_in_a_row = True, 0
        await _happened(session, EventKind.DRIVER_ONLINE, driver, by)
    elif driver.break_until is not None:
        await _happened(session, EventKind.DRIVER_BACK, driver, by)
    driver.break_until = None
    await shifts.plan(session, driver, until, by=by)
    return driver


async def go_offline(session: AsyncSession, reason: str | None, *, by: Actor) -> Driver:
    """Be left in peace. An open offer goes to somebody else."""
    await shifts.leave_to_others(session, by=by)
    driver = await shifts.oneself(session, by)
    # Only now: until his row was ours, he could still take a delivery.
    carried = await carried_by(session, driver.id)
    if carried is not None:
        raise Refused(DriverBusy("Finish your delivery first.", delivery_id=carried))
    driver.break_until = driver.shift_ends_at = None
    if driver.online:
        driver.online = False
        await _happened(session, EventKind.DRIVER_OFFLINE, driver, by, note=reason)
    return driver


async def report_position(
    session: AsyncSession,
    point: Point,
    measured_at: datetime,
    shown: Point | None = None,
    *,
    by: Actor,
) -> timedelta:
    """Say where one is; the answer is how soon to say so again. What is `shown` may be smoother;
    whether he has arrived follows from the point itself."""
    must_be_real(point)
    must_be_recent(measured_at, await database.clock(session))
    shown = shown or point
    carried = await carried_by(session, by.id)
    if carried is not None and not await _is_old(session, measured_at, by):
        delivery = await with_delivery(session, carried, by=SYSTEM)
        await seen(session, delivery, shown, by=by)
        if (stop := delivery.comes_near(point)) is not None and stop.can(StopAction.ARRIVE):
            reach(stop, by=by)
    driver = await shifts.oneself(session, by)
    if not driver.online and carried is None:
        raise Refused(DriverOffline("Go online before you report where you are."))
    if driver.position_at is None or driver.position_at < measured_at:
        driver.latitude, driver.longitude = shown.latitude, shown.longitude
        driver.position_at = measured_at
    return report_again(carried)


def report_again(carried: UUID | None) -> timedelta:
    """How soon one should say again where one is."""
    return WHILE_WAITING if carried is None else WHILE_CARRYING


async def moved(session: AsyncSession, delivery_id: UUID, point: Point, *, by: Actor) -> None:
    """The courier of a delivery is on the move; whoever watches it is told."""
    await seen(session, await with_delivery(session, delivery_id, by=SYSTEM), point, by=by)


async def seen(session: AsyncSession, delivery: Delivery, point: Point, *, by: Actor) -> None:
    """The same for one whose order is locked already."""
    if delivery.status is DeliveryStatus.ASSIGNED:
        delivery.perform(DeliveryAction.DEPART, by=by)
    delivery.seen_at(point)
    delivery.order.forecast.renew()
    last, now = delivery.told_at, delivery.order.now
    if last is None or now - last >= TELL_EVERY:
        delivery.told_at = now
        await happened(
            session,
            EventKind.COURIER_MOVED,
            delivery.id,
            by=by,
            delivery_id=delivery.id,
            data={"latitude": point.latitude, "longitude": point.longitude},
        )


def must_be_real(point: Point) -> None:
    """Raises `Refused(InvalidInput)` for what is nowhere on Earth."""
    if wrong := list(place_faults(point, "position")):
        raise Refused(*wrong)


def must_be_recent(measured_at: datetime, now: datetime) -> None:
    """Raises `Refused(InvalidInput)` for what was long ago, or is yet to come."""
    if not now - OLDEST_POSITION <= measured_at <= now + CLOCK_ERROR:
        raise Refused(
            InvalidInput(
                "Report positions within ten minutes, with a right clock.", ("measuredAt",),
                rule="measured_at",
            )
        )  # fmt: skip


async def _is_old(session: AsyncSession, measured_at: datetime, by: Actor) -> bool:
    """Whether a later position came before this one."""
    last = await session.scalar(select(Driver.position_at).where(Driver.id == by.id))
    return last is not None and measured_at < last


async def _happened(
    session: AsyncSession, kind: EventKind, driver: Driver, by: Actor, note: str | None = None
) -> None:
    await happened(session, kind, driver.id, by=by, driver_id=driver.id, note=note)


async def _must_have_good_papers(session: AsyncSession, driver: Driver) -> None:
    if (kind := await papers.over(session, driver.id)) is not None:
        raise Refused(ForbiddenStep("A document is good no more.", current=kind))
