"""Databases of a test run: each a copy of one that was migrated once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg
from sqlalchemy import Executable, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import database, migrating
from catering.models import Base

MIGRATED = "CATERING_TEST_MIGRATED"
"""Where the run that started us has left a migrated database to copy."""


@dataclass(frozen=True, slots=True)
class Databases:
    """All that tests want of a server: more databases."""

    server: str
    migrated: str

    @contextmanager
    def new(self, what_for: str) -> Iterator[str]:
        """The address of a database with every table and no rows, for the time of a `with`."""
        name = f"catering_{what_for}_{os.getpid()}"
        asyncio.run(_create(self.server, name, f'TEMPLATE "{self.migrated}"'))
        try:
            yield _of(self.server, name)
        finally:
            asyncio.run(_drop(self.server, name))


@contextmanager
def migrated(server: str) -> Iterator[str]:
    """The name of a database that nobody is connected to and that has every table."""
    if name := os.environ.get(MIGRATED):
        yield name
        return
    name = f"catering_migrated_{os.getpid()}"
    asyncio.run(_create(server, name))
    try:
        asyncio.run(migrating.upgraded(_of(server, name)))
        yield name
    finally:
        asyncio.run(_drop(server, name))


@asynccontextmanager
async def empty(server: str, what_for: str) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    name = f"catering_{what_for}_{os.getpid()}"
    await _create(server, name)
    try:
        yield _of(server, name)
    finally:
        await _drop(server, name)


async def emptied(engine: AsyncEngine) -> None:
    """Take out every row."""
    tables = ", ".join(f'"{t.name}"' for t in Base.metadata.sorted_tables if t.name != "announced")
    await insisted(engine, text(f"TRUNCATE {tables} CASCADE"))


async def insisted(engine: AsyncEngine, statement: Executable) -> None:
    """Have it done, although processes that look at some rows just now may be in the way."""
    while True:
        try:
            async with engine.begin() as connection:
                await connection.execute(statement)
            return
        except DBAPIError as error:
            if not database.is_passing(error):
                raise


async def _create(server: str, name: str, like: str = "") -> None:
    await _run(server, _DROP.format(name), f'CREATE DATABASE "{name}" {like}')


async def _drop(server: str, name: str) -> None:
    await _run(server, _DROP.format(name))


_DROP = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'


async def _run(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _of(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
