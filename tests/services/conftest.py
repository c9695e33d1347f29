from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from catering import database
from catering.providers import calling
from catering.simulator import Configuration
from catering.workers.runtime import Runtime
from tests.providers.conftest import CREDENTIALS
from tests.providers.simulated import Outside, serving
from tests.services.acting import Day
from tests.services.shopping import Shop
from tests.sites import School
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


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    with serving(Configuration(speed=0)) as url:
        yield url


@pytest.fixture
async def shop(day: Day, simulator: str) -> Shop:
    outside = Outside(simulator, day.runtime.http)
    await outside.tell("reset")
    await day.world.account(
        "kasa", port="payment", provider="kasa", credentials=CREDENTIALS["kasa"],
        base_url=f"{simulator}/kasa",
    )  # fmt: skip
    return Shop(day, outside)


@pytest.fixture
async def school(world: World) -> School:
    return await School.made(world)
