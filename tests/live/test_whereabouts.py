"""Where drivers are, as far as Redis knows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from catering.changes import Hub, Lookout, Nowhere
from catering.changes.whereabouts import KEYS
from catering.domain.dispatch import GONE_AFTER
from catering.domain.geography import Point, distance
from catering.domain.whereabouts import Fix, Sighting

from .test_hub import patient as patient
from .test_hub import woken

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE, NEAR, FAR = Point(50.45, 30.52), Point(50.4502, 30.5205), Point(50.6, 30.9)


def fix(point: Point, second: int) -> Fix:
    return Fix(point, NOON + timedelta(seconds=second))


def heard(second: int) -> datetime:
    """A moment after it was measured."""
    return NOON + timedelta(seconds=second, milliseconds=300)


def is_like(seen: Sighting | None, other: Sighting | None) -> bool:
    """The same, but for what a GEO set rounds away."""
    assert seen is not None
    assert other is not None
    close = distance(seen.point, other.point) <= 1
    return close and (seen.at, seen.heard) == (other.at, other.heard)


async def test_a_driver_is_where_he_was_seen_last(lookout: Lookout) -> None:
    driver, other = uuid4(), uuid4()
    first = await lookout.follow(driver, fix(HERE, 0), heard(0))
    assert first == Sighting(HERE, NOON, heard(0))
    assert [*(found := await lookout.of([other, driver]))] == [driver]
    assert is_like(found[driver], first)

    then = await lookout.follow(driver, fix(NEAR, 5), heard(5))
    assert then is not None
    known = (await lookout.everybody())[driver]
    assert is_like(known, then)
    assert (known.at, known.heard) == (fix(NEAR, 5).at, heard(5))
    assert distance(known.point, NEAR) < distance(HERE, NEAR) / 2

    await lookout.forget(driver)
    assert await lookout.everybody() == {}


async def test_of_two_fixes_the_newer_one_stays(lookout: Lookout) -> None:
    driver = uuid4()
    newer = await lookout.follow(driver, fix(HERE, 9), heard(9))
    assert is_like(await lookout.follow(driver, fix(NEAR, 3), heard(10)), newer)
    assert is_like((await lookout.of([driver]))[driver], newer)

    fixes = [fix(Point(50.45, 30.52 + n / 50_000), 10 + n) for n in range(20)]
    await asyncio.gather(*(lookout.follow(driver, each, heard(99)) for each in reversed(fixes)))
    assert (await lookout.of([driver]))[driver].at == fixes[-1].at


async def test_what_is_not_believed_is_remembered_for_the_next_one(lookout: Lookout) -> None:
    driver = uuid4()
    await lookout.follow(driver, fix(HERE, 0), heard(0))
    doubted = await lookout.follow(driver, fix(FAR, 5), heard(5))
    assert is_like(doubted, Sighting(HERE, NOON, heard(5)))
    believed = await lookout.follow(driver, fix(FAR, 10), heard(10))
    assert believed == Sighting(FAR, fix(FAR, 10).at, heard(10))


async def test_who_is_silent_for_half_an_hour_is_gone(lookout: Lookout, redis: Redis) -> None:
    silent, driver = uuid4(), uuid4()
    await lookout.follow(silent, fix(HERE, 0), heard(0))
    later = round(GONE_AFTER.total_seconds()) + 1
    await lookout.follow(driver, fix(HERE, later), heard(later))
    assert list(await lookout.everybody()) == [driver]
    assert await redis.zrange(KEYS[0], 0, -1) == [str(driver).encode()]
    for key in KEYS:  # and when nobody speaks any more, all of it
        assert 0 < await redis.ttl(key) <= GONE_AFTER.total_seconds()


async def test_an_emptied_redis_begins_anew(lookout: Lookout, redis: Redis) -> None:
    driver = uuid4()
    for key in (None, *KEYS):
        await lookout.follow(driver, fix(HERE, 0), heard(0))
        await redis.delete(key or KEYS[1], *(KEYS if key is None else ()))
        assert await lookout.follow(driver, fix(HERE, 5), heard(5)) is not None
        assert (await lookout.of([driver]))[driver].heard == heard(5)
        await lookout.forget(driver)


@pytest.mark.usefixtures("patient")
async def test_whoever_watches_is_woken_and_nobody_else(lookout: Lookout, hub: Hub) -> None:
    driver = uuid4()
    async with hub.follow("delivery:1") as watcher, hub.follow("delivery:2") as other:
        await lookout.follow(driver, fix(HERE, 0), heard(0), "delivery:1")
        assert await woken(watcher)
        assert not await woken(other, within=0.05)
        await lookout.follow(driver, fix(HERE, 0), heard(1), "delivery:1")  # no news
        assert not await woken(watcher, within=0.05)


async def test_without_redis_nobody_is_known_and_nobody_waits_for_it() -> None:
    away = Lookout("redis://127.0.0.1:1", after=60)
    for whereabouts in (away, Nowhere()):
        assert await whereabouts.follow(uuid4(), fix(HERE, 0), heard(0)) is None
        assert await whereabouts.of([uuid4()]) == {}
        assert await whereabouts.everybody() == {}
        await whereabouts.forget(uuid4())
    await away.close()


async def test_at_the_poles_nobody_is_known(lookout: Lookout) -> None:
    assert await lookout.follow(uuid4(), fix(Point(89, 0), 0), heard(0)) is None
    assert await lookout.follow(uuid4(), fix(HERE, 0), heard(0)) is not None
