"""Real servers for every test: those that are configured, or else embedded ones."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from catering import changes, database
from catering.changes import Lookout
from catering.changes.whereabouts import KEYS
from catering.database import Transaction
from catering.settings import Settings

from .databases import MIGRATED, Databases, migrated
from .servers import started
from .transactions import OneConnection, of_one
from .world import World


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


# The servers are on this machine. What asking for encryption leaves behind, where a connection is
# given up while it is made, would be counted against whichever test runs then.
os.environ["PGSSLMODE"] = "disable"


def pytest_configure(config: pytest.Config) -> None:
    """What several processes of one run can share is started once, by the one that starts them."""
    if not getattr(config.option, "numprocesses", None) or hasattr(config, "workerinput"):
        return
    shared = ExitStack()
    config.add_cleanup(shared.close)
    postgres, redis = shared.enter_context(started())
    os.environ |= {"CATERING_DATABASE_URL": postgres, "CATERING_REDIS_URL": redis}
    os.environ[MIGRATED] = shared.enter_context(migrated(postgres))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first: begun last, it would be waited for by all processes."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through all of it for garbage took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """Where PostgreSQL and Redis are."""
    with started() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def databases(servers: tuple[str, str]) -> Iterator[Databases]:
    with migrated(servers[0]) as name:
        yield Databases(servers[0], name)


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> Iterator[str]:
    """A database of our own, in which what is committed stays."""
    with databases.new("test") as url:
        yield url


@pytest.fixture(scope="session")
def settled(databases: Databases) -> Iterator[tuple[str, World]]:
    """A database in which the world is there for good, for tests that take back what they do."""
    with databases.new("world") as url:
        yield url, asyncio.run(_settle(url))


@pytest.fixture(scope="session")
def redis_url(servers: tuple[str, str]) -> str:
    """A numbered database of Redis that nothing else uses: one for each process of the run."""
    number = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 14
    return make_url(servers[1]).set(database=str(number)).render_as_string(hide_password=False)


@pytest.fixture
async def lookout(redis_url: str) -> AsyncIterator[Lookout]:
    """Who knows where drivers are, and so far of nobody."""
    async with changes.redis(redis_url) as redis:
        await redis.delete(*KEYS)
    lookout = Lookout(redis_url)
    yield lookout
    await lookout.close()


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(database_url=database_url, redis_url=redis_url)


@pytest.fixture(scope="session")
async def engine_of_one(settled: tuple[str, World]) -> AsyncIterator[AsyncEngine]:
    """Every test has the same connection."""
    engine = of_one(settled[0])
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine_of_one: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One connection whose work is undone when the test ends."""
    async with engine_of_one.connect() as connection, connection.begin() as outer:
        yield connection
        await outer.rollback()


@pytest.fixture
def transaction(connection: AsyncConnection) -> Transaction:
    return OneConnection(connection)


@pytest.fixture
def world(settled: tuple[str, World], transaction: Transaction) -> World:
    """Two kitchens, a customer, a driver, a manager."""
    return replace(settled[1], transaction=transaction, accounts={})


async def _settle(url: str) -> World:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool
    )
    return await World.made(database.transactions(engine))
