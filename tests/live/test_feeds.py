"""What each live feed tells: kitchens, drivers, deliveries, menus, the board."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete

from catering.database import Transaction
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.ids import Prefix
from catering.domain.orders import OrderStatus
from catering.domain.people import Role
from catering.domain.tickets import TicketStatus
from catering.models import Delivery, Order, Staff, Ticket
from tests.live.asking import BOARD, DRIVER, KITCHEN, MENU, TRACKING, text

from .people import Person, Town
from .serving import Api


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
