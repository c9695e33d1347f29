"""Saying it twice does it once: idempotency keys, kept for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.people import Actor
from catering.domain.refusals import IdempotencyConflict, Refusal, Refused
from catering.models import IdempotencyKey

KEPT = timedelta(hours=24)


class Identified(Protocol):
    """What a use case gives back."""

    @property
    def id(self) -> UUID: ...


async def once(
    session: AsyncSession,
    key: str,
    operation: str,
    request: object,
    do: Callable[[], Awaitable[Identified | Refusal]],
    *,
    by: Actor,
) -> UUID | Refusal:
    """What `do` gave, now or when this key first came with this very request.

    A second call waits for the first one's transaction. Raises `Refused(IdempotencyConflict)`
    when the key came with another request. A refusal is not kept: it may be asked again.
    """
    fingerprint = hashlib.sha256(f"{operation}:{request!r}".encode()).digest()
    kept = await _claim(session, key, operation, fingerprint, by)
    if kept is not None:
        return kept
    result = await do()
    if isinstance(result, Refusal):
        await session.execute(delete(IdempotencyKey).where(*_named(key, by)))
        return result
    row = await session.get_one(IdempotencyKey, (by.id, key))
    row.result_id = result.id
    return result.id


async def _claim(
    session: AsyncSession, key: str, operation: str, fingerprint: bytes, by: Actor
) -> UUID | None:
    expired = IdempotencyKey.created_at < now() - KEPT
    await session.execute(delete(IdempotencyKey).where(*_named(key, by), expired))
    claim = insert(IdempotencyKey).values(
        actor_id=by.id, key=key, operation=operation, fingerprint=fingerprint
    )
    new = await session.scalar(claim.on_conflict_do_nothing().returning(IdempotencyKey.key))
    if new is not None:
        return None
    row = (await session.scalars(select(IdempotencyKey).where(*_named(key, by)))).one()
    if row.fingerprint != fingerprint:
        raise Refused(
            IdempotencyConflict(
                "This key was used for another request. Use a new key for a new request.",
                ("idempotencyKey",),
                retry_after=row.created_at + KEPT,
            )
        )
    return row.result_id


def _named(key: str, by: Actor) -> tuple[object, object]:
    return IdempotencyKey.actor_id == by.id, IdempotencyKey.key == key
