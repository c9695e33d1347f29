"""Staying signed in: a family of refresh tokens for each sign-in, every one good for one use."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import ids
from catering.domain.events import EventKind
from catering.domain.people import SYSTEM, Role
from catering.domain.refusals import AccountSuspended, InvalidCredentials, Refused, StaleSession
from catering.models import Session, User
from catering.settings import Settings

from . import passwords, tokens
from .recording import happened


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client keeps. The refresh token is told once; we remember only its SHA-256."""

    user_id: UUID
    role: Role
    access_token: str
    refresh_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whose password is asked for, and what we know of it."""

    user_id: UUID
    password_hash: str


async def credentials(session: AsyncSession, email: str) -> Credentials | None:
    """The account of this e-mail address, in whatever case it was typed."""
    if not email.isprintable():
        return None
    query = select(User.id, User.password_hash).where(
        func.lower(User.email) == func.lower(email.strip())
    )
    row = (await session.execute(query)).one_or_none()
    return Credentials(*row) if row else None


async def check(known: Credentials | None, password: str) -> tuple[Credentials, str | None]:
    """The account whose password this is, and a new hash for it where the old one is outdated.

    Raises `Refused(InvalidCredentials)`. Slow on purpose: to be called outside any transaction.
    """
    right = await passwords.matches(known.password_hash if known else None, password)
    if known is None or not right:
        raise Refused(InvalidCredentials("The e-mail address or the password is wrong."))
    outdated = passwords.is_outdated(known.password_hash)
    return known, await passwords.hashed(password) if outdated else None


async def sign_in(
    session: AsyncSession, known: Credentials, rehashed: str | None, settings: Settings
) -> Tokens:
    """Begin a family for somebody who gave the right password."""
    unchanged = select(User).where(
        User.id == known.user_id, User.password_hash == known.password_hash
    )
    user = await session.scalar(unchanged.with_for_update())
    if user is None:
        raise Refused(InvalidCredentials("The e-mail address or the password is wrong."))
    if user.suspended_at is not None:
        raise Refused(AccountSuspended("This account is closed. Ask the office about it."))
    user.password_hash = rehashed or user.password_hash
    return await begin(session, user.id, user.role, settings)


async def begin(session: AsyncSession, user_id: UUID, role: Role, settings: Settings) -> Tokens:
    """The first tokens of a new family."""
    return await _issue(session, user_id, role, ids.new(), settings)


async def refresh(
    session: AsyncSession, refresh_token: str, settings: Settings
) -> Tokens | StaleSession:
    """Spend a refresh token for new ones of the same family.

    A spent one that comes back was stolen, from us or from the thief: the family ends. That has
    to be kept, so the refusal is returned and not raised.
    """
    now = await database.clock(session)
    of_token = Session.token_hash == _digest(refresh_token)
    # Who ends all sessions of an account locks it first: nothing slips in behind his back.
    whose = select(Session.user_id).where(of_token).scalar_subquery()
    await session.execute(select(User.id).where(User.id == whose).with_for_update(read=True))
    spent = await session.scalar(select(Session).where(of_token).with_for_update())
    if spent is not None and spent.spent_at is not None:
        await sign_out(session, spent.family_id)
    if spent is None or spent.spent_at or spent.revoked_at or spent.expires_at <= now:
        return _STALE
    spent.spent_at = now
    await session.flush()
    role = (await session.scalars(select(User.role).where(User.id == spent.user_id))).one()
    return await _issue(session, spent.user_id, role, spent.family_id, settings)


async def family_of(session: AsyncSession, refresh_token: str, *, live: bool = False) -> UUID:
    """The sign-in that a refresh token is of, spent or not. Raises `Refused(StaleSession)`.

    With `live` the token has to be good still: one that is not may end its own family at most.
    """
    query = select(Session.family_id).where(Session.token_hash == _digest(refresh_token))
    if live:
        query = query.where(
            Session.spent_at.is_(None),
            Session.revoked_at.is_(None),
            Session.expires_at > database.now(),
        )
    family = await session.scalar(query)
    if family is None:
        raise Refused(_STALE)
    return family


async def sign_out(session: AsyncSession, family: UUID) -> None:
    """End a family: neither its refresh tokens nor its access tokens are good any more."""
    await _end(session, Session.family_id == family)


async def sign_out_everywhere(session: AsyncSession, family: UUID) -> None:
    """End all families of whom this one is: on each of his devices he has to sign in again."""
    whose = select(Session.user_id).where(Session.family_id == family).limit(1)
    user_id = await session.scalar(whose)
    if user_id is not None:
        await end_all(session, user_id)


async def end_all(session: AsyncSession, user_id: UUID, but: UUID | None = None) -> None:
    """End every family of an account, but for one. Who just spends a token is waited for."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update())
    mine = Session.user_id == user_id
    await _end(session, mine if but is None else mine & (Session.family_id != but))


async def device_of(
    session: AsyncSession, known: Credentials | None, refresh_token: str | None
) -> UUID | None:
    """The sign-in that a refresh token proves this device to have had with this account.

    However old and spent it is: it is not good for anything else here.
    """
    if known is None or refresh_token is None:
        return None
    query = select(Session.family_id).where(
        Session.token_hash == _digest(refresh_token), Session.user_id == known.user_id
    )
    family: UUID | None = await session.scalar(query)
    return family


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """End sessions, and say so, for what is open in their name ends as well."""
    ended = await session.scalars(
        update(Session)
        .where(which, Session.revoked_at.is_(None))
        .values(revoked_at=database.now())
        .returning(Session.user_id)
    )
    for user_id in set(ended):
        await happened(session, EventKind.SESSION_ENDED, user_id, by=SYSTEM)


async def _issue(
    session: AsyncSession, user_id: UUID, role: Role, family: UUID, settings: Settings
) -> Tokens:
    now = await database.clock(session)
    refresh_token = secrets.token_urlsafe(32)
    session.add(
        Session(
            family_id=family,
            user_id=user_id,
            token_hash=_digest(refresh_token),
            expires_at=now + settings.refresh_token_life,
        )
    )
    await session.flush()
    # Whole seconds, because that is all a JWT can say.
    expires_at = (now + settings.access_token_life).replace(microsecond=0)
    access_token = await tokens.sign(session, user_id, role, family, expires_at)
    return Tokens(user_id, role, access_token, refresh_token, expires_at)


_STALE = StaleSession("This session has ended. Sign in again.")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
