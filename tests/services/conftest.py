from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

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
async def committed(engine: AsyncEngine) -> World:
    """The world in transactions that are committed, for races."""
    return await World.made(database.transactions(engine))
