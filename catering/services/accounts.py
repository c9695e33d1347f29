"""Connections to outside systems, as they are configured."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain.breakers import Standing, pause
from catering.models import ProviderAccount
from catering.models.base import bare
from catering.providers.accounts import Account, Port

# Asked before every call, and at every webhook: built once, on the bare table, and read as a row,
# which nobody changes.
_ACCOUNTS: Final = bare(ProviderAccount)
_A: Final = _ACCOUNTS.c
APPROACHED: Final = (*_A, now().label("at"))
"""What of an account has to be read in order to `meet` it."""

_APPROACHED: Final = select(*APPROACHED).where(_A.id == bindparam("account"))
_CALLED_AT: Final = select(*_A).where(_A.webhook_key == bindparam("key"), _A.enabled)


async def account(session: AsyncSession, id: UUID) -> Account:
    """One account, as its adapter wants it."""
    return _configured(await session.get_one(ProviderAccount, id))


async def approach(session: AsyncSession, id: UUID) -> tuple[Account, Standing]:
    """One account, and how we stand with it, as `meet` says."""
    return await meet(session, (await session.execute(_APPROACHED, {"account": id})).one())


async def meet(session: AsyncSession, row: Row[*tuple[Any, ...]]) -> tuple[Account, Standing]:
    """The account of a row that has `APPROACHED`, and how we stand with it.

    Where it is left in peace and the time has come to look, the first who asks is the one to look,
    in whatever process: asking has moved the time of the next look.
    """
    account, at = _configured(row), row.at
    if row.breaker_opened_at is None:
        return account, Standing(at)
    reason = _reason(row.title, row.breaker_opened_at)
    wait = (row.breaker_probe_at or at) - at
    if wait <= timedelta(0):
        looking = update(ProviderAccount).where(
            ProviderAccount.id == row.id, ProviderAccount.breaker_probes == row.breaker_probes
        )
        taken = looking.values(
            breaker_probe_at=at + pause(row.breaker_probes),
            breaker_probes=ProviderAccount.breaker_probes + 1,
        )
        if await session.scalar(taken.returning(ProviderAccount.id)) is not None:
            return account, Standing(at, probing=True, reason=reason)
    return account, Standing(at, away=max(wait, timedelta(seconds=1)), reason=reason)


async def leave_in_peace(session: AsyncSession, id: UUID, why: str, wish: timedelta | None) -> bool:
    """Nobody calls this account for a while, as long as it wishes, or as is usual. Whether that is
    new: somebody may have found out before."""
    opened = (
        update(ProviderAccount)
        .where(ProviderAccount.id == id, ProviderAccount.breaker_opened_at.is_(None))
        .values(
            breaker_opened_at=now(),
            breaker_probe_at=now() + (pause(0) if wish is None else wish),
            breaker_probes=0,
            breaker_reason=why,
        )
    )
    return await session.scalar(opened.returning(ProviderAccount.id)) is not None


async def call_again(session: AsyncSession, id: UUID) -> None:
    """The account has answered: everybody may call it."""
    await session.execute(
        update(ProviderAccount)
        .where(ProviderAccount.id == id)
        .values(
            breaker_opened_at=None, breaker_probe_at=None, breaker_probes=0, breaker_reason=None
        )
    )


async def left_in_peace(session: AsyncSession) -> list[str]:
    """Who does not answer, since when and how, in words for staff."""
    opened = ProviderAccount.breaker_opened_at
    query = select(ProviderAccount).where(opened.is_not(None)).order_by(opened)
    return [
        f"{_reason(row.title, row.breaker_opened_at)} ({row.breaker_reason})"
        for row in await session.scalars(query)
        if row.breaker_opened_at is not None
    ]


async def by_webhook_key(session: AsyncSession, key: str) -> Account | None:
    """The account whose provider knows this address of ours."""
    row = (await session.execute(_CALLED_AT, {"key": key})).one_or_none()
    return _configured(row) if row else None


async def for_payment(session: AsyncSession, currency: str) -> UUID | None:
    """The payment company that takes cards in this currency; the first by name."""
    query = select(ProviderAccount.id).where(
        ProviderAccount.port == "payment",
        ProviderAccount.currency == currency,
        ProviderAccount.enabled,
    )
    id: UUID | None = await session.scalar(query.order_by(ProviderAccount.name).limit(1))
    return id


def _reason(title: str, since: datetime) -> str:
    return f"{title} does not answer since {since:%H:%M} UTC."


def _configured(row: Any) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        title=row.title,
        port=cast(Port, row.port),
        provider=row.provider,
        base_url=row.base_url,
        credentials=row.credentials,
        webhook_secrets=tuple(row.webhook_secrets),
        time_zone=row.time_zone,
        currency=row.currency,
    )
