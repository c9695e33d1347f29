from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from catering import database
from catering.providers import calling
from catering.workers.runtime import Runtime
from tests.services.acting import Day
from tests.workers.conftest import engine as engine
from tests.world import World


@pytest.fixture
async def day(world: World) -> AsyncIterator[Day]:
    async with calling.client() as http:
        yield Day(world, Runtime(world.transaction, http))


@pytest.fixture
async def committed(engine: AsyncEngine) -> AsyncIterator[World]:
    """The world in transactions that are committed, for races; who waits, waits in patience."""
    patient = create_async_engine(engine.url, pool_size=20, pool_timeout=60)
    yield await World.made(database.transactions(patient))
    await patient.dispose()
