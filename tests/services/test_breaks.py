"""Shifts that end by themselves, and breaks."""

from __future__ import annotations

from datetime import datetime, timedelta

from catering.domain.offers import OfferStatus
from catering.domain.refusals import DriverOffline, InvalidInput, NotFound
from catering.services import driving, fleet, shifts, travelling
from tests.services.asking import driver_row, events_of_drivers, who_was_asked
from tests.world import AT_KITCHEN

from .acting import Day, done, refused, step


async def _in(day: Day, **time: float) -> datetime:
    return await day.clock() + timedelta(**time)


async def test_nobody_is_asked_in_his_break_and_who_is_back_is_asked_at_once(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    id = await day.searched(world.portion(world.borscht))
    await day.do(step(shifts.take_break, await _in(day, minutes=10), by=world.driver))

    assert [offer.status for offer in (await day.delivery(id)).offers] == [OfferStatus.DECLINED]
    second = await day.searched(world.portion(world.borscht))
    assert await who_was_asked(day, second) == []
    await day.passes(minutes=11)

    assert await who_was_asked(day, second) == [world.driver.id]
    assert (await driver_row(world, world.driver)).break_until is None
    assert await events_of_drivers(world, "DRIVER_BACK") == [world.driver.id]


async def test_a_break_ends_when_he_comes_online(day: Day) -> None:
    world = day.world
    await day.online(world.driver)
    await day.do(step(shifts.take_break, await _in(day, minutes=30), by=world.driver))
    id = await day.searched(world.portion(world.borscht))

    await day.online(world.driver)

    assert await who_was_asked(day, id) == [world.driver.id]
    await day.passes(minutes=31)
    assert await events_of_drivers(world, "DRIVER_BACK") == [world.driver.id]


async def test_what_is_carried_is_brought_in_a_break_too(day: Day) -> None:
    id = await day.assigned(day.world.portion(day.world.borscht))

    await day.do(step(shifts.take_break, await _in(day, minutes=30), by=day.world.driver))

    assert (await day.delivery(id)).driver_id == day.world.driver.id


async def test_a_break_has_its_bounds_and_is_for_those_who_work(day: Day) -> None:
    world = day.world
    soon = await _in(day, minutes=30)
    await refused(world, step(shifts.take_break, soon, by=world.driver), DriverOffline)
    await day.online(world.driver)
    for minutes in (-1, 0, 121):
        until = await _in(day, minutes=minutes)
        await refused(world, step(shifts.take_break, until, by=world.driver), InvalidInput)
    await refused(world, step(shifts.take_break, soon, by=world.customer), NotFound)


async def test_a_shift_ends_by_itself(day: Day) -> None:
    world = day.world
    await day.do(step(driving.go_online, AT_KITCHEN, await _in(day, minutes=60), by=world.driver))
    await day.passes(minutes=61)

    assert not (await driver_row(world, world.driver)).online
    assert await events_of_drivers(world, "DRIVER_OFFLINE") == [world.driver.id]
    id = await day.searched(world.portion(world.borscht))
    assert await who_was_asked(day, id) == []


async def test_a_shift_has_its_bounds(day: Day) -> None:
    for minutes in (-1, 0, 16 * 60 + 1):
        until = await _in(day, minutes=minutes)
        online = step(driving.go_online, AT_KITCHEN, until, by=day.world.driver)
        await refused(day.world, online, InvalidInput)


async def test_who_carries_when_his_shift_ends_brings_it_and_goes_then(day: Day) -> None:
    world = day.world
    id = await day.assigned(world.portion(world.borscht))
    await day.do(step(driving.go_online, AT_KITCHEN, await _in(day, minutes=2), by=world.driver))
    await day.passes(minutes=4)
    assert (await driver_row(world, world.driver)).online

    await day.do(step(travelling.release, (await day.delivery(id)).id, by=world.driver))
    assert await who_was_asked(day, id) == [world.driver.id]  # before, and not again
    await day.passes(minutes=2)

    assert not (await driver_row(world, world.driver)).online


async def test_a_shift_can_be_made_longer_and_open(day: Day) -> None:
    world = day.world
    for until in (await _in(day, minutes=10), await _in(day, minutes=20), None):
        await day.do(step(driving.go_online, AT_KITCHEN, until, by=world.driver))
    await day.passes(minutes=30)

    assert (await driver_row(world, world.driver)).online
    until = await _in(day, minutes=5)
    await day.do(step(driving.go_online, AT_KITCHEN, until, by=world.driver))
    assert (await driver_row(world, world.driver)).shift_ends_at == until


async def test_both_end_by_the_clock_before_anybody_says_so(day: Day) -> None:
    world = day.world
    await day.do(step(driving.go_online, AT_KITCHEN, await _in(day, minutes=20), by=world.driver))
    await day.do(step(shifts.take_break, await _in(day, minutes=10), by=world.driver))
    free = list[int]()
    for _ in range(3):
        free.append(len(await done(world, fleet.free)))
        await world.time_passes(timedelta(minutes=11))

    assert free == [0, 1, 0]
