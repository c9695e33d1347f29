"""A small world for tests: two kitchens and everybody around an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction, now
from catering.domain import ids
from catering.domain.baskets import Basket, Destination, Portion, StandBy, Wish
from catering.domain.geography import Point
from catering.domain.orders import OrderType, PaymentMethod
from catering.domain.people import Actor, Role
from catering.domain.products import ProductKind
from catering.models import (
    Category,
    Driver,
    Event,
    LedgerLine,
    Order,
    Product,
    ProviderAccount,
    Restaurant,
    Staff,
    Task,
    User,
)
from catering.services import ordering
from catering.services.orders import lock

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
DOOR = Destination("вул. Антоновича, 50", Point(50.4318, 30.5137))
AT_KITCHEN = Point(50.4387, 30.5230)


@dataclass
class World:
    """Who and what there is; everything is written with `transaction`."""

    transaction: Transaction
    customer: Actor
    stranger: Actor
    driver: Actor
    second_driver: Actor
    manager: Actor
    cook: Actor
    market_cook: Actor
    kitchen: UUID
    market: UUID
    borscht: UUID
    varenyky: UUID
    juice: UUID
    bread: UUID
    accounts: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def made(cls, transaction: Transaction) -> World:
        """A kitchen with dishes, a market with goods that are counted; both on our own board."""
        async with transaction() as session:
            people = [await _person(session, role) for role in _ROLES]
            customer, stranger, driver, second, manager, cook, market_cook = people
            for who in (driver, second):
                session.add(Driver(id=who.id, vehicle="BICYCLE", approved_at=func.catering_now()))
            kitchen = await _restaurant(session, "kitchen", 50.4387, 30.5230, cook)
            market = await _restaurant(session, "market", 50.4400, 30.5200, market_cook)
            borscht, varenyky = await _menu(
                session, kitchen, ProductKind.DISH, {"Borscht": 12_000, "Varenyky": 13_000}, None
            )
            juice, bread = await _menu(
                session, market, ProductKind.GOODS, {"Juice": 6_000, "Bread": 3_500}, 10
            )
        return cls(
            transaction, customer, stranger, driver, second, manager, cook, market_cook,
            kitchen, market, borscht, varenyky, juice, bread,
        )  # fmt: skip

    def portion(self, product: UUID, quantity: int = 1, **stand_by: Any) -> Portion:
        return Portion(product, quantity, None, StandBy(**stand_by))

    def wish(self, *portions: Portion, **changes: Any) -> Wish:
        """One borscht and two juices, unless told otherwise."""
        basket = Basket(
            portions or (self.portion(self.borscht), self.portion(self.juice, 2)),
            changes.pop("destination", DOOR),
            changes.pop("window", None),
        )
        return Wish(
            **{
                "type": OrderType.FOR_CUSTOMER, "basket": basket,
                "contact_phone": "+380671234567", "payment_method": PaymentMethod.CASH, **changes,
            }
        )  # fmt: skip

    async def order(self, *portions: Portion, **changes: Any) -> UUID:
        """Place an order as the customer."""
        async with self.transaction() as session:
            order = await ordering.place(session, self.wish(*portions, **changes), by=self.customer)
            return order.id

    async def look(self, order_id: UUID) -> Order:
        """The order with all its parts, as it is now."""
        async with self.transaction() as session:
            return await lock(session, order_id)

    async def kinds(self, order_id: UUID) -> list[str]:
        """What happened to an order, in order."""
        query = select(Event.kind).where(Event.order_id == order_id).order_by(Event.sequence)
        async with self.transaction() as session:
            return [str(kind) for kind in await session.scalars(query)]

    async def balances(self, order_id: UUID) -> dict[str, int]:
        """What is in each pot of an order's money; empty ones are left out."""
        line = LedgerLine
        query = select(line.account, func.sum(line.amount)).where(line.order_id == order_id)
        async with self.transaction() as session:
            rows = await session.execute(query.group_by(line.account))
            return {str(account): int(amount) for account, amount in rows if amount}

    async def open_tasks(self, order_id: UUID) -> Sequence[Task]:
        """What is still to be done or waited for."""
        query = select(Task).where(
            Task.order_id == order_id, Task.state.in_(["PENDING", "RUNNING"])
        )
        async with self.transaction() as session:
            return (await session.scalars(query.order_by(Task.due, Task.kind))).all()

    async def time_passes(self, by: timedelta) -> None:
        """Move the database's clock on, for the rest of the test."""
        async with self.transaction() as session:
            shown = await session.scalar(
                text("SELECT current_setting('catering.clock_offset', true)")
            )
            seconds = float((shown or "0").split()[0]) + by.total_seconds()
            await session.execute(
                text("SELECT set_config('catering.clock_offset', :by, false)"),
                {"by": f"{seconds} seconds"},
            )
            await session.execute(select(now()))

    async def account(self, name: str, **facts: Any) -> UUID:
        """Configure an outside system."""
        account = ProviderAccount(
            **{
                "name": name, "title": name, "credentials": {}, "webhook_secrets": [],
                "webhook_key": None, "time_zone": "Europe/Kyiv", "currency": "UAH", **facts,
            }
        )  # fmt: skip
        async with self.transaction() as session:
            session.add(account)
            await session.flush()
            self.accounts[name] = account.id
            return account.id


_ROLES = (
    Role.CUSTOMER, Role.CUSTOMER, Role.DRIVER, Role.DRIVER, Role.MANAGER, Role.RESTAURANT,
    Role.RESTAURANT,
)  # fmt: skip


async def _person(session: AsyncSession, role: Role) -> Actor:
    id = ids.new()
    session.add(
        User(
            id=id, email=f"{id.hex}@test", password_hash="-", display_name=f"A {role.lower()}",
            phone="+380501234567", role=role,
        )
    )  # fmt: skip
    await session.flush()
    return Actor(id, role)


async def _restaurant(
    session: AsyncSession, slug: str, latitude: float, longitude: float, cook: Actor
) -> UUID:
    id = ids.new()
    session.add(
        Restaurant(
            id=id, slug=f"{slug}-{id.hex[-6:]}", name=slug.title(), phone="+380443332211",
            address_line="вул. Хрещатик, 1", latitude=latitude, longitude=longitude,
            time_zone="Europe/Kyiv", currency="UAH", preparation_minutes=20, opening_hours=ALWAYS,
        )
    )  # fmt: skip
    await session.flush()
    session.add(Staff(user_id=cook.id, restaurant_id=id))
    return id


async def _menu(
    session: AsyncSession, restaurant: UUID, kind: ProductKind, prices: dict[str, int],
    stock: int | None,
) -> list[UUID]:  # fmt: skip
    chapter = Category(id=ids.new(), restaurant_id=restaurant, name="All", rank=0)
    session.add(chapter)
    await session.flush()
    products = [
        Product(
            id=ids.new(), restaurant_id=restaurant, category_id=chapter.id, name=name, kind=kind,
            price=price, stock=stock, rank=rank, external_id=str(100 + rank),
        )
        for rank, (name, price) in enumerate(prices.items())
    ]  # fmt: skip
    session.add_all(products)
    await session.flush()
    return [product.id for product in products]
