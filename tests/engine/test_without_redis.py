"""Redis is emptied, or away for a while: work goes on, and whoever watches misses nothing."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.embedded import Servers
from catering.settings import Settings
from tests.live.asking import TRACKING, text
from tests.live.riding import Ride, moved, moved_on
from tests.live.serving import Api
from tests.world import World

from .cooking import accepted, handed_over, ready
from .desk import Desk
from .driving import on_the_road
from .processes import until
from .watching import has_seen_everything, token, watching

pytestmark = pytest.mark.usefixtures("worker")


async def test_an_emptied_redis_loses_and_doubles_nothing(
    world: World, desk: Desk, api: Api, settings: Settings, redis: Redis
) -> None:
    watched, waiting = await handed_over(world), await world.order()
    async with watching(api, await token(world, world.customer, settings), watched) as watcher:
        await redis.flushall()
        await accepted(world, watched)
        await redis.flushall()
        await handed_over(world, waiting)
        await handed_over(world)

        await has_seen_everything(world, desk, watcher, watched)


@contextmanager
def killed(redis: subprocess.Popen[bytes], launch: Callable[[], None]) -> Iterator[None]:
    """Redis is killed, and comes back on its port in the end."""
    redis.kill()
    redis.wait()
    try:
        yield
    finally:
        launch()


@contextmanager
def frozen(redis: subprocess.Popen[bytes], _: Callable[[], None]) -> Iterator[None]:
    """Redis takes connections and words, and says nothing, until it is thawed."""
    redis.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        redis.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("outage", [killed, frozen])
async def test_while_redis_is_away_orders_are_handed_over_and_watched(
    world: World, desk: Desk, api: Api, settings: Settings, valkey: Servers, outage: Any
) -> None:
    server = valkey.running["redis"]
    watched = await handed_over(world)
    async with watching(api, await token(world, world.customer, settings), watched) as watcher:
        with outage(server.process, server.launch):
            placed = [await world.order() for _ in range(3)]
            for id in placed:
                await handed_over(world, id)
            await accepted(world, watched)
            await has_seen_everything(world, desk, watcher, watched)
            await until(lambda: _has_no_redis(api))

        await until(lambda: _has_redis(api))
        await handed_over(world)
        await ready(world, watched)
        await has_seen_everything(world, desk, watcher, watched)

    for id in placed:
        for ticket in (await world.look(id)).tickets:
            assert await desk.events(EventKind.TICKET_SUBMITTED, ticket.id) == 1


@pytest.mark.parametrize("outage", [killed, frozen])
async def test_while_redis_is_away_a_courier_is_followed(
    world: World, api: Api, settings: Settings, valkey: Servers, outage: Any
) -> None:
    delivery = await on_the_road(world, await handed_over(world))
    server, ride = valkey.running["redis"], Ride(api, await token(world, world.driver, settings))
    async with api.socket(await token(world, world.customer, settings)) as socket:
        await socket.subscribe(TRACKING, id=text(Prefix.DELIVERY, delivery))
        await ride.on()
        seen = await moved_on(socket, await moved(socket))

        with outage(server.process, server.launch):
            for _ in range(2):
                await ride.on()
                seen = await moved_on(socket, seen)
            await until(lambda: _has_no_redis(api))

        await until(lambda: _has_redis(api))
        await ride.on()
        await moved_on(socket, seen)


async def _has_redis(api: Api) -> bool:
    return bool((await api.get("/health/ready")).json()["redis"] == "ok")


async def _has_no_redis(api: Api) -> bool:
    return not await _has_redis(api)
