"""Live screens over real sockets: the present, then every event, once, to those who may see it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from catering import changes
from catering.database import Transaction
from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.domain.orders import OrderStatus
from catering.domain.people import Role
from catering.domain.tickets import TicketStatus
from catering.models import Announced, Delivery, Order, Staff, Ticket
from catering.settings import Settings
from catering.workers import announcing

from .people import Person, Town
from .serving import Api, Socket, serving

ORDER = """subscription ($id: ID!, $after: String) { orderChanged(id: $id, after: $after) {
  __typename ... on LiveEvent { position occurredAt }
  ... on OrderChanged { kind order { id status } } ... on StreamReset { reason } } }"""
KITCHEN = """subscription ($id: ID!, $after: String) {
  kitchenFeed(restaurantId: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on TicketChanged { kind ticket { id status } } } }"""
DRIVER = """subscription ($after: String) { driverFeed(after: $after) {
  __typename ... on LiveEvent { position } ... on OfferChanged { offer { id } }
  ... on AssignmentChanged { delivery { id status } } } }"""
BOARD = """subscription ($filter: OrderFilter, $after: String) {
  orderBoardChanged(filter: $filter, after: $after) {
  __typename ... on LiveEvent { position }
  ... on BoardCardChanged { previousStatus order { id status } }
  ... on BoardCardRemoved { orderId } } }"""
TRACKING = """subscription ($id: ID!, $after: String) { deliveryTracked(id: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on PositionChanged { at { latitude longitude } }
  ... on TrackingEnded { status } } }"""
MENU = """subscription ($id: ID!, $after: String) { menuChanged(restaurantId: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on ProductChanged { product { id } } } }"""


@pytest.fixture
async def anna(town: Town) -> Person:
    return await town.person(Role.CUSTOMER)


@pytest.fixture
async def cook(town: Town) -> Person:
    return await town.person(Role.RESTAURANT)


@pytest.fixture
async def bakery(town: Town, cook: Person) -> UUID:
    return await town.restaurant(cook)


@pytest.fixture
async def order(town: Town, anna: Person, bakery: UUID) -> UUID:
    return (await town.order(anna, bakery))[0]


def text(prefix: Prefix, id: UUID) -> str:
    return ids.encode(prefix, id)


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
            await changes.publish(town.redis, batch.channels, batch.position)
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


async def test_a_kitchen_sees_its_open_tickets_and_what_becomes_of_them(
    api: Api, town: Town, anna: Person, cook: Person, bakery: UUID, transaction: Transaction
) -> None:
    order, ticket = await town.order(anna, bakery)
    _, done = await town.order(anna, bakery)
    await town.becomes(Ticket, done, status=TicketStatus.PICKED_UP)
    facts = {"order_id": order, "restaurant_id": bakery, "ticket_id": ticket}
    async with api.socket(cook.token) as socket:
        await socket.subscribe(KITCHEN, id=text(Prefix.RESTAURANT, bakery))
        present = await socket.next()
        assert (present["kind"], present["ticket"]["id"]) == (
            "PRESENT",
            text(Prefix.TICKET, ticket),
        )

        await town.becomes(Ticket, ticket, status=TicketStatus.ACCEPTED)
        await town.happens(EventKind.TICKET_ACCEPTED, ticket, **facts)
        changed = await socket.next()
        assert (changed["kind"], changed["ticket"]["status"]) == ("TICKET_ACCEPTED", "ACCEPTED")

        async with transaction() as session:
            await session.execute(delete(Staff).where(Staff.user_id == cook.id))
        await town.happens(EventKind.TICKET_READY, ticket, **facts)
        assert (await socket.hear())["type"] == "complete"


async def test_a_driver_is_offered_assigned_and_released(api: Api, town: Town, order: UUID) -> None:
    driver = await town.person(Role.DRIVER)
    delivery = await town.delivery(order)
    offer = await town.offer(delivery, driver)
    facts = {"order_id": order, "driver_id": driver.id, "delivery_id": delivery}
    async with api.socket(driver.token) as socket:
        await socket.subscribe(DRIVER)
        assert (await socket.next())["delivery"] is None
        assert (await socket.next())["offer"]["id"] == text(Prefix.OFFER, offer)

        await town.happens(EventKind.OFFER_ACCEPTED, offer, **facts)
        assert (await socket.next())["__typename"] == "OfferChanged"
        await town.becomes(Delivery, delivery, driver_id=driver.id, status=DeliveryStatus.ASSIGNED)
        await town.happens(EventKind.DELIVERY_ASSIGNED, delivery, **facts)
        assert (await socket.next())["delivery"]["status"] == "ASSIGNED"

        await town.becomes(Delivery, delivery, driver_id=None, status=DeliveryStatus.SEARCHING)
        await town.happens(EventKind.DELIVERY_SEARCHING, delivery, **facts)
        assert (await socket.next())["delivery"] is None


async def test_a_delivery_is_tracked_until_it_ends(
    api: Api, town: Town, anna: Person, order: UUID
) -> None:
    delivery = await town.delivery(order, await town.person(Role.DRIVER))
    async with api.socket(anna.token) as socket:
        await socket.subscribe(TRACKING, id=text(Prefix.DELIVERY, delivery))
        assert (await socket.next())["at"] == {"latitude": 50.45, "longitude": 30.52}

        there = {"latitude": 50.5, "longitude": 30.6}
        await town.happens(EventKind.COURIER_MOVED, delivery, delivery_id=delivery, data=there)
        assert (await socket.next())["at"] == there

        await town.becomes(Delivery, delivery, status=DeliveryStatus.DELIVERED)
        await town.happens(
            EventKind.DELIVERY_DELIVERED, delivery, delivery_id=delivery, order_id=order,
            status=DeliveryStatus.DELIVERED,
        )  # fmt: skip
        ended = await socket.next()
        assert (ended["__typename"], ended["status"]) == ("TrackingEnded", "DELIVERED")
        assert (await socket.hear())["type"] == "complete"

        await socket.subscribe(TRACKING, id=text(Prefix.DELIVERY, delivery))
        assert (await socket.next())["__typename"] == "TrackingEnded"
        assert (await socket.hear())["type"] == "complete"


async def test_a_menu_is_followed_by_anybody(api: Api, town: Town, bakery: UUID) -> None:
    product = await town.product(bakery)
    async with api.socket() as socket:
        await socket.subscribe(MENU, id=text(Prefix.RESTAURANT, bakery))
        assert (await socket.next())["product"]["id"] == text(Prefix.PRODUCT, product)
        position = await town.happens(EventKind.PRODUCT_CHANGED, product, restaurant_id=bakery)
        assert (await socket.next())["position"] == str(position)


async def test_the_office_sees_cards_come_and_go(
    api: Api, town: Town, anna: Person, bakery: UUID
) -> None:
    manager = await town.person(Role.MANAGER)
    async with api.socket(manager.token) as socket:
        only = {"restaurant": [text(Prefix.RESTAURANT, bakery)], "status": ["PLACED", "PREPARING"]}
        order, _ = await town.order(anna, bakery)
        other, _ = await town.order(anna, await town.restaurant())
        await socket.subscribe(BOARD, filter=only)
        assert (await socket.next())["order"]["id"] == text(Prefix.ORDER, order)

        await town.happens(EventKind.TICKET_ACCEPTED, other, order_id=other)
        await town.becomes(Order, order, status=OrderStatus.PREPARING)
        facts = {"order_id": order, "previous_status": "PLACED"}
        await town.happens(EventKind.TICKET_ACCEPTED, order, **facts)
        changed = await socket.next()
        assert changed["previousStatus"] == "PLACED"
        assert changed["order"] == {"id": text(Prefix.ORDER, order), "status": "PREPARING"}

        await town.becomes(Order, order, status=OrderStatus.READY)
        await town.happens(EventKind.TICKET_READY, order, order_id=order)
        removed = await socket.next()
        assert (removed["__typename"], removed["orderId"]) == (
            "BoardCardRemoved", text(Prefix.ORDER, order)
        )  # fmt: skip


async def test_a_restaurants_board_shows_its_own_orders(
    api: Api, town: Town, anna: Person, cook: Person, bakery: UUID
) -> None:
    order, _ = await town.order(anna, bakery)
    other, _ = await town.order(anna, await town.restaurant())
    async with api.socket(cook.token) as socket:
        await socket.subscribe(BOARD)
        assert (await socket.next())["order"]["id"] == text(Prefix.ORDER, order)

        await town.happens(EventKind.ORDER_PLACED, other, order_id=other)
        await town.becomes(Order, order, status=OrderStatus.DELIVERED)
        await town.happens(EventKind.DELIVERY_DELIVERED, order, order_id=order)
        removed = await socket.next()
        assert removed["orderId"] == text(Prefix.ORDER, order)


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
