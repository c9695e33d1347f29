"""Connections to outside systems, as they are configured."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.models import ProviderAccount
from catering.providers.accounts import Account, Port


async def account(session: AsyncSession, id: UUID) -> Account:
    """One account, as its adapter wants it."""
    return _configured(await session.get_one(ProviderAccount, id))


async def by_webhook_key(session: AsyncSession, key: str) -> Account | None:
    """The account whose provider knows this address of ours."""
    row = await session.scalar(
        select(ProviderAccount).where(ProviderAccount.webhook_key == key, ProviderAccount.enabled)
    )
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


def _configured(row: ProviderAccount) -> Account:
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
