"""Counting tries of a password, for each account and each place they come from.

Guesses from one place never close the account to another, so nobody can lock others out; and a
device that was signed in before has a count of its own, whoever else is behind its address.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import attempts
from catering.domain.refusals import Refused, TooManyAttempts
from catering.models import Attempts

TIDIED_AT_ONCE = 20


def place(address: str | None, device: UUID | None) -> str:
    """Where a try comes from: a device that was signed in before, or else a network."""
    return f"device {device.hex}" if device else f"network {attempts.network(address)}"


async def count(session: AsyncSession, email: str, origin: str) -> None:
    """One more try. Raises `Refused(TooManyAttempts)` when it is too soon for one.

    It is counted before the password is looked at, or a thousand at once would all be free. What
    is refused does not count: who keeps knocking has not to wait longer for it.
    """
    now = await database.clock(session)
    key = {"account": _account(email), "origin": origin}
    await session.execute(insert(Attempts).values(**key, tries=0).on_conflict_do_nothing())
    row = await session.get_one(Attempts, key, with_for_update=True)
    if row.last_at <= now - attempts.FORGOTTEN_AFTER:
        row.tries = 0
    again_at = attempts.again_at(row.tries, row.last_at)
    if again_at > now:
        raise Refused(TooManyAttempts("Too many tries. Wait, or use another way.", None, again_at))
    row.tries, row.last_at = row.tries + 1, now


async def forget(session: AsyncSession, email: str, origin: str | None = None) -> None:
    """The count begins anew: the password was right, or it is another now, for all places."""
    ended = delete(Attempts).where(Attempts.account == _account(email))
    await session.execute(ended if origin is None else ended.where(Attempts.origin == origin))
    await _tidy(session)


async def _tidy(session: AsyncSession) -> None:
    """Some of the counts that are forgotten anyway; every sign-in takes a few away."""
    old = (
        select(Attempts.account, Attempts.origin)
        .where(Attempts.last_at < database.now() - attempts.FORGOTTEN_AFTER - timedelta(hours=1))
        .limit(TIDIED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for account, origin in (await session.execute(old)).all():
        await session.execute(
            delete(Attempts).where(Attempts.account == account, Attempts.origin == origin)
        )


def _account(email: str) -> bytes:
    """Not the address itself: people also type their password there."""
    folded = email.strip().casefold()
    return hashlib.sha256(folded.encode(errors="surrogatepass")).digest()
