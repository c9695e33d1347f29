"""`catering create-admin`: the first admin comes from the command line, and through no API."""

from __future__ import annotations

import asyncio

import click

from catering import database
from catering.domain import accounts
from catering.domain.accounts import Newcomer
from catering.domain.refusals import Refused
from catering.services import passwords, registering
from catering.settings import Settings


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
    engine = database.engine(settings.database_url, size=1)
    try:
        async with database.transactions(engine)() as session:
            await registering.create_admin(session, admin.email, admin.display_name, password_hash)
    finally:
        await engine.dispose()
