"""A small town to watch: who lives there, and what happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis
from sqlalchemy import func, select

from catering import changes
from catering.database import Transaction, now
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.offers import OfferStatus
from catering.domain.orders import OrderStatus, OrderType, PaymentMethod, PaymentStatus
from catering.domain.people import Role
from catering.domain.products import ProductKind
from catering.domain.tickets import TicketStatus
from catering.models import (
    Category,
    Delivery,
    Driver,
    Event,
    Offer,
    Order,
    Product,
    Restaurant,
    Staff,
    Ticket,
    User,
)  # fmt: skip
from catering.services import sessions
from catering.settings import Settings
from catering.workers import announcing


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    role: Role
    token: str


@dataclass
class Town:
    """Real rows, and events that are announced by hand."""

    transaction: Transaction
    settings: Settings
    redis: Redis

    async def person(self, role: Role) -> Person:
        name = uuid4().hex
        async with self.transaction() as session:
            user = User(email=f"{name}@t.test", password_hash="-", display_name=name, role=role)
            session.add(user)
            await session.flush()
            if role is Role.DRIVER:
                session.add(Driver(id=user.id, vehicle="CAR"))
            begun = await sessions.begin(session, user.id, role, self.settings)
        return Person(user.id, role, begun.access_token)

    async def restaurant(self, *staff: Person) -> UUID:
        async with self.transaction() as session:
            place = Restaurant(
                slug=uuid4().hex, name="Пекарня", phone="+380440000000", address_line="Поділ, 1",
                latitude=50.46, longitude=30.51, time_zone="Europe/Kyiv", currency="UAH",
                preparation_minutes=20, opening_hours={},
            )  # fmt: skip
            session.add(place)
            await session.flush()
            session.add_all(Staff(user_id=one.id, restaurant_id=place.id) for one in staff)
        return place.id

    async def product(self, restaurant_id: UUID) -> UUID:
        async with self.transaction() as session:
            category = Category(restaurant_id=restaurant_id, name=uuid4().hex, rank=0)
            session.add(category)
            await session.flush()
            product = Product(
                restaurant_id=restaurant_id, category_id=category.id, name="Паляниця",
                kind=ProductKind.GOODS, price=4000, rank=0,
            )  # fmt: skip
            session.add(product)
        return product.id

    async def order(self, customer: Person, restaurant_id: UUID) -> tuple[UUID, UUID]:
        """An order and its one ticket."""
        async with self.transaction() as session:
            order = Order(
                type=OrderType.FOR_CUSTOMER, status=OrderStatus.PLACED, customer_id=customer.id,
                contact_phone="+380671000003", address_line="Хрещатик, 1", latitude=50.45,
                longitude=30.52, pin="1234", currency="UAH", subtotal=4000, delivery_fee=0,
                payment_method=PaymentMethod.CASH, payment_status=PaymentStatus.PENDING,
                promised_at=now(),
            )  # fmt: skip
            session.add(order)
            await session.flush()
            ticket = Ticket(
                order_id=order.id, restaurant_id=restaurant_id, rank=0,
                status=TicketStatus.SUBMITTED, reference=uuid4().hex, ready_at=now(), work_at=now(),
            )  # fmt: skip
            session.add(ticket)
        return order.id, ticket.id

    async def delivery(self, order_id: UUID, driver: Person | None = None) -> UUID:
        async with self.transaction() as session:
            delivery = Delivery(
                order_id=order_id, distance_m=1000, reward=5000, search_at=now(),
                status=DeliveryStatus.ASSIGNED if driver else DeliveryStatus.SEARCHING,
                driver_id=driver.id if driver else None, latitude=50.45, longitude=30.52,
            )  # fmt: skip
            session.add(delivery)
        return delivery.id

    async def offer(self, delivery_id: UUID, driver: Person) -> UUID:
        async with self.transaction() as session:
            offer = Offer(
                delivery_id=delivery_id, driver_id=driver.id, status=OfferStatus.SENT,
                reward=5000, currency="UAH", distance_m=300, expires_at=now(),
            )  # fmt: skip
            session.add(offer)
        return offer.id

    async def happens(self, kind: EventKind, subject: UUID, **facts: Any) -> int:
        """An event that is announced; the answer is its position."""
        await self.happens_unheard(kind, subject, **facts)
        return await self.announce()

    async def happens_unheard(self, kind: EventKind, subject: UUID, **facts: Any) -> None:
        async with self.transaction() as session:
            if order_id := facts.get("order_id"):
                last = select(func.max(Event.sequence)).where(Event.order_id == order_id)
                facts["sequence"] = (await session.scalar(last) or 0) + 1
            session.add(Event(kind=kind, subject_id=subject, **{"data": {}, **facts}))

    async def announce(self) -> int:
        """What the relay does."""
        async with self.transaction() as session:
            batch = await announcing.announce(session)
        await changes.publish(self.redis, batch.channels, batch.position, count=batch.count)
        return batch.position

    async def becomes(self, model: Any, id: UUID, **values: Any) -> None:
        """Change a row behind everybody's back."""
        async with self.transaction() as session:
            row = await session.get_one(model, id)
            for name, value in values.items():
                setattr(row, name, value)
