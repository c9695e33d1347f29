"""Real PostgreSQL, real Redis, and patience that ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import changes, database
from catering.changes import Hub
from catering.database import Transaction
from catering.domain.people import Role
from catering.settings import Settings
from tests.databases import Databases

from .people import Person, Town
from .serving import Api, serving


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with changes.redis(redis_url) as client:
        yield client


@pytest.fixture
async def hub(redis_url: str) -> AsyncIterator[Hub]:
    async with Hub(redis_url) as hub:
        await until(lambda: hub.connected)
        yield hub


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> Iterator[str]:
    """A scratch database of this test run, with every table in it; what is in it stays in it."""
    with databases.new("live") as url:
        yield url


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(
        database_url, redis_url, access_token_life=timedelta(minutes=15), development=True
    )


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
async def api(database_url: str, redis_url: str) -> AsyncIterator[Api]:
    """One API process for all tests that only talk to it."""
    many = {"CATERING_SOCKETS_PER_USER": "300"}
    async with serving(Settings(database_url, redis_url), **many) as api:
        yield api


@pytest.fixture
def town(transaction: Transaction, settings: Settings, redis: Redis) -> Town:
    return Town(transaction, settings, redis)


async def until(holds: Callable[[], bool], within: float = 10) -> None:
    """Wait for a condition, not for luck."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


@pytest.fixture
async def anna(town: Town) -> Person:
    return await town.person(Role.CUSTOMER)


@pytest.fixture
async def cook(town: Town) -> Person:
    return await town.person(Role.RESTAURANT)


@pytest.fixture
async def bakery(town: Town, cook: Person) -> UUID:
    return await town.restaurant(cook)


@pytest.fixture
async def order(town: Town, anna: Person, bakery: UUID) -> UUID:
    return (await town.order(anna, bakery))[0]
