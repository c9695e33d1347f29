"""A connection that has died is never handed out; a statement alone is a transaction."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.models import Secret

from .live.conftest import until
from .live.proxy import Proxy, through

ALIVE = select(1)


async def driver(session: AsyncSession) -> Any:
    return (await (await session.connection()).get_raw_connection()).driver_connection


def value_of(name: str) -> Select[bytes]:
    return select(Secret.value).where(Secret.name == name)


@pytest.mark.parametrize("rested", [1_000.0, -1.0], ids=["used just now", "rested"])
async def test_what_the_other_side_has_closed_costs_nobody_an_error(
    database_url: str, rested: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED", rested)
    async with Proxy(urlsplit(database_url).port or 5432) as proxy:
        engine = database.engine(through(proxy, database_url), size=2)
        transaction = database.transactions(engine)
        async with transaction() as one, transaction() as two:
            held = [await driver(one), await driver(two)]
        async with transaction() as one, transaction() as two:
            assert {await driver(one), await driver(two)} == set(held)
        await proxy.close()
        await until(lambda: all(connection.is_closed() for connection in held))
        await proxy.open()
        async with transaction() as one, transaction() as two:
            assert [await session.scalar(ALIVE) for session in (one, two)] == [1, 1]
        await engine.dispose()


async def test_apart_each_statement_is_seen_by_others_at_once(database_url: str) -> None:
    engine = database.engine(database_url, size=2)
    transaction = database.transactions(engine)
    name = f"apart {uuid4()}"
    async with transaction(apart=True) as writing, transaction(apart=True) as reading:
        await writing.execute(insert(Secret).values(name=name, value=b"1"))
        assert await reading.scalar(value_of(name)) == b"1"
        await writing.execute(delete(Secret).where(Secret.name == name))
        assert await reading.scalar(value_of(name)) is None
    await engine.dispose()


async def test_apart_nobody_forgets_to_write_an_object(database_url: str) -> None:
    engine = database.engine(database_url, size=1)
    transaction = database.transactions(engine)
    name = f"apart {uuid4()}"
    with pytest.raises(AssertionError):
        async with transaction(apart=True) as session:
            session.add(Secret(name=name, value=b"1"))
    async with transaction() as session:
        assert await session.scalar(value_of(name)) is None
    await engine.dispose()
