"""Live screens over real sockets: the present, then every event, once, to those who may see it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from catering import changes
from catering.database import Transaction
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.domain.orders import OrderStatus
from catering.domain.people import Role
from catering.models import Announced, Delivery, Order
from catering.settings import Settings
from catering.workers import announcing
from tests.live.asking import BOARD, DRIVER, KITCHEN, ORDER, TRACKING, text

from .people import Person, Town
from .serving import Api, Socket, serving


async def refused(socket: Socket, query: str, **variables: Any) -> str:
    await socket.subscribe(query, **variables)
    message = await socket.hear()
    assert message["type"] == "error", message
    code: str = message["payload"][0]["extensions"]["code"]
    return code


async def test_the_present_comes_first_and_then_each_change(
    api: Api, town: Town, anna: Person, order: UUID
) -> None:
    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
        present = await socket.next()
        assert (present["kind"], present["order"]["status"]) == ("PRESENT", "PLACED")

        await town.becomes(Order, order, status=OrderStatus.PREPARING)
        position = await town.happens(EventKind.TICKET_ACCEPTED, order, order_id=order)
        changed = await socket.next()
        assert (changed["kind"], changed["order"]["status"]) == ("TICKET_ACCEPTED", "PREPARING")
        assert int(present["position"]) < int(changed["position"]) == position


async def test_what_happens_on_one_process_is_seen_on_another(
    api: Api, settings: Settings, town: Town, anna: Person, order: UUID
) -> None:
    async with (
        serving(settings) as other,
        api.socket(anna.token) as here,
        other.socket(anna.token) as there,
    ):
        for socket in (here, there):
            await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
            await socket.next()
        await town.happens(EventKind.TICKET_ACCEPTED, order, order_id=order)
        told = [await here.next(), await there.next()]
    assert told[0] == told[1]
    assert told[0]["kind"] == "TICKET_ACCEPTED"


async def test_a_burst_comes_whole_in_order_and_once(
    api: Api, town: Town, anna: Person, order: UUID
) -> None:
    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
        present = await socket.next()
        for _ in range(250):
            await town.happens_unheard(EventKind.TICKET_REMINDED, order, order_id=order)
        last = await town.announce()
        told = [int((await socket.next())["position"]) for _ in range(250)]

    assert told == sorted(set(told))
    assert int(present["position"]) < told[0]
    assert told[-1] == last


async def test_who_comes_back_misses_nothing(
    api: Api, town: Town, anna: Person, order: UUID
) -> None:
    id = text(Prefix.ORDER, order)
    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=id)
        left_at = (await socket.next())["position"]
    kinds = [EventKind.TICKET_ACCEPTED, EventKind.TICKET_PREPARING, EventKind.TICKET_READY]
    for kind in kinds[:2]:
        await town.happens(kind, order, order_id=order)

    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=id, after=left_at)
        told = [await socket.next(), await socket.next()]
        await town.happens(kinds[2], order, order_id=order)
        told.append(await socket.next())
    assert [event["kind"] for event in told] == kinds


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "9" * 30, "999999999999", "²"])
async def test_a_position_of_nowhere_is_reset_and_goes_on(
    api: Api, town: Town, anna: Person, order: UUID, after: str
) -> None:
    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, order), after=after)
        reset = await socket.next()
        assert (reset["__typename"], reset["reason"]) == ("StreamReset", "POSITION_UNKNOWN")

        position = await town.happens(EventKind.TICKET_ACCEPTED, order, order_id=order)
        assert int(reset["position"]) < position == int((await socket.next())["position"])


async def test_a_position_that_is_forgotten_is_reset(
    api: Api, town: Town, transaction: Transaction, anna: Person, order: UUID
) -> None:
    for _ in range(2):
        last = await town.happens(EventKind.TICKET_REMINDED, order, order_id=order)
    async with transaction() as session:
        await session.execute(update(Announced).values(oldest=last))
    try:
        async with api.socket(anna.token) as socket:
            await socket.subscribe(ORDER, id=text(Prefix.ORDER, order), after=str(last - 1))
            reset = await socket.next()
        assert (reset["reason"], reset["position"]) == ("POSITION_EXPIRED", str(last))
    finally:
        async with transaction() as session:
            await session.execute(update(Announced).values(oldest=0))


async def test_who_is_too_slow_is_told_so(
    api: Api, town: Town, transaction: Transaction, anna: Person, order: UUID
) -> None:
    async with api.socket(anna.token) as socket:
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
        await socket.next()
        for _ in range(2):
            await town.happens_unheard(EventKind.TICKET_REMINDED, order, order_id=order)
        async with transaction() as session:
            batch = await announcing.announce(session)
            await session.execute(update(Announced).values(oldest=batch.position))
        try:
            await changes.publish(town.redis, batch.channels, batch.position, count=batch.count)
            reset = await socket.next()
            assert (reset["reason"], reset["position"]) == (
                "CONSUMER_TOO_SLOW",
                str(batch.position),
            )
        finally:
            async with transaction() as session:
                await session.execute(update(Announced).values(oldest=0))
        position = await town.happens(EventKind.TICKET_READY, order, order_id=order)
        assert (await socket.next())["position"] == str(position)


async def test_an_order_is_nobody_elses_business(api: Api, town: Town, order: UUID) -> None:
    async with api.socket() as socket:
        assert await refused(socket, ORDER, id=text(Prefix.ORDER, order)) == "UNAUTHENTICATED"
    for role in (Role.CUSTOMER, Role.DRIVER, Role.RESTAURANT):
        async with api.socket((await town.person(role)).token) as socket:
            for id in (text(Prefix.ORDER, order), text(Prefix.ORDER, uuid4()), "ord_x", "x"):
                assert await refused(socket, ORDER, id=id) == "NOT_FOUND"
            assert await refused(socket, ORDER, id=text(Prefix.ORDER, order), after="0") == (
                "NOT_FOUND"
            )


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.DRIVER, Role.RESTAURANT])
async def test_the_other_feeds_keep_strangers_out(
    api: Api, town: Town, order: UUID, bakery: UUID, role: Role
) -> None:
    delivery = await town.delivery(order)
    async with api.socket((await town.person(role)).token) as socket:
        works = role is Role.RESTAURANT
        kitchen = await refused(socket, KITCHEN, id=text(Prefix.RESTAURANT, bakery))
        assert kitchen == ("NOT_FOUND" if works else "FORBIDDEN")
        tracked = text(Prefix.DELIVERY, delivery)
        assert await refused(socket, TRACKING, id=tracked) == "NOT_FOUND"
        if role is not Role.DRIVER:
            assert await refused(socket, DRIVER) == "FORBIDDEN"
        if not works:
            assert await refused(socket, BOARD) == "FORBIDDEN"


async def test_rights_are_looked_at_with_every_event(api: Api, town: Town, order: UUID) -> None:
    driver = await town.person(Role.DRIVER)
    delivery = await town.delivery(order, driver)
    async with api.socket(driver.token) as socket:
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
        await socket.next()
        await town.becomes(Delivery, delivery, driver_id=None, status=DeliveryStatus.SEARCHING)
        await town.happens(EventKind.TICKET_READY, order, order_id=order)
        assert (await socket.hear())["type"] == "complete"


async def test_many_streams_share_a_socket_and_one_can_be_ended(
    api: Api, town: Town, anna: Person, bakery: UUID
) -> None:
    orders = [(await town.order(anna, bakery))[0] for _ in range(2)]
    async with api.socket(anna.token) as socket:
        first = await socket.subscribe(ORDER, id=text(Prefix.ORDER, orders[0]))
        await socket.next()
        await socket.subscribe(ORDER, id=text(Prefix.ORDER, orders[1]))
        await socket.next()
        await socket.say({"id": first, "type": "complete"})
        for order in orders:
            await town.happens(EventKind.TICKET_ACCEPTED, order, order_id=order)
        assert (await socket.next())["order"]["id"] == text(Prefix.ORDER, orders[1])


async def test_two_hundred_watchers_hear_of_one_event(
    api: Api, town: Town, anna: Person, order: UUID
) -> None:
    watching, go = asyncio.Semaphore(0), asyncio.Event()

    async def watch() -> str:
        async with api.socket(anna.token) as socket:
            await socket.subscribe(ORDER, id=text(Prefix.ORDER, order))
            await socket.next(30)
            watching.release()
            await go.wait()
            return str((await socket.next(30))["kind"])

    watchers = [asyncio.create_task(watch()) for _ in range(200)]
    for _ in watchers:
        await watching.acquire()
    await town.happens(EventKind.TICKET_ACCEPTED, order, order_id=order)
    go.set()
    assert set(await asyncio.gather(*watchers)) == {"TICKET_ACCEPTED"}
