"""The outside of the rush: the simulator, moved by hand, and heard by the real webhook routes.

Both talk HTTP to each other without a socket in between: every request and every answer is made
and read as ever, and nothing depends on what else the machine is doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

import httpx
from starlette.applications import Starlette

from catering import webhooks
from catering.database import Transaction
from catering.providers import calling
from catering.settings import Settings
from catering.simulator.configuration import Configuration
from catering.simulator.ledger import Effect
from catering.simulator.serving import around
from catering.simulator.world import World
from catering.transport.counting import Here

SIMULATOR: Final = "http://simulator.test"
PLATFORM: Final = "http://catering.test"
HOOK: Final = {"poster": "rush-poster-hook", "kasa": "rush-kasa-hook"}
"""By provider: the unguessable part of our address. The courier companies have none: where their
couriers are, they would tell a hundred times an order."""


class Outside:
    """Kitchens, courier companies and a bank."""

    def __init__(self, world: World, begins: datetime, http: httpx.AsyncClient) -> None:
        self.world, self.http, self._begins = world, http, begins
        self._effects = dict[str, Effect]()
        self._known = 0

    @property
    def next(self) -> datetime | None:
        """When something happens there next."""
        at = self.world.clock.next
        return None if at is None else self._begins + timedelta(microseconds=ceil(at * 1e6) + 1)

    async def live_until(self, moment: datetime) -> None:
        """Let happen what happens there until then."""
        clock = self.world.clock
        await clock.advance(max((moment - self._begins).total_seconds() - clock.elapsed, 0.0))

    @property
    def has_written(self) -> bool:
        """Whether there are webhooks to be brought."""
        return self.world.post.kept > 0

    async def deliver(self) -> None:
        """Bring the webhooks that were written since.

        They are kept until then: one that comes while somebody is at work would come at another
        step of his each time.
        """
        self.world.post.release()
        self.world.post.holding = True
        await self.world.clock.settle()

    async def payment(self, id: str) -> dict[str, Any]:
        """What the payment company says of one payment."""
        key = {"authorization": f"Bearer {self.world.configuration.kasa_key}"}
        answer = await self.http.get(f"{SIMULATOR}/kasa/v1/payments/{id}", headers=key)
        shown: dict[str, Any] = answer.raise_for_status().json()
        return shown

    def effect(self, reference: str) -> Effect | None:
        """What is there under a reference of ours: the latest."""
        for effect in self.world.ledger.effects[self._known :]:
            self._effects[effect.reference or ""] = effect
        self._known = len(self.world.ledger.effects)
        return self._effects.get(reference)


@asynccontextmanager
async def outside(
    seed: int, begins: datetime, spots: int, transaction: Transaction, settings: Settings
) -> AsyncIterator[Outside]:
    """Everybody outside, with so many spots at each kitchen system."""
    world = World(
        Configuration(
            speed=0,
            seed=seed,
            begins=begins,
            open_kitchen_spots=tuple(f"spot-{number}" for number in range(1, spots + 1)),
            poster_spots=tuple(range(1, spots + 1)),
            poster_webhook_url=f"{PLATFORM}/webhooks/{HOOK['poster']}",
            kasa_webhook_url=f"{PLATFORM}/webhooks/{HOOK['kasa']}",
        )
    )
    world.post.holding = True
    there = httpx.ASGITransport(around(world))
    async with httpx.AsyncClient(transport=there, timeout=calling.LIMITS) as http:
        heard = Here(clock=lambda: world.clock.elapsed)
        here = Starlette(routes=webhooks.routes(transaction, http, heard, settings))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(here)) as world.http:
            yield Outside(world, begins, http)
            world.clock.stop()
            await asyncio.sleep(0)
