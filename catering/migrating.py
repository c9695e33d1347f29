"""Migrations: Alembic without an alembic.ini, one migrator at a time, never a queue of readers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from asyncpg.exceptions import LockNotAvailableError
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from catering.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 0x_CA7E_4196
"""The advisory lock of migrators; any number that nothing else in this database uses."""
LOCK_TIMEOUT = "300ms"
"""A change of a table waits behind its longest reader, and everybody else behind the change."""
ATTEMPTS = 20

T = TypeVar("T")


def migrate(settings: Settings, revision: str = "head") -> None:
    """Bring the database to `revision`. Several may ask at once: one works, the others wait."""
    asyncio.run(upgraded(settings.database_url, revision))


async def upgraded(url: str, revision: str = "head") -> None:
    """The same, from inside an event loop."""
    await _patiently(url, lambda connection: command.upgrade(_config(connection), revision))


async def downgraded(url: str, revision: str) -> None:
    """Take migrations back, down to `revision`; "base" takes back all."""
    await _patiently(url, lambda connection: command.downgrade(_config(connection), revision))


def draft(settings: Settings, name: str) -> None:
    """Write the migration that leads from the database to the models."""

    def write(connection: Connection) -> None:
        command.upgrade(_config(connection), "head")
        command.revision(
            _config(connection), name.replace("_", " "), autogenerate=True, rev_id=_next()
        )

    asyncio.run(_on_connection(settings.database_url, write))


def head() -> str | None:
    """The newest revision in the code."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


async def current(url: str) -> str | None:
    """The revision of the database; None when it has never been migrated."""
    return await _on_connection(url, _revision, lock=False)


async def _patiently(url: str, do: Callable[[Connection], None]) -> None:
    for _ in range(ATTEMPTS - 1):
        try:
            return await _on_connection(url, do)
        except DBAPIError as error:
            if not _had_to_wait(error):
                raise
            await asyncio.sleep(0.2)
    return await _on_connection(url, do)


def _next() -> str:
    """Revisions are numbered: their order is read off the folder, and two at once do conflict."""
    return f"{int(head() or 0) + 1:04}"


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _on_connection(url: str, do: Callable[[Connection], T], *, lock: bool = True) -> T:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=NullPool,
        connect_args={"timeout": 5},
    )
    try:
        async with engine.connect() as connection:
            if lock:
                await connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
                await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
                await connection.commit()
            return await connection.run_sync(do)
    finally:
        await engine.dispose()


def _had_to_wait(error: DBAPIError) -> bool:
    return isinstance(getattr(error.orig, "__cause__", None), LockNotAvailableError)


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    for name, value in _TIDY.items():
        config.set_section_option("post_write_hooks", name, value)
    return config


_TIDY = {
    "hooks": "format",
    "format.type": "exec",
    "format.executable": "ruff",
    "format.options": "format --quiet REVISION_SCRIPT_FILENAME",
}
