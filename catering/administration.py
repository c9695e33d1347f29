"""What is done on the command line, and through no API: the first admin, the signing keys, and what
was given up."""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain import accounts
from catering.domain.accounts import Newcomer
from catering.domain.refusals import Refused
from catering.models import SigningKey, Task
from catering.services import keys, passwords, registering
from catering.settings import Settings
from catering.workers import dead_letters

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

    _or_say_why(settings, retire)


def list_dead_letters(settings: Settings) -> list[str]:
    """One line for each, the latest first."""

    async def read(session: AsyncSession) -> list[str]:
        return [
            f"{row.id}  {row.finished_at:%Y-%m-%d %H:%M:%S}  {row.kind} of {row.subject_id}, "
            f"tried {row.attempts} times: {row.errors[-1] if row.errors else 'no error kept'}"
            for row in await dead_letters.dead(session)
        ]

    return asyncio.run(_in_one_transaction(settings, read))


def show_dead_letter(settings: Settings, id: UUID) -> list[str]:
    """All that is known of one. Raises `ClickException` where there is none."""

    async def read(session: AsyncSession) -> list[str]:
        return _told(*await dead_letters.letter(session, id))

    return _or_say_why(settings, read)


def retry_dead_letters(settings: Settings, ids: Sequence[UUID]) -> int:
    """Have these tried again, or all; how many there were."""

    async def retry(session: AsyncSession) -> int:
        return await dead_letters.revive(session, ids, login=_login())

    return asyncio.run(_in_one_transaction(settings, retry))


def drop_dead_letters(settings: Settings, ids: Sequence[UUID], why: str) -> int:
    """Have these never done; how many. Raises `ClickException`, and drops none, if one is none."""

    async def drop(session: AsyncSession) -> int:
        return await dead_letters.drop(session, ids, why, login=_login())

    return _or_say_why(settings, drop)


def _told(task: Task, order: str | None) -> list[str]:
    facts = {
        "id": task.id,
        "kind": task.kind,
        "subject": task.subject_id,
        "order": order or "-",
        "created": f"{task.created_at:%Y-%m-%d %H:%M:%S}",
        "was due": f"{task.due:%Y-%m-%d %H:%M:%S}",
        "given up": f"{task.finished_at:%Y-%m-%d %H:%M:%S}",
        "tried": f"{task.attempts} times, {task.token} in all",
        "waited for": task.held_up_by or "-",
    }
    return [
        *(f"{name + ':':<12}{value}" for name, value in facts.items()),
        "the last errors, the latest last:",
        *(f"  {error}" for error in task.errors),
    ]


def _login() -> str:
    """Who sits at the shell, for the audit; a container may have no name for him."""
    name = "nobody"
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    return f"{name}@{socket.gethostname()}"


def _or_say_why(settings: Settings, do: Callable[[AsyncSession], Awaitable[Done]]) -> Done:
    try:
        return asyncio.run(_in_one_transaction(settings, do))
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
