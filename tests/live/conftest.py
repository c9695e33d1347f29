"""Real PostgreSQL, real Redis, and patience that ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import changes, database, migrating
from catering.changes import Hub
from catering.database import Transaction
from catering.settings import Settings

from .people import Town
from .serving import Api, serving

POSTGRES = os.environ.get("CATERING_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")

REDIS = os.environ.get("CATERING_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture
def redis_url() -> str:
    return REDIS


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    async with changes.redis(REDIS) as client:
        yield client


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub(REDIS) as hub:
        await until(lambda: hub.connected)
        yield hub


@pytest.fixture(scope="session")
def database_url() -> str:
    """A scratch database of this test run, with every table in it."""
    name = f"catering_live_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    asyncio.run(_create(name))
    return _url(name)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url, REDIS, access_token_life=timedelta(minutes=15), development=True)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = database.engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def transaction(engine: AsyncEngine) -> Transaction:
    return database.transactions(engine)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def api(database_url: str) -> AsyncIterator[Api]:
    """One API process for all tests that only talk to it."""
    async with serving(Settings(database_url, REDIS)) as api:
        yield api


@pytest.fixture
def town(transaction: Transaction, settings: Settings, redis: Redis) -> Town:
    return Town(transaction, settings, redis)


async def _create(name: str) -> None:
    server = await asyncpg.connect(POSTGRES)
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {name}")
    await server.close()
    await migrating.upgraded(_url(name))


def _url(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


async def until(holds: Callable[[], bool], within: float = 10) -> None:
    """Wait for a condition, not for luck."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
