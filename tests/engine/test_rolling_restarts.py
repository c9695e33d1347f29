"""Everything of ours is replaced, part by part, while orders come in."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from catering.domain.events import EventKind
from catering.models import Product
from catering.settings import Settings
from tests.live.serving import Api, serving
from tests.parts import Part
from tests.workers.conftest import Stage

from .cooking import handed_over
from .desk import Desk
from .guests import Guest, is_unavailable, placed
from .processes import Run

CLEAN = {0, -signal.SIGTERM}


@dataclass
class Installation:
    """Two of each part, of which one may be on its way out."""

    settings: Settings
    run: Run
    apis: list[Api] = field(default_factory=list)
    parts: dict[str, list[Part]] = field(default_factory=lambda: {"relay": [], "worker": []})
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def another_api(self) -> None:
        generous = {"CATERING_RATE_FACTOR": "1000"}
        self.apis.append(await self._open.enter_async_context(serving(self.settings, **generous)))

    async def replace_everything(self) -> None:
        """The new one is there before the old one is asked to go."""
        for _ in range(2):
            await self.another_api()
            part = self.apis[0].part
            assert part is not None
            assert await asyncio.to_thread(part.leave) in CLEAN
            self.apis.pop(0)  # whoever asks it until now is sent away
        for command in ("worker", "relay", "worker"):
            for _ in range(2):
                self.parts[command].append(self.run(command))
                assert await asyncio.to_thread(self.parts[command].pop(0).leave) == 0

    async def close(self) -> list[int | None]:
        """How all of them go in the end."""
        parts = [part for parts in self.parts.values() for part in parts]
        ends = [await asyncio.to_thread(part.leave) for part in parts]
        await self._open.aclose()
        return ends


@pytest.fixture
async def installation(settings: Settings, run: Run) -> AsyncIterator[Installation]:
    it = Installation(settings, run)
    for _ in range(2):
        await it.another_api()
        for command, parts in it.parts.items():
            parts.append(run(command))
    yield it
    await it.close()


async def test_orders_come_in_and_go_out_while_every_part_is_replaced(
    stage: Stage, desk: Desk, installation: Installation, settings: Settings
) -> None:
    guest, ordered = await _hungry(stage, settings), set[UUID]()
    replacing = asyncio.create_task(installation.replace_everything())
    for key in count():
        is_over = replacing.done()
        ordered.add(await _asked_wherever_somebody_is(guest, installation, str(key)))
        if is_over:
            break
    await replacing

    assert await guest.orders() == ordered
    assert len(ordered) == key + 1
    for id in ordered:
        await handed_over(guest.world, id)
        for ticket in (await guest.world.look(id)).tickets:
            assert await stage.outside.live_effects(ticket.reference) == 1
            assert await desk.events(EventKind.TICKET_SUBMITTED, ticket.id) == 1
    assert set(await installation.close()) == {0}


async def _hungry(stage: Stage, settings: Settings) -> Guest:
    """A guest of kitchens outside of ours, whose shelves are full."""
    await stage.connect(stage.world.kitchen, "poster", "1")
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    async with stage.world.transaction() as session:
        juice = Product.id == stage.world.juice
        await session.execute(update(Product).where(juice).values(stock=10_000))
    return await Guest.of(stage.world, settings)


async def _asked_wherever_somebody_is(guest: Guest, installation: Installation, key: str) -> UUID:
    """The order of this key: where nobody answers, the next one is asked."""
    for turn in count():
        api = installation.apis[turn % len(installation.apis)]
        try:
            answer = await guest.ask(api, key)
        except httpx.TransportError:
            await asyncio.sleep(0.05)  # as a client does, who is sent away
            continue
        if not is_unavailable(answer):
            return placed(answer)
    raise AssertionError
