"""Wake-ups arrive, whatever happens to Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from catering import changes
from catering.changes import Hub, wire
from catering.changes import hub as hubs

from .conftest import until
from .proxy import Proxy, through


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(urlsplit(redis_url).port or 6379) as proxy:
        yield proxy


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Followers that never look by themselves: only a wake-up can wake them."""
    monkeypatch.setattr(hubs, "PATIENCE", 1000)
    monkeypatch.setattr(hubs, "IMPATIENCE", 1000)


async def woken(follower: AsyncIterator[None], within: float = 5) -> bool:
    try:
        async with asyncio.timeout(within):
            await anext(follower)
    except TimeoutError:
        return False
    return True


@pytest.mark.usefixtures("patient")
async def test_the_first_follower_of_a_process_is_woken(hub: Hub, redis: Redis) -> None:
    async with hub.follow("order:1") as follower:
        await changes.publish(redis, ["order:1", "board"], 1)

        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_only_the_followers_of_a_channel_are_woken(hub: Hub, redis: Redis) -> None:
    async with hub.follow("order:1") as one, hub.follow("order:2") as two:
        await changes.publish(redis, ["order:1"], 1)
        assert await woken(one)
        assert not await woken(two, within=0.05)


@pytest.mark.usefixtures("patient")
async def test_many_who_come_at_once_are_all_woken(hub: Hub, redis: Redis) -> None:
    here = asyncio.Semaphore(0)

    async def watch() -> bool:
        async with hub.follow("board") as follower:
            here.release()
            return await woken(follower)

    watching = [asyncio.create_task(watch()) for _ in range(50)]
    for _ in watching:
        await here.acquire()
    await changes.publish(redis, ["board"], 1)

    assert all(await asyncio.gather(*watching))


@pytest.mark.usefixtures("patient")
async def test_however_much_happens_one_look_is_owed(hub: Hub, redis: Redis) -> None:
    async with hub.follow("board") as slow, hub.follow("end") as end:
        for position in range(1000):
            await changes.publish(redis, ["board"], position)
        await changes.publish(redis, ["end"], 1000)
        assert await woken(end)

        assert await woken(slow)
        assert not await woken(slow, within=0.05)


@pytest.mark.usefixtures("patient")
async def test_a_higher_beat_means_that_something_was_missed(hub: Hub, redis: Redis) -> None:
    async with hub.follow("order:1") as follower:
        await changes.publish(redis, ["order:2"], 7, count=7)
        await changes.beat(redis, 7)
        assert not await woken(follower, within=0.05)

        await changes.beat(redis, 8)
        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_news_that_do_not_follow_mean_that_something_was_missed(
    hub: Hub, redis: Redis
) -> None:
    async with hub.follow("order:1") as follower:
        await changes.publish(redis, ["order:2"], 7, count=7)
        await changes.publish(redis, ["order:2"], 9, count=2)
        await changes.publish(redis, ["order:2"], 9, count=1)  # said twice
        assert not await woken(follower, within=0.05)

        await changes.publish(redis, ["order:2"], 12, count=2)
        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_nonsense_on_the_channel_wakes_and_harms_nobody(hub: Hub, redis: Redis) -> None:
    async with hub.follow("order:1") as follower:
        for nonsense in (b"\xff\xfe", "", "[]", '{"p": "x"}', '{"p": 1, "channels": [{}]}'):
            await redis.publish(changes.channel(redis), nonsense)
        assert await woken(follower)

        await changes.publish(redis, ["order:1"], 9)
        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_who_leaves_is_forgotten(hub: Hub) -> None:
    async with hub.follow("order:1"), hub.follow("order:1"):
        assert hub.followers == 2
    assert hub.followers == 0


@pytest.mark.usefixtures("patient")
async def test_a_killed_connection_comes_back_and_everybody_looks_again(
    hub: Hub, redis: Redis
) -> None:
    async with hub.follow("order:1") as follower:
        await _kill_subscribers(redis)
        assert await woken(follower)
        await until(lambda: hub.connected)

        await changes.publish(redis, ["order:1"], 1)
        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_a_redis_that_is_down_at_the_start_is_waited_for(
    proxy: Proxy, redis: Redis, redis_url: str
) -> None:
    await proxy.close()
    async with Hub(through(proxy, redis_url)) as hub, hub.follow("order:1") as follower:
        assert not await woken(follower, within=0.3)
        await proxy.open()
        assert await woken(follower)  # look again
        assert hub.connected

        await changes.publish(redis, ["order:1"], 1)
        assert await woken(follower)


@pytest.mark.usefixtures("patient")
async def test_a_frozen_redis_counts_as_dead(
    proxy: Proxy, redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SILENCE", 0.2)
    async with Hub(through(proxy, redis_url)) as hub:
        await until(lambda: hub.connected)
        proxy.freeze()
        await until(lambda: not hub.connected)
        async with hub.follow("order:1") as follower:
            await proxy.open()
            assert await woken(follower)
            await changes.publish(redis, ["order:1"], 1)
            assert await woken(follower)


async def test_without_redis_followers_look_by_themselves(
    proxy: Proxy, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "IMPATIENCE", 0.05)
    await proxy.close()
    async with Hub(through(proxy, redis_url)) as hub, hub.follow("order:1") as follower:
        assert await woken(follower)
        assert await woken(follower)


async def test_telling_a_dead_redis_fails_loudly_and_soon(proxy: Proxy, redis_url: str) -> None:
    async with changes.redis(through(proxy, redis_url)) as client:
        await proxy.close()
        with pytest.raises(RedisError):
            await changes.publish(client, ["board"], 1)
        await proxy.open()
        proxy.freeze()
        async with asyncio.timeout(3):
            with pytest.raises(RedisError):
                await changes.beat(client, 1)
        await proxy.open()


async def _kill_subscribers(redis: Redis) -> None:
    """Of our own numbered database; others may share the server."""
    mine = redis.connection_pool.connection_kwargs["db"]
    for client in await redis.client_list(_type="pubsub"):
        if int(client["db"]) == mine:
            await redis.client_kill_filter(_id=client["id"])
