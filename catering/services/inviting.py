"""Managers and restaurant staff come by invitation: an account that waits for its password."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import accounts
from catering.domain.events import EventKind
from catering.domain.letters import Purpose
from catering.domain.people import Actor, Role
from catering.domain.refusals import InvalidInput, NotFound, Refused
from catering.models import Restaurant, Staff, User

from . import letters, registering, sessions
from .passwords import NOBODYS
from .recording import happened


async def create_manager(session: AsyncSession, email: str, name: str, *, by: Actor) -> User:
    """Invite a manager. Raises `Refused(InvalidInput, …)` with all that is wrong."""
    return await _invited(session, Role.MANAGER, email, name, by=by)


async def invite_staff(
    session: AsyncSession, email: str, name: str, restaurants: Sequence[UUID], *, by: Actor
) -> User:
    """Have somebody work for these restaurants, also; he is invited if we do not know him yet.

    Raises `Refused(InvalidInput | NotFound, …)`.
    """
    await _must_be_ours(session, restaurants)
    user = await _invited(session, Role.RESTAURANT, email, name, by=by)
    for restaurant_id in dict.fromkeys(restaurants):
        bound = await session.scalar(
            insert(Staff)
            .values(user_id=user.id, restaurant_id=restaurant_id)
            .on_conflict_do_nothing()
            .returning(Staff.user_id)
        )
        if bound is not None:
            await happened(
                session, EventKind.STAFF_ADDED, user.id, by=by, restaurant_id=restaurant_id
            )
    return user


async def accept(session: AsyncSession, token: str, password_hash: str) -> User:
    """Take the account over with the token of the letter. Raises `Refused(StaleToken)`."""
    user = await letters.redeem(session, Purpose.INVITATION, token)
    user.password_hash, user.invited_at = password_hash, None
    await happened(session, EventKind.USER_JOINED, user.id, by=Actor(user.id, user.role))
    return user


async def remove_staff(
    session: AsyncSession, user_id: UUID, restaurant_id: UUID, *, by: Actor
) -> UUID:
    """Somebody works here no longer. Who works nowhere has no session and no invitation left."""
    gone = delete(Staff).where(Staff.user_id == user_id, Staff.restaurant_id == restaurant_id)
    if await session.scalar(gone.returning(Staff.user_id)) is None:
        raise Refused(NotFound("He does not work there.", ("userId",)))
    await happened(session, EventKind.STAFF_REMOVED, user_id, by=by, restaurant_id=restaurant_id)
    left = select(func.count()).select_from(Staff).where(Staff.user_id == user_id)
    if not await session.scalar(left):
        await letters.use_up(session, Purpose.INVITATION, user_id)
        await sessions.end_all(session, user_id)
    return user_id


async def _invited(session: AsyncSession, role: Role, email: str, name: str, *, by: Actor) -> User:
    """The account of this address: a new one, or one that waits, or one that works already."""
    if wrong := tuple(accounts.card_faults(email, name)):
        raise Refused(*wrong)
    same = select(User).where(func.lower(User.email) == func.lower(email.strip()))
    user = await session.scalar(same.with_for_update())
    if user is None:
        id = await registering.add_user(session, role, email.strip(), name.strip(), None, NOBODYS)
        user = await session.get_one(User, id)
        user.invited_at = await database.clock(session)
        await happened(session, EventKind.USER_INVITED, user.id, by=by)
    elif user.role is not role or (user.invited_at is None and role is Role.MANAGER):
        message = "There is an account with this e-mail address. Use another."
        raise Refused(InvalidInput(message, ("email",), rule="unique"))
    if user.invited_at is not None:
        await letters.write(session, Purpose.INVITATION, user.email, by=by)
    return user


async def _must_be_ours(session: AsyncSession, restaurants: Sequence[UUID]) -> None:
    if not restaurants:
        message = "Somebody works for at least one restaurant."
        raise Refused(InvalidInput(message, ("restaurantIds",), rule="required"))
    known = set(await session.scalars(select(Restaurant.id).where(Restaurant.id.in_(restaurants))))
    missing = [place for place, id in enumerate(restaurants) if id not in known]
    if missing:
        raise Refused(
            *(NotFound("There is no such restaurant.", ("restaurantIds", str(n))) for n in missing)
        )
