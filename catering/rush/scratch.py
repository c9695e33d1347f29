"""A database of our own, on whatever server there is: made, migrated, and gone at the end."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from catering import migrating
from catering.database import Transaction, transactions
from catering.models import Base
from catering.rush.ending import Failed

_STANDING = """
CREATE OR REPLACE FUNCTION catering_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT current_setting('catering.clock')::timestamptz $$
"""
"""Here the clock does not run by itself: not a microsecond depends on how fast the machine is."""


@dataclass(slots=True)
class Scratch:
    """The database, and the one connection that everything goes through."""

    transaction: Transaction
    wire: asyncpg.Connection
    """For what is asked between two transactions, thousands of times: without a transaction."""

    async def move(self, to: datetime) -> None:
        """Let the database's clock show this. It stays until it is moved again."""
        await self.wire.execute(f"SET catering.clock = '{to.isoformat()}'")


@asynccontextmanager
async def scratch(server: str) -> AsyncIterator[Scratch]:
    """A database that nobody else knows. Raises `Failed` where the server lets us make none."""
    name = f"catering_rush_{os.getpid()}"
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        await _make(server, name)  # inside: who leaves while it is made leaves none behind
        await migrating.upgraded(url)
        async with opened(url) as database:
            yield database
    finally:
        await _run(server, _DROP.format(name))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Scratch]:
    """A database that was migrated and that has nothing in it. Its clock will never run again."""
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=1,
        max_overflow=0,
        pool_reset_on_return=None,
        connect_args={
            "server_settings": {"synchronous_commit": "off", "jit": "off"},
            "prepared_statement_cache_size": 1_000,
        },
    )
    wires = list[asyncpg.Connection]()
    event.listen(engine.sync_engine, "connect", _keep(wires))
    try:
        await _stand_still(engine)
        yield Scratch(transactions(engine), wires[0])
    finally:
        await engine.dispose()


def _keep(wires: list[asyncpg.Connection]) -> Any:
    def connected(connection: Any, _: Any) -> None:
        wires.append(connection.driver_connection)

    return connected


async def _stand_still(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(_STANDING))
        # Who cleans up in between may change in which order rows without an order come.
        for table in Base.metadata.sorted_tables:
            await connection.execute(
                text(f'ALTER TABLE "{table.name}" SET (autovacuum_enabled = false)')
            )


async def _make(server: str, name: str) -> None:
    try:
        await _run(server, _DROP.format(name), f'CREATE DATABASE "{name}"')
    except asyncpg.InsufficientPrivilegeError:
        user = make_url(server).username
        raise Failed(
            f"{user} may make no databases on this server, and a rush wants one of its own. "
            f'Allow it with `ALTER ROLE "{user}" CREATEDB`, or use the embedded server.'
        ) from None


_DROP = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'


async def _run(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
