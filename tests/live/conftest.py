"""Real PostgreSQL, real Redis, and patience that ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from catering import changes
from catering.changes import Hub

REDIS = os.environ.get("CATERING_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def redis_url() -> str:
    return REDIS


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    async with changes.redis(REDIS) as client:
        yield client


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with Hub(REDIS) as hub:
        await until(lambda: hub.connected)
        yield hub


async def until(holds: Callable[[], bool], within: float = 10) -> None:
    """Wait for a condition, not for luck."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
