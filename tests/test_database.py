"""A connection that has died is never handed out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database

from .live.conftest import until
from .live.proxy import Proxy, through

ALIVE = select(1)


async def driver(session: AsyncSession) -> Any:
    return (await (await session.connection()).get_raw_connection()).driver_connection


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
