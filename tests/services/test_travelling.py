from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from catering.domain.deliveries import DeliveryStatus, StopStatus
from catering.domain.geography import Point
from catering.domain.offers import OfferStatus
from catering.domain.orders import OrderStatus
from catering.domain.refusals import ForbiddenStep, InvalidInput, NotFound, WrongProof
from catering.domain.tickets import TicketStatus
from catering.models import Order, Stop
from catering.services import driving, ordering, travelling
from catering.services.travelling import PIN_TRIES

from .acting import Day, refused, step

Pin = str | None


async def test_a_delivery_goes_stop_by_stop(day: Day) -> None:
    id = await day.assigned()
    seen = [(await day.delivery(id)).status]
    for stop in await day.stops(id):
        await day.arrive(stop)
        seen.append((await day.delivery(id)).status)
        await day.complete(stop, (await day.world.look(id)).pin)
        seen.append((await day.delivery(id)).status)

    assert seen == [
        "ASSIGNED", "AT_PICKUP", "TO_PICKUP", "AT_PICKUP", "TO_DROPOFF", "AT_DROPOFF", "DELIVERED",
    ]  # fmt: skip
    order = await day.world.look(id)
    assert order.status is OrderStatus.DELIVERED
    assert {t.status for t in order.tickets} == {TicketStatus.PICKED_UP}


async def test_the_order_is_in_delivery_once_everything_is_on_board(day: Day) -> None:
    id = await day.collected()
    order = await day.world.look(id)
    assert order.status is OrderStatus.IN_DELIVERY
    assert order.estimated_at is not None
    assert order.estimated_at > await day.clock()


async def test_a_wrong_pin_is_counted_and_five_tries_are_all(day: Day) -> None:
    id = await day.at_the_door()
    pin, wrong = await _pins(day, id)
    door = (await day.stops(id))[-1]

    left = [await _tried(day, door, wrong) for _ in range(PIN_TRIES)]

    assert left == [4, 3, 2, 1, 0]
    assert (await day.world.look(id)).pin_failures == PIN_TRIES
    assert await _tried(day, door, pin) == 0, "the right one comes too late"
    assert (await day.delivery(id)).status is DeliveryStatus.AT_DROPOFF

    manager = day.world.manager
    await day.do(step(travelling.complete, door.id, None, None, None, by=manager))
    assert (await day.world.look(id)).status is OrderStatus.DELIVERED


async def test_no_pin_is_no_proof_and_costs_no_try(day: Day) -> None:
    id = await day.at_the_door()
    door = (await day.stops(id))[-1]

    assert await _tried(day, door, None) == PIN_TRIES

    order = await day.world.look(id)
    assert (order.pin_failures, order.status) == (0, OrderStatus.IN_DELIVERY)


async def test_the_right_pin_after_a_wrong_one_opens_the_door(day: Day) -> None:
    id = await day.at_the_door()
    pin, wrong = await _pins(day, id)
    door = (await day.stops(id))[-1]
    assert await _tried(day, door, wrong) == 4

    await day.complete(door, pin)

    assert (await day.world.look(id)).status is OrderStatus.DELIVERED


async def test_the_door_comes_after_the_kitchens(day: Day) -> None:
    id = await day.assigned()
    first, _, door = await day.stops(id)
    driver = day.world.driver

    await refused(day.world, step(travelling.arrive, door.id, None, by=driver), ForbiddenStep)
    await day.arrive(first)
    await day.complete(first)
    await refused(day.world, step(travelling.arrive, door.id, None, by=driver), ForbiddenStep)


async def test_nothing_is_collected_before_one_is_there_nor_twice(day: Day) -> None:
    id = await day.assigned()
    first, second, _ = await day.stops(id)
    driver = day.world.driver

    collect = step(travelling.complete, first.id, None, None, None, by=driver)

    await refused(day.world, collect, ForbiddenStep)
    await day.arrive(first)
    await refused(day.world, step(travelling.arrive, second.id, None, by=driver), ForbiddenStep)
    await day.complete(first)
    await refused(day.world, collect, ForbiddenStep)


