"""Where lives are lived: one loop, one connection, and a day after the other that is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from catering.domain import ids
from catering.domain.people import Role
from catering.domain.refusals import Refused
from catering.models import Driver, Task, User
from catering.providers import calling
from catering.rush.dice import Dice
from catering.rush.playing import NOON
from catering.workers import kitchens as kitchens  # importing registers the handlers
from catering.workers.runtime import Runtime
from tests.providers.conftest import CREDENTIALS
from tests.providers.simulated import Outside
from tests.services.acting import Day, Step, done, everything
from tests.services.remembering import set_clock
from tests.transactions import OneConnection, of_one
from tests.world import World

T = TypeVar("T")

_BANK_THINKS = "they say processing"
_BANK_DECIDES = 30.0
"""Seconds, in which it is asked every five."""


class LongDay(Day):
    """A day on which banks take their time, in which the outside lives on as well."""

    outside: Outside
    bank_thinks = False

    async def moved(self, now: datetime, then: datetime) -> datetime:
        if self.bank_thinks and then > now:
            await self.outside.live((then - now).total_seconds())
        return await super().moved(now, then)

    async def must_have_gone_well(self) -> None:
        """Nothing fails but that a bank has not decided yet."""
        failed = select(Task.kind, Task.errors).where(func.jsonb_array_length(Task.errors) > 0)
        async with self.world.transaction() as session:
            rows = (await session.execute(failed)).all()
        assert [row for row in rows if {*row.errors} != {_BANK_THINKS}] == []


class Stage:
    """Days for a test that is no coroutine, because Hypothesis leads it step by step."""

    def __init__(self, url: str, simulator: str) -> None:
        self._runner, self._open = asyncio.Runner(), AsyncExitStack()
        self._simulator = simulator
        self._engine: AsyncEngine = of_one(url)
        self._connection: AsyncConnection

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    def begin(self) -> LongDay:
        """The morning of a world in which nothing has happened yet, the same each time."""
        return self.run(self._begin())

    def take_back(self) -> None:
        """All that happened since the morning."""
        self.run(self._open.aclose())

    def close(self) -> None:
        self.run(self._engine.dispose())
        self._runner.close()

    async def _begin(self) -> LongDay:
        self._open.enter_context(ids.drawn(Dice(1).names(int(NOON.timestamp() * 1_000))))
        http = await self._open.enter_async_context(calling.client())
        self._connection = await self._open.enter_async_context(self._engine.connect())
        self._open.push_async_callback((await self._connection.begin()).rollback)
        transaction = OneConnection(self._connection)
        async with transaction() as session:
            await set_clock(session, NOON)
        day = LongDay(await World.made(transaction), Runtime(transaction, http))
        async with transaction() as session:
            await _third_driver(session)
        day.outside = Outside(self._simulator, http)
        await day.outside.tell("reset")
        await day.outside.tell("bank", decide_seconds=_BANK_DECIDES)
        await day.world.account(
            "kasa", port="payment", provider="kasa", credentials=CREDENTIALS["kasa"],
            base_url=f"{self._simulator}/kasa",
        )  # fmt: skip
        return day


async def _third_driver(session: AsyncSession) -> None:
    """With him several are asked at once, from the second wave on."""
    user = User(email="third@test", password_hash="-", display_name="A third", role=Role.DRIVER)
    session.add(user)
    await session.flush()
    session.add(Driver(id=user.id, vehicle="BICYCLE", approved_at=func.catering_now()))


async def accepted(world: World, take: Step[Any]) -> bool:
    """Whether a step could be taken; where not, it was refused in words, and nothing happened."""
    before = await everything(world)
    try:
        await done(world, take)
        return True
    except Refused as no:
        refusals = no.refusals
    assert refusals
    assert all(refusal.message for refusal in refusals)
    assert await everything(world) == before
    return False
