"""Transactions that are taken back when the test ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession


class OneConnection:
    """Real commits as far as the code can tell; one at a time, on the one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.begun = 0
        """How many there were in this test."""
        self._connection = connection
        self._alone = asyncio.Lock()

    def __call__(self) -> AbstractAsyncContextManager[AsyncSession]:
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
