"""What is done on the command line, and through no API: the first admin, and the signing keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import click
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import accounts
from catering.domain.accounts import Newcomer
from catering.domain.refusals import Refused
from catering.models import SigningKey
from catering.services import keys, passwords, registering
from catering.settings import Settings

Done = TypeVar("Done")


def create_admin(settings: Settings, email: str, name: str, password: str) -> None:
    """Open an admin's account. Raises `ClickException` with all that is wrong."""
    try:
        asyncio.run(_create(settings, Newcomer(email.strip(), password, name.strip(), phone="")))
    except Refused as refused:
        raise click.ClickException("\n".join(it.message for it in refused.refusals)) from None


async def _create(settings: Settings, admin: Newcomer) -> None:
    if faults := tuple(accounts.faults(admin)):
        raise Refused(*faults)
    password_hash = await passwords.hashed(admin.password)

    async def create(session: AsyncSession) -> None:
        await registering.create_admin(session, admin.email, admin.display_name, password_hash)

    await _in_one_transaction(settings, create)


def list_keys(settings: Settings) -> list[str]:
    """One line for each key that ever signed access tokens, the newest first."""

    async def read(session: AsyncSession) -> list[str]:
        now = await database.clock(session)
        return [_line(key, now) for key in await keys.every(session)]

    return asyncio.run(_in_one_transaction(settings, read))


def rotate_keys(settings: Settings) -> str:
    """Let a new key sign; its name."""

    async def rotate(session: AsyncSession) -> str:
        return (await keys.rotate(session, settings.access_token_life)).kid

    return asyncio.run(_in_one_transaction(settings, rotate))


def retire_key(settings: Settings, kid: str) -> None:
    """Let a key verify no more. Raises `ClickException` where that cannot be."""

    async def retire(session: AsyncSession) -> None:
        await keys.retire(session, kid)

    try:
        asyncio.run(_in_one_transaction(settings, retire))
    except Refused as refused:
        raise click.ClickException("\n".join(it.message for it in refused.refusals)) from None


def _line(key: SigningKey, now: datetime) -> str:
    if key.retired_at is not None:
        state = f"retired {key.retired_at:%Y-%m-%d %H:%M:%S}"
    elif key.verifies_until is None:
        state = "signs"
    else:
        over = "verified" if key.verifies_until <= now else "verifies"
        state = f"{over} until {key.verifies_until:%Y-%m-%d %H:%M:%S}"
    return f"{key.kid}  {key.created_at:%Y-%m-%d %H:%M:%S}  {state}"


async def _in_one_transaction(
    settings: Settings, do: Callable[[AsyncSession], Awaitable[Done]]
) -> Done:
    engine = database.engine(settings.database_url, size=1)
    try:
        async with database.transactions(engine)() as session:
            return await do(session)
    finally:
        await engine.dispose()
