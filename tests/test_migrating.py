from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from catering import migrating
from tests import databases


@pytest.fixture
async def empty(servers: tuple[str, str]) -> AsyncIterator[str]:
    """The address of a database with nothing in it."""
    async with databases.empty(servers[0], "migrations") as url:
        yield url


async def test_several_migrators_at_once_do_the_work_once(empty: str) -> None:
    await asyncio.gather(*(migrating.upgraded(empty) for _ in range(3)))
    assert await migrating.current(empty) == migrating.head()


async def test_every_migration_can_be_taken_back(empty: str) -> None:
    await migrating.upgraded(empty)
    await migrating.downgraded(empty, "base")
    assert await migrating.current(empty) is None
    await migrating.upgraded(empty)
    assert await migrating.current(empty) == migrating.head()


async def test_a_migration_gives_way_to_a_long_reader_and_tries_again(empty: str) -> None:
    await migrating.upgraded(empty)
    reader = await asyncpg.connect(empty)
    reading = reader.transaction()
    await reading.start()
    await reader.fetch("SELECT 1 FROM events LIMIT 1")

    migrator = asyncio.create_task(migrating.downgraded(empty, "base"))
    await _until_somebody_waits(reader, True)
    await _until_somebody_waits(reader, False)
    await _until_somebody_waits(reader, True)
    await reading.rollback()
    await migrator

    assert await migrating.current(empty) is None
    await reader.close()


async def _until_somebody_waits(reader: asyncpg.Connection, expected: bool) -> None:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation')"
    async with asyncio.timeout(15):
        while await reader.fetchval(waiting) is not expected:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)
