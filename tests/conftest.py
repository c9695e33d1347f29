"""Real servers for every test: those that are configured, or else embedded ones."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from catering import embedded, migrating
from catering.database import Transaction
from catering.settings import Settings

from .folders import open_folder
from .world import World


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[str, str]]:
    """Where PostgreSQL and Redis are."""
    postgres, redis = (os.environ.get(f"CATERING_{name}_URL") for name in ("DATABASE", "REDIS"))
    with (
        open_folder() as data,
        embedded.start(data, postgres=not postgres, redis=not redis) as started,
    ):
        yield str(postgres or started.database_url), str(redis or started.redis_url)


@pytest.fixture(scope="session")
def database_url(servers: tuple[str, str]) -> Iterator[str]:
    """A database of our own, brought up by the migrations."""
    with scratch(servers[0], f"catering_test_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(servers: tuple[str, str]) -> str:
    """A numbered database of Redis that nothing else uses: one for each process of the run."""
    number = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 14
    return make_url(servers[1]).set(database=str(number)).render_as_string(hide_password=False)


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(database_url=database_url, redis_url=redis_url)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """One connection whose work is undone when the test ends."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection, connection.begin() as outer:
        yield connection
        await outer.rollback()
    await engine.dispose()


@pytest.fixture
def transaction(connection: AsyncConnection) -> Transaction:
    """Real commits as far as the code can tell; one at a time, on the one connection."""
    alone = asyncio.Lock()

    @asynccontextmanager
    async def transaction() -> AsyncIterator[AsyncSession]:
        async with (
            alone,
            AsyncSession(
                connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session,
            session.begin(),
        ):
            yield session

    return transaction


@pytest.fixture
async def world(transaction: Transaction) -> World:
    """Two kitchens, a customer, a driver, a manager."""
    return await World.made(transaction)


class scratch:  # noqa: N801 - reads as a verb
    """A database that is there for the time of a `with`."""

    def __init__(self, server: str, name: str) -> None:
        self._server, self._name = server, name

    def __enter__(self) -> str:
        asyncio.run(self._run(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)'))
        asyncio.run(self._run(f'CREATE DATABASE "{self._name}"'))
        url = make_url(self._server).set(database=self._name)
        shown = url.render_as_string(hide_password=False)
        asyncio.run(migrating.upgraded(shown))
        return shown

    def __exit__(self, *_: object) -> None:
        asyncio.run(self._run(f'DROP DATABASE "{self._name}" WITH (FORCE)'))

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
