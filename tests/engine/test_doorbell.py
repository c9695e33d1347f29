"""The doorbell: soon when it is heard, harmless when it is doubled, rung again when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from queue import SimpleQueue
from typing import Any
from uuid import UUID, uuid4

import pytest
from dramatiq.brokers.redis import RedisBroker

from catering.database import now
from catering.models import TaskState
from catering.settings import Settings
from catering.workers import doorbell, ringing
from tests.parts import Part
from tests.workers.conftest import Stage

from . import errands
from .desk import Desk
from .processes import Run, until

KIND = "offer_waiting_deliveries"
"""A task that needs nothing and may be done at any time."""


@pytest.fixture
def broker(settings: Settings) -> Iterator[RedisBroker]:
    broker = doorbell.broker(settings.redis_url)
    broker.flush_all()
    yield broker
    broker.close()


@pytest.fixture
def heard(broker: RedisBroker) -> Iterator[SimpleQueue[UUID]]:
    """Everything that rings at a door behind which nobody works."""
    rings = SimpleQueue[UUID]()
    listening = doorbell.listen(broker, lambda id, _: rings.put(id))
    listening.start()
    yield rings
    listening.stop()


async def test_who_has_both_hands_full_hears_the_next_ring_when_one_is_free(
    broker: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # First of all here: nobody else may be at the door.
    monkeypatch.setattr(doorbell, "NAP", 60.0)
    first, second = uuid4(), uuid4()
    await asyncio.to_thread(doorbell.ring, broker, [first, second])
    door = broker.consume(doorbell.QUEUE, prefetch=1)
    held = next(door)
    assert held is not None

    listening = asyncio.create_task(asyncio.to_thread(next, (ring for ring in door if ring)))
    await asyncio.to_thread(door.ack, held)

    async with asyncio.timeout(30):
        assert (await listening).args[0] == str(second)


async def test_the_relay_rings_for_what_is_due_and_again_when_nobody_came(
    desk: Desk, relay: Part, heard: SimpleQueue[UUID]
) -> None:
    later = await desk.add(KIND, due=now() + timedelta(hours=1))
    due = await desk.add(KIND)
    assert await _next(heard) == due
    assert not relay.has_died

    longer_ago = now() - ringing.RING_AGAIN - timedelta(seconds=1)
    await desk.change(due, rung_at=longer_ago)
    assert await _next(heard) == due

    await desk.release(later)
    assert await _next(heard) == later


async def test_the_relay_gives_the_task_of_a_silent_worker_to_others(
    desk: Desk, relay: Part, heard: SimpleQueue[UUID]
) -> None:
    passed, held = now() - timedelta(seconds=1), now() + timedelta(hours=1)
    working = await desk.add(KIND, state=TaskState.RUNNING, token=1, lease_until=held)
    silent = await desk.add(KIND, state=TaskState.RUNNING, token=1, lease_until=passed)

    assert await _next(heard) == silent
    assert not relay.has_died
    assert (await desk.look(silent)).errors == ["The worker fell silent."]
    assert (await desk.look(working)).state is TaskState.RUNNING


async def test_a_doubled_ring_has_one_effect(
    stage: Stage, desk: Desk, worker: Part, broker: RedisBroker
) -> None:
    worker.freeze()  # until the task is held: it would be done before
    errand = await errands.poster_ticket(stage, desk)
    worker.thaw()
    await stage.outside.hold(errand.provider, errand.operation)
    await desk.release(errand.task)

    await asyncio.to_thread(doorbell.ring, broker, [errand.task] * 20)
    await errand.in_flight()
    await asyncio.to_thread(doorbell.ring, broker, [errand.task] * 20)
    await stage.outside.release()

    task = await desk.done(errand.task)
    end = await desk.add(KIND)
    await desk.done(end)  # all that rang before has been heard
    assert (task.attempts, task.token) == (1, 1)
    assert await stage.outside.requests(errand.provider, errand.operation) == 1
    assert await errand.effects() == 1
    assert not worker.has_died


async def test_nonsense_at_the_door_harms_nobody(
    desk: Desk, worker: Part, broker: RedisBroker
) -> None:
    done = await desk.add(KIND, state=TaskState.DONE, finished_at=now())
    await asyncio.to_thread(doorbell.ring, broker, [UUID(int=7), done])
    nonsense: list[Any] = ["no id at all"]
    await asyncio.to_thread(doorbell.ring, broker, nonsense)

    assert (await desk.done(await desk.add(KIND))).attempts == 1
    assert (await desk.look(done)).attempts == 0
    assert not worker.has_died


async def test_a_worker_without_a_relay_looks_for_itself(desk: Desk, relay: Part, run: Run) -> None:
    relay.freeze()
    try:
        forgotten = await desk.add(KIND, due=now() - timedelta(minutes=1))
        run("worker")
        assert (await desk.done(forgotten)).rung_at is None
    finally:
        relay.thaw()


async def _next(heard: SimpleQueue[UUID]) -> UUID:
    async def one() -> UUID | None:
        return None if heard.empty() else heard.get()

    return await until(one)
