"""Relays: positions without gaps, one leader at a time, and nobody who has to be asked twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from catering import changes
from catering.changes import Hub
from catering.changes import hub as hubs
from catering.database import Transaction
from catering.domain.events import EventKind
from catering.models import Event
from catering.settings import Settings
from catering.workers import announcing
from catering.workers.announcing import Batch
from catering.workers.relaying import LOCK
from tests.parts import Part
from tests.services.acting import somebody_waits
from tests.world import World

from .desk import Desk
from .processes import Run, death_of, until


@pytest.fixture
async def hub(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """What an API process follows with; here nobody looks unless he was woken."""
    monkeypatch.setattr(hubs, "PATIENCE", 1_000)
    monkeypatch.setattr(hubs, "IMPATIENCE", 1_000)
    async with Hub(settings.redis_url) as hub:
        await until(lambda: _is_connected(hub))
        yield hub


async def test_an_event_that_is_committed_late_is_not_skipped(
    desk: Desk, transaction: Transaction, run: Run
) -> None:
    run("relay")
    restaurant = uuid4()
    first = await desk.happens(restaurant)
    (before,) = await desk.announced(first)

    async with transaction() as session:
        early = _event()
        session.add(early)
        await session.flush()
        late = await desk.happens(restaurant)
        assert early.id < late
        assert await desk.announced(late) == [before + 1]

    assert await desk.announced(early.id) == [before + 2]


async def test_positions_have_no_gaps_whatever_order_transactions_end_in(
    desk: Desk, transaction: Transaction, run: Run
) -> None:
    run("relay")
    run("relay")
    begun = await desk.position()
    chance = random.Random(7)

    async def write(pause: float, undone: bool) -> int | None:
        event = _event()
        async with transaction() as session:
            session.add(event)
            await session.flush()
            await asyncio.sleep(pause)
            if undone:
                await session.rollback()
                return None
        return event.id

    writes = [write(chance.random() / 5, chance.random() < 0.3) for _ in range(60)]
    kept = [id for id in await asyncio.gather(*writes) if id is not None]

    positions = await desk.announced(*kept)
    assert sorted(positions) == list(range(begun + 1, begun + 1 + len(kept)))


async def test_a_position_is_given_once(desk: Desk, transaction: Transaction) -> None:
    await _announced_by_hand(transaction)
    event = await desk.happens(uuid4())
    first = await _announced_by_hand(transaction)

    again = await _announced_by_hand(transaction)

    assert (first.count, again.count, again.position) == (1, 0, first.position)
    assert await desk.announced(event) == [first.position]


async def test_two_leaders_at_once_give_no_position_twice(
    desk: Desk, transaction: Transaction, world: World
) -> None:
    await _announced_by_hand(transaction)
    early = await desk.happens(uuid4())
    async with transaction() as session:
        first = await announcing.announce(session)
        late = await desk.happens(uuid4())
        other = asyncio.create_task(_announced_by_hand(transaction))
        await until(lambda: somebody_waits(world))
    second = await other

    assert [row.position for row in first.news] == [first.position]
    assert [row.position for row in second.news] == [first.position + 1] == [second.position]
    assert await desk.announced(early, late) == [first.position, second.position]


async def test_what_a_relay_announced_and_could_not_tell_is_told_by_the_next(
    desk: Desk, hub: Hub, redis: Redis, transaction: Transaction, run: Run
) -> None:
    restaurant = uuid4()
    doomed = run("relay", crash_at="before publishing")
    await until(lambda: _leader(transaction))
    standing_by = run("relay")
    async with hub.follow(f"restaurant:{restaurant}") as follower:
        await _only_news(hub, follower, redis, await desk.position())

        await desk.announced(await desk.happens(restaurant))
        await death_of(doomed)
        assert not standing_by.has_died

        async with asyncio.timeout(20):
            await anext(follower)


async def test_another_relay_leads_when_the_leader_is_killed(
    desk: Desk, transaction: Transaction, run: Run
) -> None:
    await _taken_over(desk, transaction, run, lambda part: part.kill())


async def test_another_relay_leads_when_the_leader_is_frozen(
    desk: Desk, transaction: Transaction, run: Run
) -> None:
    frozen = await _taken_over(desk, transaction, run, lambda part: part.freeze())

    frozen.thaw()
    positions = [
        position
        for _ in range(10)
        for position in await desk.announced(await desk.happens(uuid4()))
    ]
    assert positions == list(range(positions[0], positions[0] + 10))
    assert not frozen.has_died


async def _only_news(hub: Hub, follower: AsyncIterator[None], redis: Redis, position: int) -> None:
    """From here on, `follower` is woken for nothing up to this position."""
    async with hub.follow("end") as end:
        await changes.publish(redis, ["end"], position)
        async with asyncio.timeout(20):
            await anext(end)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await anext(follower)


async def _taken_over(
    desk: Desk, transaction: Transaction, run: Run, strike: Callable[[Part], None]
) -> Part:
    """What happens to the first leader, until another one leads and announces."""
    first = run("relay")
    before = await until(lambda: _leader(transaction))
    run("relay")
    (position,) = await desk.announced(await desk.happens(uuid4()))

    strike(first)
    unheard = await desk.happens(uuid4())

    async def another() -> bool:
        return await _leader(transaction) not in {None, before}

    await until(another)
    assert await desk.announced(unheard) == [position + 1]
    return first


async def _announced_by_hand(transaction: Transaction) -> Batch:
    """What a relay does that leads, or thinks so."""
    async with transaction() as session:
        return await announcing.announce(session)


async def _is_connected(hub: Hub) -> bool:
    return hub.connected


def _event() -> Event:
    return Event(kind=EventKind.TICKET_REMINDED, subject_id=uuid4())


async def _leader(transaction: Transaction) -> int | None:
    """The connection of the relay that leads."""
    query = text(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :lock"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with transaction() as session:
        pid: int | None = await session.scalar(query, {"lock": LOCK})
        return pid
