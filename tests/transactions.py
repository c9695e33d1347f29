"""Transactions that are taken back when the test ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)


def of_one(url: str) -> AsyncEngine:
    """One connection for many tests: statements that it knows need no second look."""
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=1,
        max_overflow=0,
        connect_args={"prepared_statement_cache_size": 1000},  # Each savepoint is one, too.
    )


class OneConnection:
    """Real commits as far as the code can tell; one at a time, on the one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.begun = 0
        """How many there were in this test."""
        self._connection = connection
        self._alone = asyncio.Lock()

    def __call__(self, *, apart: bool = False) -> AbstractAsyncContextManager[AsyncSession]:  # noqa: ARG002
        self.begun += 1
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with (
            self._alone,
            AsyncSession(
                self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session,
            session.begin(),
        ):
            yield session
