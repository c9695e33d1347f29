"""A person goes, and what was done stays: names, addresses and traces are written over for good."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Numeric,
    Select,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.deliveries import CARRIED, StopKind
from catering.domain.events import EventKind
from catering.domain.orders import LIVE
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    DriverBusy,
    ForbiddenStep,
    NotFound,
    OrderUnderWay,
    Refused,
)
from catering.models import (
    Booking,
    Charge,
    Delivery,
    Driver,
    DriverDocument,
    Event,
    IdempotencyKey,
    Letter,
    Line,
    Member,
    Order,
    Rating,
    Refund,
    Session,
    Staff,
    Stop,
    Ticket,
    User,
    Webhook,
)

from . import attempts, sessions
from .passwords import NOBODYS
from .recording import happened

NOBODY: Final = "erased"
NEARBY: Final = 2
"""Decimals of a degree that are left of a door: about a kilometre, for those who plan."""


async def erase(session: AsyncSession, user_id: UUID, *, by: Actor) -> UUID:
    """Take the person out of everything that is kept. It cannot be taken back.

    Raises `Refused(NotFound)`, `Refused(OrderUnderWay)` while an order of his is on its way,
    `Refused(DriverBusy)` while he carries one, `Refused(ForbiddenStep)` for the last admin.
    """
    user = await session.get(User, user_id, with_for_update=True)
    if user is None or user.erased_at is not None:
        raise Refused(NotFound("There is no such account.", ("userId",)))
    # Ours before we look: he takes no delivery without this row.
    driver = await session.get(Driver, user_id, with_for_update=True)
    await _must_be_done(session, user)
    mine = select(Order.id).where(Order.customer_id == user_id)
    trips = select(Delivery.id).where(
        or_(Delivery.order_id.in_(mine), Delivery.driver_id == user_id)
    )
    # What is found through others comes before these are written over.
    await _forget_letters(session, user)
    await _forget_webhooks(session, mine)
    await _forget_events(session, user_id, mine, trips)
    await _forget_orders(session, user_id, mine)
    await _forget_ratings(session, user_id, mine)
    await _forget_journeys(session, mine, trips)
    await _forget_account(session, user, driver)
    await happened(session, EventKind.USER_ERASED, user_id, by=by)
    return user_id


async def _must_be_done(session: AsyncSession, user: User) -> None:
    live = select(Order.id).where(Order.customer_id == user.id, Order.status.in_(LIVE)).limit(1)
    if (order_id := await session.scalar(live)) is not None:
        message = "An order is on its way. Wait for it, or call it off."
        raise Refused(OrderUnderWay(message, order_id=order_id))
    carried = select(Delivery.id).where(Delivery.driver_id == user.id, Delivery.status.in_(CARRIED))
    if (delivery_id := await session.scalar(carried)) is not None:
        raise Refused(DriverBusy("Finish your delivery first.", delivery_id=delivery_id))
    if user.role is Role.ADMIN and await _is_the_last(session, user):
        message = "There has to be an admin. Create another one first."
        raise Refused(ForbiddenStep(message, current=user.role))


async def _is_the_last(session: AsyncSession, user: User) -> bool:
    # All admins are locked, so that two who leave at once do not each see the other one.
    others = select(User.id).where(
        User.role == Role.ADMIN, User.erased_at.is_(None), User.suspended_at.is_(None)
    )
    admins = (await session.scalars(others.order_by(User.id).with_for_update())).all()
    return set(admins) <= {user.id}


async def _forget_letters(session: AsyncSession, user: User) -> None:
    to_him = func.lower(Letter.email) == func.lower(user.email)
    await session.execute(delete(Letter).where(or_(Letter.user_id == user.id, to_him)))


async def _forget_webhooks(session: AsyncSession, mine: Select[Any]) -> None:
    """What providers told us about his orders, as it came: with his name, his phone, his door."""
    names = (
        select(Ticket.reference.label("name")).where(Ticket.order_id.in_(mine)),
        select(Ticket.external_id).where(Ticket.order_id.in_(mine)),
        select(Booking.reference).join(Delivery).where(Delivery.order_id.in_(mine)),
        select(Booking.external_id).join(Delivery).where(Delivery.order_id.in_(mine)),
        select(Charge.reference).where(Charge.order_id.in_(mine)),
        select(Charge.external_id).where(Charge.order_id.in_(mine)),
    )
    known = [n for query in names for n in await session.scalars(query) if n and len(n) > 3]
    if known:
        await session.execute(
            update(Webhook)
            .where(or_(*(_mentions(name) for name in known)))
            .values(raw=b"", headers={})
        )


def _mentions(name: str) -> ColumnElement[bool]:
    return func.strpos(func.encode(Webhook.raw, "escape"), name) > 0


async def _forget_events(
    session: AsyncSession, user_id: UUID, mine: Select[Any], trips: Select[Any]
) -> None:
    """Where a courier was is gone; what people wrote beside a step is gone; the steps stay."""
    moved = Event.kind == EventKind.COURIER_MOVED
    await session.execute(delete(Event).where(moved, Event.delivery_id.in_(trips)))
    concerns = or_(Event.order_id.in_(mine), Event.actor_id == user_id, Event.subject_id == user_id)
    await session.execute(update(Event).where(concerns, Event.note.is_not(None)).values(note=None))


async def _forget_orders(session: AsyncSession, user_id: UUID, mine: Select[Any]) -> None:
    await session.execute(
        update(Order)
        .where(Order.id.in_(mine))
        .values(
            contact_phone="",
            payment_token=None,
            address_line=NOBODY,
            address_details=None,
            latitude=_nearby(Order.latitude),
            longitude=_nearby(Order.longitude),
            cancellation_comment=None,
            approval_note=None,
        )
    )
    for wrote, text in (
        (Order.cancelled_by, Order.cancellation_comment),
        (Order.approved_by, Order.approval_note),
    ):
        await session.execute(update(Order).where(wrote == user_id).values({text: None}))
    await session.execute(update(Refund).where(Refund.order_id.in_(mine)).values(note=None))
    tickets = select(Ticket.id).where(Ticket.order_id.in_(mine))
    await session.execute(update(Line).where(Line.ticket_id.in_(tickets)).values(note=None))


async def _forget_ratings(session: AsyncSession, user_id: UUID, mine: Select[Any]) -> None:
    """The stars stay; what he wrote, what he was answered, and what was written of him do not."""
    his = or_(Rating.order_id.in_(mine), Rating.driver_id == user_id)
    await session.execute(update(Rating).where(his).values(comment=None, reply=None))


async def _forget_journeys(session: AsyncSession, mine: Select[Any], trips: Select[Any]) -> None:
    to_him = select(Delivery.id).where(Delivery.order_id.in_(mine))
    await session.execute(
        update(Stop)
        .where(Stop.delivery_id.in_(to_him), Stop.kind == StopKind.DROPOFF)
        .values(
            address_line=NOBODY,
            address_details=None,
            latitude=_nearby(Stop.latitude),
            longitude=_nearby(Stop.longitude),
            signed_by=None,
            signature_url=None,
        )
    )
    await session.execute(
        update(Booking).where(Booking.delivery_id.in_(to_him)).values(tracking_url=None)
    )
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(trips))
        .values(latitude=None, longitude=None, position_at=None)
    )


async def _forget_account(session: AsyncSession, user: User, driver: Driver | None) -> None:
    now = await database.clock(session)
    await sessions.end_all(session, user.id)  # which says so to whatever is open in his name
    for table, whose in (
        (Session, Session.user_id),
        (Staff, Staff.user_id),
        (Member, Member.user_id),
        (DriverDocument, DriverDocument.driver_id),
        (IdempotencyKey, IdempotencyKey.actor_id),
    ):
        await session.execute(delete(table).where(whose == user.id))
    await attempts.forget(session, user.email)
    if driver is not None:
        driver.online, driver.suspended_at, driver.vehicle = False, now, NOBODY
        driver.latitude = driver.longitude = driver.position_at = driver.rejection = None
        driver.zone = None
    user.email, user.display_name, user.phone = f"{user.id.hex}@erased.invalid", NOBODY, None
    user.password_hash, user.email_verified_at, user.invited_at = NOBODYS, None, None
    user.erased_at, user.suspended_at, user.suspension = now, user.suspended_at or now, None


def _nearby(degrees: Any) -> ColumnElement[float]:
    rounded: ColumnElement[float] = cast(func.round(cast(degrees, Numeric), NEARBY), Float)
    return rounded
