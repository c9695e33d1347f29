"""Whoever acts may still act: seen in the transaction in which he does, and not only before."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.people import Actor
from catering.domain.refusals import AccountSuspended, Refused
from catering.models import User


async def must_be_welcome(session: AsyncSession, *, by: Actor) -> None:
    """Keep the account as it is until this transaction ends: who closes or erases it, waits.

    To be asked before anything else is locked, as they do. Raises `Refused(AccountSuspended)`.
    """
    kept = select(User.suspended_at).where(User.id == by.id)
    if await session.scalar(kept.with_for_update(read=True, key_share=True)) is not None:
        raise Refused(AccountSuspended("This account was closed just now."))
