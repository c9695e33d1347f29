"""A driver's shift and his breaks. Both end by the clock: from that moment on he is asked, or is
asked no more, and the task that is due then only draws the conclusions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.events import EventKind
from catering.domain.offers import OfferAction, OfferStatus
from catering.domain.people import SYSTEM, Actor
from catering.domain.refusals import DriverOffline, InvalidInput, NotFound, Refused
from catering.models import Driver, Offer

from .offering import carried_by
from .orders import with_offer
from .recording import happened

LONGEST_SHIFT: Final = timedelta(hours=16)
LONGEST_BREAK: Final = timedelta(hours=2)
LOOK_AGAIN: Final = timedelta(minutes=1)
"""While a driver whose shift is over still carries something."""


async def plan(session: AsyncSession, driver: Driver, until: datetime | None, *, by: Actor) -> None:
    """When the shift ends; None where the driver will say so himself."""
    if until is not None:
        await _must_be_within(session, until, LONGEST_SHIFT)
    if until is not None and until != driver.shift_ends_at:
        await _tell(session, EventKind.DRIVER_SHIFT, driver.id, by, until=until)
    driver.shift_ends_at = until


async def take_break(session: AsyncSession, until: datetime, *, by: Actor) -> Driver:
    """Not be asked until then; what is carried just now, is still to be brought. An open offer
    goes to somebody else, and that counts as no silence. Raises `Refused(DriverOffline)`."""
    await leave_to_others(session, by=by)
    driver = await oneself(session, by)
    if not driver.online:
        raise Refused(DriverOffline("You are offline, and asked for nothing."))
    await _must_be_within(session, until, LONGEST_BREAK)
    driver.break_until = until
    await _tell(session, EventKind.DRIVER_ON_BREAK, driver.id, by, until=until)
    return driver


async def break_over(session: AsyncSession, driver_id: UUID) -> None:
    """He is asked again. One who has gone meanwhile, or took longer, is left in peace."""
    driver = await session.get_one(Driver, driver_id, with_for_update=True)
    now = await database.clock(session)
    if driver.break_until is None or driver.break_until > now:
        return
    driver.break_until = None
    if driver.online:
        await _tell(session, EventKind.DRIVER_BACK, driver.id, SYSTEM)


async def shift_over(session: AsyncSession, driver_id: UUID) -> timedelta | None:
    """He goes offline; after what time to look again, where he carries something still."""
    driver = await session.get_one(Driver, driver_id, with_for_update=True)
    now = await database.clock(session)
    if not driver.online or driver.shift_ends_at is None or driver.shift_ends_at > now:
        return None
    if await carried_by(session, driver.id) is not None:
        return LOOK_AGAIN
    driver.online, driver.break_until, driver.shift_ends_at = False, None, None
    await _tell(session, EventKind.DRIVER_OFFLINE, driver.id, SYSTEM)
    return None


async def leave_to_others(session: AsyncSession, *, by: Actor) -> None:
    """Decline what one is offered just now."""
    sent = select(Offer.id).where(Offer.driver_id == by.id, Offer.status == OfferStatus.SENT)
    for offer_id in (await session.scalars(sent)).all():
        offer = await with_offer(session, offer_id, by=by)
        if offer.can(OfferAction.DECLINE):
            offer.perform(OfferAction.DECLINE, by=by)


async def oneself(session: AsyncSession, by: Actor) -> Driver:
    """The driver who asks; his row is ours until we commit. Raises `Refused(NotFound)`."""
    driver = await session.get(Driver, by.id, with_for_update=True)
    if driver is None:
        raise Refused(NotFound("You are not registered as a driver."))
    return driver


async def _must_be_within(session: AsyncSession, until: datetime, longest: timedelta) -> None:
    now = await database.clock(session)
    if not now < until <= now + longest:
        hours = longest // timedelta(hours=1)
        message = f"Name a time within the next {hours} hours."
        raise Refused(InvalidInput(message, ("until",), rule="until"))


async def _tell(
    session: AsyncSession, kind: EventKind, driver_id: UUID, by: Actor, **moments: datetime
) -> None:
    data = {name: moment.isoformat() for name, moment in moments.items()}
    await happened(session, kind, driver_id, by=by, driver_id=driver_id, data=data, moments=moments)
