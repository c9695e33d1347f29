"""More to do than anybody can: it waits in PostgreSQL, in the order that matters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from dramatiq.brokers.redis import RedisBroker
from redis.asyncio import Redis
from sqlalchemy import insert

from catering.database import Transaction
from catering.domain import ids
from catering.models import Task, TaskState
from catering.settings import Settings
from catering.workers import doorbell
from catering.workers.relaying import RINGS_AT_MOST, SOON, Relay

from .desk import Desk

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def broker(settings: Settings) -> Iterator[RedisBroker]:
    broker = doorbell.broker(settings.redis_url)
    broker.flush_all()
    yield broker
    broker.flush_all()
    broker.close()


async def test_nobody_rings_at_a_door_where_nobody_comes(
    desk: Desk, transaction: Transaction, redis: Redis, broker: RedisBroker
) -> None:
    async with transaction() as session:
        await session.execute(insert(Task), [_letter() for _ in range(RINGS_AT_MOST + 50)])
    relay = Relay(transaction, redis, broker)

    rung = [await relay.ring() for _ in range(3)]
    assert rung == [200, RINGS_AT_MOST - 200, 0]
    assert await doorbell.unanswered(redis) == RINGS_AT_MOST
    assert await relay.step() == SOON

    order = await desk.add("submit_ticket")
    broker.flush_all()
    assert await relay.ring() == 51
    assert (await desk.look(order)).rung_at is not None


def _letter() -> dict[str, object]:
    return {
        "id": ids.new(), "kind": "send_mail", "subject_id": ids.new(), "dedup": str(ids.new()),
        "state": TaskState.PENDING, "due": LONG_AGO, "token": 0, "attempts": 0, "errors": [],
    }  # fmt: skip
