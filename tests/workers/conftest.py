"""Tasks that run for real: committed rows, real providers over HTTP, no rollback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import database
from catering.database import Transaction, now
from catering.models import Restaurant, Task, TaskState
from catering.providers import calling
from catering.simulator import Configuration
from catering.workers import couriers as couriers
from catering.workers import deadlines as deadlines
from catering.workers import kitchens as kitchens
from catering.workers import letters as letters
from catering.workers import payments as payments
from catering.workers import people as people
from catering.workers.runtime import Runtime
from tests.databases import emptied
from tests.providers.conftest import CREDENTIALS
from tests.providers.simulated import Outside, serving
from tests.world import World

PATHS = {
    "open_kitchen": "open-kitchen",
    "poster": "poster",
    "uklon": "uklon",
    "uber_direct": "uber",
    "kasa": "kasa",
}


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = database.engine(database_url, size=10)
    yield engine
    await emptied(engine)
    await engine.dispose()


@pytest.fixture
def transaction(engine: AsyncEngine) -> Transaction:
    """Transactions that are committed, so that other processes see them."""
    return database.transactions(engine)


@pytest.fixture
async def world(transaction: Transaction) -> World:
    """One of its own, that others see, too."""
    return await World.made(transaction)


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    with serving(Configuration(speed=0)) as url:
        yield url


@dataclass
class Stage:
    """The world, its outside, and a worker that we drive by hand."""

    world: World
    runtime: Runtime
    outside: Outside

    async def work(self, *, soon: timedelta = timedelta(seconds=1)) -> list[str]:
        """Do what is due, or will be `soon`, and all that follows from it. What was done.

        No task is done twice: a poll that asks to be repeated waits for the next call.
        """
        done = dict[UUID, str]()
        while True:
            async with self.world.transaction() as session:
                query = select(Task.id, Task.kind).where(
                    Task.state == TaskState.PENDING,
                    Task.due <= now() + soon,
                    Task.id.not_in(done),
                )
                found = (await session.execute(query.order_by(Task.due))).all()
                ids = [task.id for task in found]
                await session.execute(update(Task).where(Task.id.in_(ids)).values(due=now()))
            if not found:
                return list(done.values())
            for task in found:
                await self.runtime.run(task.id)
                done[task.id] = task.kind

    async def minutes_pass(self, count: int = 1) -> list[str]:
        """The outside lives on, we look how it is, and do what follows."""
        await self.outside.live(60 * count)
        for kind in ("poll_ticket", "poll_courier", "search_due"):
            await self.do(kind)
        return await self.work()

    async def do(self, kind: str) -> int:
        """Do the tasks of one kind now, whenever they are due."""
        async with self.world.transaction() as session:
            query = (
                update(Task)
                .where(Task.kind == kind, Task.state == TaskState.PENDING)
                .values(due=now())
                .returning(Task.id)
            )
            ids = (await session.scalars(query)).all()
        return sum([await self.runtime.run(id) for id in ids])

    async def connect(self, restaurant: UUID, provider: str, location: str) -> None:
        """Put a restaurant behind an outside system."""
        account = await self.account(provider, "kitchen")
        async with self.world.transaction() as session:
            row = await session.get_one(Restaurant, restaurant)
            row.account_id, row.location = account, location

    async def account(self, provider: str, port: str) -> UUID:
        return await self.world.account(
            provider, port=port, provider=provider, credentials=CREDENTIALS[provider],
            base_url=f"{self.outside.url}/{PATHS[provider]}", webhook_key=f"hook-{provider}",
            webhook_secrets=["secret-of-" + provider],
        )  # fmt: skip


@pytest.fixture
async def stage(transaction: Transaction, world: World, simulator: str) -> AsyncIterator[Stage]:
    async with calling.client() as http:
        outside = Outside(simulator, http)
        await outside.tell("reset", seed=1)
        yield Stage(world, Runtime(transaction, http), outside)
