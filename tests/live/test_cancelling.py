"""Who asks Redis without end can be told to stop at any moment."""

from __future__ import annotations

import asyncio

import pytest

from catering import changes

STEPS = 40
"""Of the event loop; a command and its answer take far fewer."""


@pytest.mark.parametrize("steps", range(STEPS))
async def test_no_cancellation_is_lost_whenever_it_comes(redis_url: str, steps: int) -> None:
    async with changes.redis(redis_url) as redis:

        async def ask_for_ever() -> None:
            while True:
                await redis.ping()

        asking = asyncio.create_task(ask_for_ever())
        for _ in range(steps):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking], timeout=1)
        heeded = asking.done()
        asking.cancel()  # so that the test ends, whatever it has found

        assert heeded
        assert await redis.ping()  # nobody else gets the answer that nobody waited for