async def test_a_delivery_is_its_own_drivers(day: Day) -> None:
    id = await day.assigned()
    first = (await day.stops(id))[0]
    for by in (day.world.second_driver, day.world.stranger):
        await refused(day.world, step(travelling.arrive, first.id, None, by=by), NotFound)
    for by in (day.world.customer, day.world.cook):
        await refused(day.world, step(travelling.arrive, first.id, None, by=by), ForbiddenStep)


async def test_who_is_only_asked_cannot_start(day: Day) -> None:
    id = await day.offered()
    first = (await day.stops(id))[0]
    driver = day.world.driver

    await refused(day.world, step(travelling.arrive, first.id, None, by=driver), ForbiddenStep)
    delivery = await day.delivery(id)
    await refused(day.world, step(travelling.release, delivery.id, by=driver), ForbiddenStep)


async def test_a_delivery_given_back_before_the_pickup_finds_another_driver(day: Day) -> None:
    id = await day.assigned()
    delivery = await day.delivery(id)
    await day.arrive(delivery.stops[0])
    await day.online(day.world.second_driver)

    await day.do(step(travelling.release, delivery.id, by=day.world.driver))

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (DeliveryStatus.SEARCHING, None)
    assert {stop.status for stop in delivery.stops} == {StopStatus.PENDING}
    assert {o.driver_id: o.status for o in delivery.offers} == {
        day.world.driver.id: OfferStatus.WITHDRAWN,
        day.world.second_driver.id: OfferStatus.SENT,
    }


async def test_a_delivery_on_the_road_cannot_be_given_back(day: Day) -> None:
    id = await day.assigned()
    delivery = await day.delivery(id)
    await day.arrive(delivery.stops[0])
    await day.complete(delivery.stops[0])

    driver = day.world.driver
    await refused(day.world, step(travelling.release, delivery.id, by=driver), ForbiddenStep)


async def test_who_is_seen_at_a_stop_twice_has_arrived(day: Day) -> None:
    world = day.world
    id = await day.assigned()
    first = (await day.stops(id))[0]
    now = await day.clock()
    beside = Point(first.latitude + 0.0004, first.longitude)  # 44 metres
    passing = Point(first.latitude + 0.0008, first.longitude)

    async def seen(at: Point, seconds: int) -> StopStatus:
        when = now + timedelta(seconds=seconds)
        await day.do(step(driving.report_position, at, when, by=world.driver))
        return (await day.stops(id))[0].status

    told = [await seen(at, n) for n, at in enumerate((beside, passing, beside))]
    assert told == [StopStatus.PENDING] * 3
    assert await seen(passing, 1) is StopStatus.PENDING, "an old position moves nobody"
    assert await seen(beside, 3) is StopStatus.ARRIVED
    await day.arrive(first)  # by hand as well: he need not know
    await day.complete(first)
    assert (await world.kinds(id)).count("STOP_ARRIVED") == 1


async def test_what_may_be_left_at_the_door_is_proved_by_a_photo(day: Day) -> None:
    world = day.world
    id = await day.at_the_door()
    door, driver = (await day.stops(id))[-1], world.driver
    photo = step(travelling.complete, door.id, None, "https://p.test/1", None, by=driver)
    assert isinstance(await day.do(photo), WrongProof), "a photo alone proves nothing"
    async with world.transaction() as session:
        (await session.get_one(Order, id)).leave_at_door = True
    assert isinstance(
        await day.do(step(travelling.complete, door.id, None, None, None, by=driver)), WrongProof
    )

    await day.do(photo)

    assert (await world.look(id)).status is OrderStatus.DELIVERED
    there = world.wish(leave_at_door=True)
    place = step(ordering.place, there, by=world.customer)
    (no,) = await refused(world, place, InvalidInput)
    assert no.path == ("leaveAtDoor",)


async def _pins(day: Day, id: UUID) -> tuple[str, str]:
    pin = (await day.world.look(id)).pin
    return pin, "0000" if pin != "0000" else "1111"


async def _tried(day: Day, door: Stop, pin: Pin) -> int | None:
    driver = day.world.driver
    said = await day.do(step(travelling.complete, door.id, pin, None, None, by=driver))
    assert isinstance(said, WrongProof)
    return said.attempts_left
