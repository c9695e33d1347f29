"""A town that was seeded the way people seed it: committed, in a database of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from catering import migrating
from catering.demo.seeding import seed
from catering.settings import Settings


@pytest.fixture(scope="module")
def empty(servers: tuple[str, str]) -> Iterator[Settings]:
    """The settings of a database in which there is nothing but tables."""
    server, redis = servers
    name = f"catering_demo_test_{os.getpid()}"
    asyncio.run(_execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    asyncio.run(migrating.upgraded(url))
    yield Settings(database_url=url, redis_url=redis)
    asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def town(empty: Settings) -> Settings:
    """The settings of a seeded database."""
    seed(replace(empty, simulator_url="http://127.0.0.1:8199"))
    return empty


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
