"""PostgreSQL: one engine a process, and `async with transaction() as session`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, Final, Protocol

import asyncpg.exceptions
from sqlalchemy import ColumnElement, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, PoolProxiedConnection

from catering.watching import counts


class Transaction(Protocol):
    """`async with transaction() as session`: all of it or nothing."""

    def __call__(self, *, apart: bool = False) -> AbstractAsyncContextManager[AsyncSession]:
        """With `apart` each statement is a transaction of its own, spared BEGIN and COMMIT: two of
        its three round trips. That is for one statement, or for looks: a later one saw what others
        had committed meanwhile before, too. It holds no lock, and writes no objects."""
        ...


def engine(url: str, *, size: int = 10) -> AsyncEngine:
    """A pool that notices dead connections: a ping alone hangs on a half-open one.

    And one that PostgreSQL notices to be dead: a frozen process must not keep an order locked.
    """
    made = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=_Pool,
        pool_size=size,
        max_overflow=size,
        pool_timeout=5,
        hide_parameters=True,  # an error is written into the log, and they may be a customer's
        connect_args={
            "command_timeout": 5,
            "timeout": 3,
            # Of how many statements a connection keeps the plan. Ours are few, and some are long.
            "prepared_statement_cache_size": 500,
            "server_settings": {"idle_in_transaction_session_timeout": "6s"},
        },
    )
    _look_before_use(made)
    return made


def transactions(engine: AsyncEngine) -> Transaction:
    """Where every commit of this process happens."""

    loose = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(*, apart: bool = False) -> AsyncIterator[AsyncSession]:
        if apart:
            async with AsyncSession(loose, expire_on_commit=False) as session:
                yield session
                assert not session.new, "nothing would write them"
                assert not session.dirty, "nothing would write them"
            return
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return transaction


def now() -> ColumnElement[datetime]:
    """The database's clock, which a test can move. All due times are on it."""
    return func.catering_now()


async def clock(session: AsyncSession) -> datetime:
    """What the database's clock shows in this transaction."""
    shown: datetime | None = session.info.get(_CLOCK)
    if shown is None:
        shown = session.info[_CLOCK] = (await session.execute(_SHOWN)).scalar_one()
    return shown


_SHOWN: Final = select(now())
_CLOCK: Final = "clock"


def is_passing(error: BaseException) -> bool:
    """Whether trying again may help: PostgreSQL is away, restarting, full, or chose us to yield.

    A refused connection arrives as a bare OSError, not as an error of the driver.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_passing(_cause(error))
    return isinstance(error, (OSError, TimeoutError, *_PASSING))


def _look_before_use(made: AsyncEngine) -> None:
    """Never hand out a connection that has died.

    SQLAlchemy's own `pool_pre_ping` asks PostgreSQL each time, in three round trips: as much as a
    short transaction. One that was used just now needs no question: where the other side went away,
    its socket was closed, and the driver knows.
    """

    @event.listens_for(made.sync_engine, "checkin")
    def put_back(_: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(made.sync_engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        used = record.info.get(_USED)
        if used is None:  # just made
            return
        try:
            alive = not connection.driver_connection.is_closed()
            if alive and time.monotonic() - used > RESTED:
                alive = made.dialect.do_ping(connection)
        except Exception as error:  # whatever it died of
            raise InvalidatePoolError() from error
        if not alive:
            raise InvalidatePoolError()


RESTED: Final = 1.0
"""Seconds without use, after which a connection is asked whether it is alive."""
_USED: Final = "used"


class _Pool(AsyncAdaptedQueuePool):
    """One that says how long it lets people wait."""

    def connect(self) -> PoolProxiedConnection:
        with counts.timed(counts.POOL_WAIT):
            return super().connect()


def _cause(error: DBAPIError) -> BaseException:
    cause: Any = error.orig
    return cause.__cause__ or cause if cause is not None else ValueError()


_PASSING = (
    NoConnectionFree,
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.InsufficientResourcesError,  # connections, memory, room on the disk
    asyncpg.exceptions.DeadlockDetectedError,
    asyncpg.exceptions.SerializationError,
    asyncpg.exceptions.InternalClientError,
    asyncpg.exceptions.InterfaceError,
)
