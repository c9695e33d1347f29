"""Positions go to Redis, and as seldom as may be to PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select

from catering import changes
from catering.changes import Lookout, Nowhere
from catering.changes.whereabouts import KEYS
from catering.domain.deliveries import DeliveryStatus, StopStatus
from catering.domain.dispatch import Candidate
from catering.domain.geography import Point, distance
from catering.domain.refusals import DriverOffline, InvalidInput, NotFound, Refused
from catering.domain.whereabouts import Fix, Seen
from catering.models import Event
from catering.resolvers.commands.driving import reported
from catering.services import driving, fleet, shifts, travelling
from tests.world import AT_KITCHEN

from .acting import Day, done, step
from .riding import Rider, beside


@pytest.fixture
def rider(day: Day, lookout: Lookout) -> Rider:
    return Rider.on(day, lookout)


async def test_a_quarter_of_a_minute_is_written_down_once(day: Day, rider: Rider) -> None:
    order = await day.assigned()
    for n in range(12):
        there = beside(AT_KITCHEN, 4_000 - 30 * n)
        assert await rider.reports(there) == driving.WHILE_CARRYING.total_seconds()
        assert distance(await rider.live(), there) <= 15
    assert await rider.told() == 4
    delivery = await day.delivery(order)
    assert delivery.status is DeliveryStatus.TO_PICKUP, "the first one was the departure"
    assert delivery.latitude is not None
    assert delivery.longitude is not None
    written = Point(delivery.latitude, delivery.longitude)
    assert 60 <= distance(written, await rider.live()) <= 75, "two reports behind"


async def test_nobody_arrives_later_for_that(day: Day, rider: Rider) -> None:
    order = await day.assigned()
    first = (await day.stops(order))[0]

    async def comes(meters: float) -> StopStatus:
        await rider.reports(beside(first.point, meters), after=3)
        return (await day.stops(order))[0].status

    way = [400, 200, 55, 90, 55]  # he departs, drives, and passes by
    assert [await comes(meters) for meters in way] == [StopStatus.PENDING] * 5
    assert await comes(50) is StopStatus.ARRIVED

    assert await rider.reports(first.point, after=1)
    told = await rider.told()
    for _ in range(4):
        await rider.reports(first.point, after=3)
    assert await rider.told() - told <= 1, "who stands at a stop arrives at no other"


async def test_an_arrival_follows_from_what_was_measured(day: Day, rider: Rider) -> None:
    """What is shown is a step behind where somebody brakes."""
    order = await day.assigned()
    first = (await day.stops(order))[0]
    for meters in (300, 76, 52, 52):
        await rider.reports(beside(first.point, meters), after=2)
    assert (await day.stops(order))[0].status is StopStatus.ARRIVED
    assert distance(await rider.live(), first.point) > 52


async def test_a_position_that_cannot_be_is_not_shown(day: Day, rider: Rider) -> None:
    order = await day.assigned()
    await rider.reports(AT_KITCHEN)
    await rider.reports(Point(48, 37), after=16)
    delivery = await day.delivery(order)
    assert delivery.latitude == pytest.approx(AT_KITCHEN.latitude, abs=0.001)
    assert delivery.position_at == await day.clock(), "he was heard"
    assert distance(await rider.live(), AT_KITCHEN) <= 1


async def test_a_late_one_moves_nobody(day: Day, rider: Rider, lookout: Lookout) -> None:
    await day.assigned()
    begun = await day.clock()
    await rider.reports(AT_KITCHEN, after=20)
    seen, told = await lookout.everybody(), await rider.told()
    assert await rider.reports(beside(AT_KITCHEN, 900), after=16, measured=begun)
    assert (await lookout.everybody(), await rider.told()) == (seen, told)


async def test_who_waits_is_written_down_each_minute(day: Day, rider: Rider) -> None:
    await day.online(rider.who, AT_KITCHEN)
    there = beside(AT_KITCHEN, 2_000)
    for _ in range(3):
        assert await rider.reports(there, after=15) == driving.WHILE_WAITING.total_seconds()
        assert (await rider.row()).latitude == AT_KITCHEN.latitude
    await rider.reports(there, after=15)
    assert (await rider.row()).latitude == pytest.approx(there.latitude, abs=0.0001)


async def test_a_round_looks_where_drivers_are_now(day: Day, rider: Rider) -> None:
    await day.online(rider.who, AT_KITCHEN)
    there = beside(AT_KITCHEN, 2_000)
    await rider.reports(there)

    async def free(seen: Seen) -> Candidate:
        (he,) = [c for c in await done(day.world, step(fleet.free, seen)) if c.id == rider.id]
        return he

    known = await rider.context.whereabouts.everybody()
    now = await free(known)
    assert distance(now.at, there) <= 1
    assert now.seen_at == await day.clock()
    assert (await free(await Nowhere().everybody())).at == AT_KITCHEN
    await day.passes(seconds=1)
    await day.online(rider.who, AT_KITCHEN)
    assert (await free(known)).at == AT_KITCHEN, "PostgreSQL knows it better"


async def test_who_may_not_report_is_not_seen(day: Day, rider: Rider, lookout: Lookout) -> None:
    now = await day.clock()
    long_ago = now - timedelta(minutes=11)
    for who, fix, why in (
        (rider.who, Fix(AT_KITCHEN, now), DriverOffline),
        (rider.who, Fix(AT_KITCHEN, long_ago), InvalidInput),
        (rider.who, Fix(Point(91, 0), now), InvalidInput),
        (day.world.customer, Fix(AT_KITCHEN, now), NotFound),
    ):
        with pytest.raises(Refused) as no:
            await reported(rider.context, fix, by=who)
        assert [type(refusal) for refusal in no.value.refusals] == [why]
    await day.online(rider.who)
    await rider.reports(AT_KITCHEN)
    await day.do(step(driving.go_offline, None, by=rider.who))
    seen = await lookout.everybody()
    with pytest.raises(Refused):
        await rider.reports(beside(AT_KITCHEN, 500))
    assert await lookout.everybody() == seen


async def test_whoever_gives_a_delivery_back_waits_again(day: Day, rider: Rider) -> None:
    order = await day.assigned()
    await rider.reports(AT_KITCHEN)
    delivery = await day.delivery(order)
    await day.do(step(travelling.release, delivery.id, by=rider.who))
    told = await rider.told()
    await day.do(step(shifts.take_break, await day.clock() + timedelta(minutes=9), by=rider.who))
    there = beside(AT_KITCHEN, 1_000)
    assert await rider.reports(there, after=20) == driving.WHILE_WAITING.total_seconds()
    assert await rider.told() == told
    assert (await day.delivery(order)).latitude is None


async def test_without_redis_each_one_is_written_down(day: Day) -> None:
    away = Lookout("redis://127.0.0.1:1")
    for whereabouts in (away, Nowhere()):
        rider = Rider.on(day, whereabouts)
        order = await day.assigned()
        for n in range(5):
            there = beside(AT_KITCHEN, 4_000 - 30 * n)
            await rider.reports(there)
            delivery = await day.delivery(order)
            assert (delivery.latitude, delivery.longitude) == (there.latitude, there.longitude)
            assert (await rider.row()).position_at == delivery.position_at == await day.clock()
        assert await _events(day, delivery.id) == 5
        await day.do(step(travelling.release, delivery.id, by=rider.who))
        await day.passes(minutes=10)
    await away.close()


async def test_an_emptied_redis_forgets_no_more_than_a_quarter_of_a_minute(
    day: Day, rider: Rider, redis_url: str
) -> None:
    order = await day.assigned()
    redis: Redis
    async with changes.redis(redis_url) as redis:
        for n in range(12):
            await redis.delete(*KEYS)
            there = beside(AT_KITCHEN, 4_000 - 30 * n)
            await rider.reports(there)
            assert distance(await rider.live(), there) <= 1
            written = (await day.delivery(order)).position_at
            assert written is not None
            assert await day.clock() - written < timedelta(seconds=15)
    assert await rider.told() == 4


async def _events(day: Day, delivery_id: object) -> int:
    told = select(func.count()).where(
        Event.kind == "COURIER_MOVED", Event.delivery_id == delivery_id
    )
    async with day.world.transaction() as session:
        return (await session.scalars(told)).one()
