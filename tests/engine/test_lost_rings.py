"""Rings that Redis did not take, and rings whose hearing it was not told of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from dramatiq.brokers.redis import RedisBroker

from catering import changes
from catering.database import Transaction
from catering.workers import doorbell
from catering.workers.relaying import Relay
from tests.live.proxy import Proxy, through

from .desk import Desk


@pytest.fixture
async def proxy(redis_url: str) -> AsyncIterator[Proxy]:
    async with Proxy(urlsplit(redis_url).port or 6379) as proxy:
        yield proxy


@pytest.fixture
async def broker(proxy: Proxy, redis_url: str) -> AsyncIterator[RedisBroker]:
    broker = doorbell.broker(through(proxy, redis_url))
    await asyncio.to_thread(broker.flush_all)
    yield broker
    broker.close()


async def test_what_redis_did_not_take_is_rung_for_again_at_once(
    desk: Desk, transaction: Transaction, proxy: Proxy, broker: RedisBroker, redis_url: str
) -> None:
    task = await desk.add("offer_waiting_deliveries")
    async with changes.redis(through(proxy, redis_url)) as redis:
        relay = Relay(transaction, redis, broker)
        await proxy.close()
        assert await relay.ring() == 0
        assert (await desk.look(task)).rung_at is None
        await proxy.open()
        assert await relay.ring() >= 1
        assert (await desk.look(task)).rung_at is not None


async def test_who_cannot_say_that_he_has_heard_goes_on_listening(
    proxy: Proxy, broker: RedisBroker
) -> None:
    consumer = broker.consume(doorbell.QUEUE, prefetch=2)
    first, second = uuid4(), uuid4()
    await asyncio.to_thread(doorbell.ring, broker, [first])
    message = await _next(consumer)
    await proxy.close()
    assert await asyncio.to_thread(next, consumer) is None
    await asyncio.to_thread(consumer.ack, message)
    await proxy.open()

    await asyncio.to_thread(doorbell.ring, broker, [second])
    heard = await _next(consumer)

    assert [UUID(each.args[0]) for each in (message, heard)] == [first, second]


async def _next(consumer: Any) -> Any:
    async with asyncio.timeout(30):
        while (message := await asyncio.to_thread(next, consumer)) is None:
            pass
    return message
