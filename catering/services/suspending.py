"""Somebody may not go on: his sessions end at once, and a driver's work goes to others."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.deliveries import CARRIED, DeliveryAction
from catering.domain.events import EventKind
from catering.domain.offers import OfferAction, OfferStatus
from catering.domain.people import SYSTEM, Actor, answers_to
from catering.domain.refusals import ForbiddenStep, NotFound, Refused
from catering.models import Delivery, Driver, Offer, User

from . import recording, sessions
from .orders import with_delivery, with_offer
from .recording import happened
from .travelling import give_back


async def suspend(session: AsyncSession, user_id: UUID, reason: str, *, by: Actor) -> User:
    """Close an account until it is opened again. What it ordered, goes on.

    Raises `Refused(NotFound)`, and `Refused(ForbiddenStep)` for those who do not answer to you.
    """
    user = await _subordinate(session, user_id, by)
    if user.suspended_at is None:
        user.suspended_at, user.suspension = await database.clock(session), reason
        await _off_the_road(session, user)
        await sessions.end_all(session, user.id)
        await happened(session, EventKind.USER_SUSPENDED, user.id, by=by, note=reason)
    return user


async def reinstate(session: AsyncSession, user_id: UUID, *, by: Actor) -> User:
    """Open the account again; he signs in anew."""
    user = await _subordinate(session, user_id, by)
    if user.suspended_at is not None:
        user.suspended_at = user.suspension = None
        driver = await session.get(Driver, user.id, with_for_update=True)
        if driver is not None:
            driver.suspended_at = None
        await happened(session, EventKind.USER_REINSTATED, user.id, by=by)
    return user


async def pass_on_offers(session: AsyncSession, driver_id: UUID) -> None:
    """Nobody waits for the answer of a driver who may not give one."""
    open_offers = select(Offer.id).where(
        Offer.driver_id == driver_id, Offer.status == OfferStatus.SENT
    )
    if not await _may_not_drive(session, driver_id):
        return
    for offer_id in (await session.scalars(open_offers)).all():
        offer = await with_offer(session, offer_id, by=SYSTEM)
        if offer.can(OfferAction.WITHDRAW):
            offer.perform(OfferAction.WITHDRAW, by=SYSTEM)
            whole = offer.whole()
            await recording.begin(session, "find_carrier", offer.delivery_id, whole.id)


async def take_over(session: AsyncSession, driver_id: UUID) -> None:
    """What he has not collected goes to another driver; for the rest a manager is called."""
    carried = select(Delivery.id).where(
        Delivery.driver_id == driver_id, Delivery.status.in_(CARRIED)
    )
    if not await _may_not_drive(session, driver_id):
        return
    for delivery_id in (await session.scalars(carried)).all():
        delivery = await with_delivery(session, delivery_id, by=SYSTEM)
        if delivery.driver_id != driver_id or not delivery.carried:
            continue
        if delivery.can(DeliveryAction.RELEASE) and not delivery.started:
            give_back(delivery, by=SYSTEM, note="Its driver was suspended.")
        elif delivery.can(DeliveryAction.FAIL) and not delivery.escalated:  # else it goes back now
            delivery.escalate(by=SYSTEM, note="Its driver was suspended with the food on board.")


async def _subordinate(session: AsyncSession, user_id: UUID, by: Actor) -> User:
    user = await session.get(User, user_id, with_for_update=True)
    if user is None or user.erased_at is not None:
        raise Refused(NotFound("There is no such account.", ("userId",)))
    if by.role not in answers_to(user.role):
        raise Refused(ForbiddenStep("This account is not yours to close.", current=user.role))
    return user


async def _off_the_road(session: AsyncSession, user: User) -> None:
    """A driver takes nothing from now on: whoever offers or accepts has to have his row first."""
    driver = await session.get(Driver, user.id, with_for_update=True)
    if driver is not None:
        driver.suspended_at, driver.online = user.suspended_at, False


async def _may_not_drive(session: AsyncSession, driver_id: UUID) -> bool:
    query = select(Driver.suspended_at.is_not(None)).where(Driver.id == driver_id)
    return bool(await session.scalar(query))
