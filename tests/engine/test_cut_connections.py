"""A connection to PostgreSQL breaks in the middle: whatever was done is done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, text

from catering import database
from catering.models import Product, TaskState
from catering.settings import Settings
from catering.workers.runtime import Runtime
from tests.live.proxy import Proxy, through
from tests.live.serving import Api, serving
from tests.services.acting import somebody_waits
from tests.workers.conftest import Stage
from tests.world import World

from . import errands
from .desk import Desk
from .guests import Guest, is_unavailable
from .processes import until

TERMINATE_WHO_WAIT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def guest(world: World, settings: Settings) -> Guest:
    return await Guest.of(world, settings)


@pytest.fixture
async def proxy(settings: Settings) -> AsyncIterator[Proxy]:
    """A door in front of PostgreSQL."""
    async with Proxy(urlsplit(settings.database_url).port or 5432) as proxy:
        yield proxy


@pytest.fixture
async def behind(proxy: Proxy, settings: Settings) -> AsyncIterator[Api]:
    """An API whose way to PostgreSQL leads through that door."""
    around = replace(settings, database_url=through(proxy, settings.database_url))
    async with serving(around) as api:
        yield api
        await proxy.open()


async def test_an_order_whose_connection_is_ended_is_none_until_it_is_asked_for_again(
    api: Api, guest: Guest
) -> None:
    world = guest.world
    async with world.transaction() as session:
        await session.scalars(select(Product).where(Product.id == world.juice).with_for_update())
        asking = asyncio.create_task(guest.ask(api, "lunch"))
        await until(lambda: somebody_waits(world))
        assert all(await session.scalars(TERMINATE_WHO_WAIT))
        assert is_unavailable(await asking)
    assert await guest.orders() == set()

    order = await guest.order(api, "lunch")
    assert await guest.orders() == {order}


async def test_an_order_whose_commit_is_not_answered_is_there_once(
    behind: Api, proxy: Proxy, guest: Guest
) -> None:
    proxy.cut_off_after(b"lunch", b"COMMIT")
    assert is_unavailable(await guest.ask(behind, "lunch"))
    (kept,) = await guest.orders()

    assert await guest.order(behind, "lunch") == kept
    assert await guest.orders() == {kept}


async def test_what_a_worker_has_finished_unanswered_is_finished_once(
    stage: Stage, desk: Desk, proxy: Proxy, settings: Settings
) -> None:
    errand = await errands.poster_ticket(stage, desk)
    await desk.release(errand.task)
    engine = database.engine(through(proxy, settings.database_url))
    proxy.cut_off_after(errand.success.encode(), b"COMMIT")
    runtime = Runtime(database.transactions(engine), stage.outside.http)

    await runtime.run(errand.task)
    await runtime.run(errand.task)
    await engine.dispose()

    task = await desk.look(errand.task)
    assert (task.state, task.attempts) == (TaskState.DONE, 1)
    assert await errand.effects() == 1
    assert await desk.events(errand.success, errand.subject) == 1


async def test_a_way_that_swallows_everything_is_given_up_and_found_again(
    behind: Api, proxy: Proxy, guest: Guest
) -> None:
    first = await guest.order(behind, "breakfast")
    proxy.freeze()
    assert is_unavailable(await guest.ask(behind, "lunch"))

    await proxy.open()
    second = await guest.order(behind, "lunch")
    assert await guest.orders() == {first, second}
