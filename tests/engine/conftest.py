"""Real processes, on a database and a Redis of their own that may be emptied and killed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import changes, database, embedded
from catering.database import Transaction
from catering.embedded import Servers
from catering.models import Task, TaskState
from catering.settings import Settings
from tests.databases import Databases, emptied, insisted
from tests.folders import open_folder
from tests.live.serving import Api, serving
from tests.parts import Part
from tests.workers.conftest import simulator as simulator
from tests.workers.conftest import stage as stage
from tests.workers.conftest import world as world

from .desk import Desk
from .processes import Run, running


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> Iterator[str]:
    """A database in which everything is committed."""
    with databases.new("engine") as url:
        yield url


@pytest.fixture(scope="session")
def valkey() -> Iterator[Servers]:
    """A Redis that a test may empty or kill."""
    with open_folder() as data, embedded.start(data, postgres=False, redis=True) as started:
        yield started


@pytest.fixture(scope="session")
def redis_url(valkey: Servers) -> str:
    return str(valkey.redis_url)


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(database_url=database_url, redis_url=redis_url)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Connections; when the test ends, nobody has anything left to do."""
    engine = database.engine(database_url, size=10)
    yield engine
    # Open tasks first: then no process holds what the next statement wants.
    await insisted(engine, update(Task).values(state=TaskState.CANCELLED))
    await emptied(engine)
    await engine.dispose()


@pytest.fixture
def transaction(engine: AsyncEngine) -> Transaction:
    return database.transactions(engine)


@pytest.fixture
def desk(transaction: Transaction) -> Desk:
    return Desk(transaction)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with changes.redis(redis_url) as client:
        yield client


@pytest.fixture
def run(settings: Settings) -> Iterator[Run]:
    """Start processes that end with the test."""
    with running(settings) as run:
        yield run


@pytest.fixture(scope="module")
def relay(settings: Settings) -> Iterator[Part]:
    """A relay for all tests of a module."""
    with running(settings) as run:
        yield run("relay")


@pytest.fixture(scope="module")
def worker(settings: Settings, relay: Part) -> Iterator[Part]:  # noqa: ARG001 - it rings for it
    """A worker for all tests of a module."""
    with running(settings) as run:
        yield run("worker")


@pytest.fixture(scope="session")
async def api(settings: Settings) -> AsyncIterator[Api]:
    """An API process for whoever watches."""
    async with serving(settings) as api:
        yield api


@pytest.fixture(scope="session")
async def second_api(settings: Settings) -> AsyncIterator[Api]:
    """Another one."""
    async with serving(settings) as api:
        yield api
