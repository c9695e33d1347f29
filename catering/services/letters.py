"""Letters with a token in them: asked for in a request, sent by a worker, redeemed once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import accounts
from catering.domain.events import EventKind
from catering.domain.letters import LIFE, MOST_IN_AN_HOUR, Purpose, Text, text
from catering.domain.people import Actor
from catering.domain.refusals import InvalidInput, Refused, StaleToken
from catering.models import Letter, User

from .recording import happened

_SECRET: Final = 24
_STALE: Final = StaleToken("This token is not good, or not any more. Ask for a new letter.")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter that is ready to go."""

    to: str
    text: Text = field(repr=False)


async def write(session: AsyncSession, purpose: Purpose, email: str, *, by: Actor) -> None:
    """Have a letter sent to whoever has an account with this address.

    Whether anybody has is not looked at before the worker does, so that asking tells nothing,
    neither by its answer nor by its time. Beyond `MOST_IN_AN_HOUR` nothing is written.
    Raises `Refused(InvalidInput)`.
    """
    email = email.strip()
    if not accounts.is_email(email):
        raise Refused(InvalidInput("This is not an e-mail address.", ("email",), rule="email"))
    lately = select(func.count()).where(
        _same(Letter.email, email),
        Letter.purpose == purpose,
        Letter.created_at > database.now() - timedelta(hours=1),
    )
    if (await session.scalar(lately) or 0) < MOST_IN_AN_HOUR:
        letter = Letter(purpose=purpose, email=email)
        session.add(letter)
        await session.flush()
        await happened(session, EventKind.LETTER_WRITTEN, letter.id, by=by)


async def seal(session: AsyncSession, id: UUID, app_url: str | None) -> Envelope | None:
    """The letter with a fresh token in it; None when there is nobody to write to, or no reason.

    Only the hash of the token is kept, so no sending can repeat what another wrote. It goes to
    the address of the account, never to the one that was typed, which may only look the same.
    """
    letter = await session.get(Letter, id, with_for_update=True)
    if letter is None or letter.sent_at or letter.used_at or letter.failure:
        return None
    user = await session.scalar(select(User).where(_same(User.email, letter.email)))
    if user is None or not _is_wanted(letter.purpose, user):
        return None
    secret = secrets.token_bytes(_SECRET)
    letter.user_id = user.id
    letter.token_hashes = [*letter.token_hashes, _digest(secret)]
    letter.expires_at = await database.clock(session) + LIFE[letter.purpose]
    token = base64.urlsafe_b64encode(letter.id.bytes + secret).decode()
    return Envelope(user.email, text(letter.purpose, user.display_name, token, app_url))


async def sent(session: AsyncSession, id: UUID, failure: str | None = None) -> None:
    """A mail server has it, or never will."""
    values = {"sent_at": database.now()} if failure is None else {"failure": failure}
    await session.execute(update(Letter).where(Letter.id == id).values(values))


async def reader(session: AsyncSession, purpose: Purpose, token: str) -> User:
    """Who got the letter that this token is from, locked. Raises `Refused(StaleToken)`.

    He is locked before the letter is looked at: of two who come with one token, one is late.
    """
    id, secret = _opened(token)
    whose = select(User).join(Letter, Letter.user_id == User.id).where(Letter.id == id)
    user = await session.scalar(whose.with_for_update(of=User))
    if user is None:
        raise Refused(_STALE)
    good = select(Letter.token_hashes).where(
        Letter.id == id,
        Letter.purpose == purpose,
        Letter.used_at.is_(None),
        Letter.expires_at > database.now(),
        _same(Letter.email, user.email),
    )
    hashes = await session.scalar(good)
    if not any(hmac.compare_digest(_digest(secret), one) for one in hashes or ()):
        raise Refused(_STALE)
    return user


async def redeem(session: AsyncSession, purpose: Purpose, token: str) -> User:
    """The same, and for the last time: all letters that he got for this are used up with it.

    Whoever has the token reads what is sent to the address, so the address is his.
    """
    user = await reader(session, purpose, token)
    await use_up(session, purpose, user.id)
    if user.email_verified_at is None:
        user.email_verified_at = await database.clock(session)
        by = Actor(user.id, user.role)
        await happened(session, EventKind.EMAIL_VERIFIED, user.id, by=by)
    return user


async def use_up(session: AsyncSession, purpose: Purpose, user_id: UUID) -> None:
    """Let no token of this purpose be good for this account any more."""
    await session.execute(
        update(Letter)
        .where(Letter.user_id == user_id, Letter.purpose == purpose, Letter.used_at.is_(None))
        .values(used_at=database.now())
    )


def _is_wanted(purpose: Purpose, user: User) -> bool:
    """Whether there is still a reason for such a letter."""
    if purpose is Purpose.ACTIVATION:
        return user.email_verified_at is None
    return purpose is not Purpose.INVITATION or user.invited_at is not None


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    return func.lower(one) == func.lower(other)


def _opened(token: str) -> tuple[UUID, bytes]:
    try:
        raw = base64.urlsafe_b64decode(token[:80].encode())
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Refused(_STALE) from error
    if len(raw) != 16 + _SECRET:
        raise Refused(_STALE)
    return UUID(bytes=raw[:16]), raw[16:]


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
