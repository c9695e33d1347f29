"""What guards an account: its address, and its password."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import accounts
from catering.domain.events import EventKind
from catering.domain.letters import Purpose
from catering.domain.people import Actor
from catering.domain.refusals import InvalidCredentials, Refused
from catering.models import User

from . import attempts, letters, passwords, sessions
from .recording import happened
from .sessions import Credentials


def admitted(password: str) -> str:
    """A password that may be set. Raises `Refused(InvalidInput)`."""
    if faults := tuple(accounts.password_faults(password)):
        raise Refused(*faults)
    return password


async def activate(session: AsyncSession, token: str) -> UUID:
    """The address of an account is its owner's, because he has read what was sent there."""
    return (await letters.redeem(session, Purpose.ACTIVATION, token)).id


async def reset_password(session: AsyncSession, token: str, password_hash: str) -> UUID:
    """Give the reader of a letter a new password, and put everybody out of his account."""
    user = await letters.redeem(session, Purpose.PASSWORD_RESET, token)
    user.password_hash = password_hash
    await attempts.forget(session, user.email)
    await _changed(session, user, None)
    return user.id


async def credentials(session: AsyncSession, by: Actor) -> tuple[str, Credentials]:
    """One's own address, and what is known of one's password."""
    query = select(User.email, User.id, User.password_hash).where(User.id == by.id)
    email, id, password_hash = (await session.execute(query)).one()
    return email, Credentials(id, password_hash)


async def prove(known: Credentials, password: str, *path: str) -> None:
    """Raises `Refused(InvalidCredentials)` where it is another. Slow: outside any transaction."""
    if not await passwords.matches(known.password_hash, password):
        raise Refused(_WRONG.at(*path) if path else _WRONG)


async def change_password(
    session: AsyncSession, known: Credentials, password_hash: str, family: UUID | None
) -> UUID:
    """Give somebody who gave the right password another; only the session `family` goes on."""
    unchanged = select(User).where(
        User.id == known.user_id, User.password_hash == known.password_hash
    )
    user = await session.scalar(unchanged.with_for_update())
    if user is None:
        raise Refused(_WRONG)
    user.password_hash = password_hash
    await letters.use_up(session, Purpose.PASSWORD_RESET, user.id)
    await _changed(session, user, family)
    return user.id


_WRONG: Final = InvalidCredentials("The password is wrong.", ("current",))


async def _changed(session: AsyncSession, user: User, family: UUID | None) -> None:
    await sessions.end_all(session, user.id, but=family)
    by = Actor(user.id, user.role)
    await happened(session, EventKind.PASSWORD_CHANGED, user.id, by=by)
