"""PostgreSQL dies, is restarted, or takes nobody in: it is said, and afterwards all goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import UUID

import asyncpg
import httpx
import pytest

from catering import embedded, migrating
from catering.domain.events import EventKind
from catering.embedded import Servers
from catering.settings import Settings
from tests.folders import open_folder
from tests.live.serving import Api, serving
from tests.parts import Part
from tests.world import World

from .cooking import accepted, handed_over
from .desk import Desk
from .guests import Guest, is_unavailable, placed
from .processes import until
from .watching import has_seen_everything, watching

NO_ROOM = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE disk_full; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION no_room();
"""
"""What PostgreSQL says when a table cannot grow; a disk that is really full is nobody's to lend."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Servers]:
    """A PostgreSQL that a test may kill, with every table."""
    with open_folder() as data, embedded.start(data, postgres=True, redis=False) as started:
        asyncio.run(migrating.upgraded(str(started.database_url)))
        yield started


@pytest.fixture(scope="module")
def database_url(postgres: Servers) -> str:
    return str(postgres.database_url)


@pytest.fixture(scope="module")
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(database_url=database_url, redis_url=redis_url)


@pytest.fixture(scope="module")
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with serving(settings) as api:
        yield api


async def killed(postgres: Servers) -> None:
    """With all that it has in memory."""
    server = postgres.running["postgres"]
    assert server.process is not None
    server.process.kill()
    server.process.wait()


async def stopped(postgres: Servers) -> None:
    """As one does to restart it quickly: whoever is connected is sent away."""
    postgres.running["postgres"].stop()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("strike", [killed, stopped])
async def test_while_postgresql_is_away_it_is_said_and_nothing_is_lost(
    world: World,
    desk: Desk,
    api: Api,
    settings: Settings,
    postgres: Servers,
    strike: Callable[[Servers], Awaitable[None]],
) -> None:
    guest = await Guest.of(world, settings)
    early = await guest.order(api, "early")
    async with watching(api, guest.token, early) as watcher:
        await strike(postgres)
        assert is_unavailable(await guest.ask(api, "late"))
        assert (await api.get("/health/ready")).status_code == 503
        async with httpx.AsyncClient(verify=False) as provider:
            assert (await provider.post(f"{api.url}/webhooks/any")).status_code == 503
        await _is_back(postgres)

        late = await _asked_until_it_is_there(api, guest, "late")
        assert await guest.orders() == {early, late}
        for id in (early, late):
            await handed_over(world, id)
        await accepted(world, early)
        await has_seen_everything(world, desk, watcher, early)
    await _submitted_once(world, desk, guest)


@pytest.mark.usefixtures("worker")
async def test_a_backend_that_is_killed_takes_all_others_with_it_and_nothing_is_lost(
    world: World, desk: Desk, api: Api, settings: Settings, database_url: str
) -> None:
    guest = await Guest.of(world, settings)
    early = await guest.order(api, "early")
    connection = await asyncpg.connect(database_url)
    os.kill(connection.get_server_pid(), signal.SIGKILL)

    late = await _asked_until_it_is_there(api, guest, "late")

    assert await guest.orders() == {early, late}
    for id in (early, late):
        await handed_over(world, id)
    await _submitted_once(world, desk, guest)
    connection.terminate()


async def test_when_postgresql_takes_nobody_in_it_is_said_and_it_goes_on_by_itself(
    world: World, api: Api, settings: Settings, database_url: str, relay: Part, worker: Part
) -> None:
    guest = await Guest.of(world, settings)
    early = await guest.order(api, "early")
    for part in (relay, worker):  # they would come and go in the crowd
        part.freeze()
    try:
        crowd = await _all_that_there_is_room_for(database_url)
        assert is_unavailable(await guest.ask(api, "late"))
        assert (await api.get("/health/ready")).status_code == 503
        await asyncio.gather(*(one.close() for one in crowd))
    finally:
        for part in (relay, worker):
            part.thaw()

    late = await _asked_until_it_is_there(api, guest, "late")
    assert await guest.orders() == {early, late}
    for id in (early, late):
        await handed_over(world, id)


async def test_when_the_disk_is_full_it_is_said_and_it_goes_on_by_itself(
    world: World, api: Api, settings: Settings, database_url: str
) -> None:
    guest = await Guest.of(world, settings)
    connection = await asyncpg.connect(database_url)
    await connection.execute(NO_ROOM)
    try:
        assert is_unavailable(await guest.ask(api, "lunch"))
        assert await guest.orders() == set()
    finally:
        await connection.execute("DROP TRIGGER no_room ON orders")
        await connection.close()

    order = await guest.order(api, "lunch")
    assert await guest.orders() == {order}


async def _all_that_there_is_room_for(database_url: str) -> list[asyncpg.Connection]:
    """Connections that nobody else can have; those who had some are sent away."""
    crowd = [await asyncpg.connect(database_url)]
    others = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await crowd[0].execute(others)
    while True:
        try:
            crowd.append(await asyncpg.connect(database_url))
        except asyncpg.TooManyConnectionsError:
            return crowd


async def _is_back(postgres: Servers) -> None:
    """Start it again until it stays: the memory of the one before may not be free yet."""

    async def back() -> bool:
        postgres.revive()
        try:
            await (await asyncpg.connect(postgres.database_url)).close()
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    await until(back)


async def _asked_until_it_is_there(api: Api, guest: Guest, key: str) -> UUID:
    async def ask() -> UUID | None:
        answer = await guest.ask(api, key)
        return None if is_unavailable(answer) else placed(answer)

    return await until(ask)


async def _submitted_once(world: World, desk: Desk, guest: Guest) -> None:
    for id in await guest.orders():
        for ticket in (await world.look(id)).tickets:
            assert await desk.events(EventKind.TICKET_SUBMITTED, ticket.id) == 1
