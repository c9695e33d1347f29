"""Secrets of the installation, kept in the database so that every replica has the same."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.models import Secret

_LENGTH = 32


async def secret(session: AsyncSession, name: str) -> bytes:
    """The secret of this name; it never changes. The first one who asks makes it."""
    kept = select(Secret.value).where(Secret.name == name)
    value = await session.scalar(kept)
    if value is None:
        # Of two who are first at the same time the slower one reads what the other has made.
        made = insert(Secret).values(name=name, value=secrets.token_bytes(_LENGTH))
        await session.execute(made.on_conflict_do_nothing())
        value = (await session.scalars(kept)).one()
    return value
