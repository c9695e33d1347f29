"""Two couriers of companies under way to one door."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from catering.domain.baskets import Portion
from catering.domain.bookings import BookingStatus
from catering.domain.orders import OrderStatus
from catering.domain.reports import CourierStatus
from catering.models import Booking
from catering.providers.ports import Booked, CourierReport
from catering.services import carrying, overdue, resolving, tendering

from .acting import Day, done, everything, step
from .replaying import must_replay

S = CourierStatus


async def test_a_courier_who_is_faster_than_the_booking_of_the_other_is_not_forgotten(
    day: Day,
) -> None:
    id, (first, second) = await requested(day)
    await confirmed(day, first)
    await told(day, first, S.PICKED_UP)
    assert [stop.status for stop in await day.stops(id)] == ["PENDING"] * 3

    await confirmed(day, second)
    await told(day, first, S.PICKED_UP)
    assert [stop.status for stop in await day.stops(id)] == ["DONE", "PENDING", "PENDING"]

    for booking in (first, second):
        await told(day, booking, S.DELIVERED)
    order = await day.world.look(id)
    assert order.status is OrderStatus.DELIVERED
    assert {b.status for b in order.deliveries[0].bookings} == {BookingStatus.COMPLETED}
    await must_replay(day.world, id)


async def test_food_that_is_lost_on_the_road_ends_the_rest_as_well(day: Day) -> None:
    id, (first, second) = await requested(day)
    for booking in (first, second):
        await confirmed(day, booking)
    await told(day, first, S.PICKED_UP)

    await told(day, first, S.CANCELLED)

    order = await day.world.look(id)
    assert order.status is OrderStatus.FAILED
    assert {ticket.status for ticket in order.tickets} == {"PICKED_UP", "CANCELLED"}
    assert [stop.status for stop in order.deliveries[0].stops] == ["DONE", "SKIPPED", "PENDING"]
    async with day.world.transaction() as session:
        (unwanted,) = await carrying.unwanted(session, id)
    assert unwanted.booking_id == second
    await must_replay(day.world, id)


async def test_a_courier_who_arrives_after_the_other_was_lost_still_ends_his_trip(day: Day) -> None:
    id, (first, second) = await requested(day)
    for booking in (first, second):
        await confirmed(day, booking)
        await told(day, booking, S.PICKED_UP)
    await told(day, first, S.RETURNED)
    before = (await day.world.look(id)).status

    for status in (S.AT_DROPOFF, S.DELIVERED):
        await told(day, second, status)

    order = await day.world.look(id)
    assert (order.status, before) == (OrderStatus.FAILED, OrderStatus.FAILED)
    assert [b.status for b in order.deliveries[0].bookings] == ["LOST", "COMPLETED"]


async def test_a_company_fetches_what_there_is_while_the_customer_is_asked(day: Day) -> None:
    world = day.world
    portions = (world.portion(world.borscht), world.portion(world.varenyky))
    id, (booking,) = await requested(day, *portions)
    await confirmed(day, booking)
    line = (await day.tickets(id))[0].lines[0]
    await done(world, step(resolving.report, line.id, None, by=world.cook))

    await told(day, booking, S.PICKED_UP)

    order = await world.look(id)
    assert [str(line.status) for line in order.tickets[0].lines] == ["REMOVED", "CONFIRMED"]
    assert (order.tickets[0].status, order.subtotal) == ("PICKED_UP", 13_000)
    assert order.resolutions[0].status == "EXPIRED"
    await must_replay(world, id)


async def test_old_news_change_nothing(day: Day) -> None:
    _, (first, second) = await requested(day)
    for booking in (first, second):
        await confirmed(day, booking)
    for booking in (first, second):
        await told(day, booking, S.EN_ROUTE)
    before = await everything(day.world)

    await told(day, first, S.EN_ROUTE)

    assert await everything(day.world) == before


async def requested(day: Day, *portions: Portion) -> tuple[UUID, list[UUID]]:
    """An order, usually of two kitchens, for which a trip each is asked for."""
    world = day.world
    account = await world.account("rockets", port="courier", provider="-", base_url="http://-")
    id = await day.accepted(*portions)
    delivery = await day.delivery(id)
    await done(world, step(overdue.search_due, delivery.id))
    choice = {stop.id: account for stop in delivery.pickups}
    await done(world, step(tendering.book, delivery.id, choice))
    bookings = (await day.delivery(id)).bookings
    rank = {stop.id: stop.rank for stop in delivery.stops}
    return id, [b.id for b in sorted(bookings, key=lambda b: rank[b.stop_id])]


async def confirmed(day: Day, booking: UUID) -> None:
    answer = Booked(CourierReport(f"trip-{booking}", S.PENDING, "ok"))
    await done(day.world, step(carrying.answered, booking, answer))


async def told(day: Day, booking: UUID, status: CourierStatus) -> Booking:
    report = CourierReport(f"trip-{booking}", status, status)
    return await done(day.world, step(carrying.reported, booking, report))


async def test_a_company_that_finds_nobody_is_replaced(day: Day) -> None:
    id, (first, second) = await requested(day)
    for booking in (first, second):
        await confirmed(day, booking)

    for booking in (first, second):
        await done(day.world, step(carrying.given_up, booking))

    delivery = await day.delivery(id)
    assert {b.status for b in delivery.bookings} == {BookingStatus.LOST}
    assert delivery.status == "SEARCHING"
    await must_replay(day.world, id)


async def test_also_for_food_that_is_ready_a_company_has_five_minutes_to_find_somebody(
    day: Day,
) -> None:
    id, (first, _) = await requested(day)
    await day.world.time_passes(timedelta(hours=1))
    confirmed_at = await day.clock()

    await confirmed(day, first)

    (wait,) = [t for t in await day.world.open_tasks(id) if t.kind == "booking_unassigned"]
    assert wait.due - confirmed_at >= timedelta(minutes=5)
