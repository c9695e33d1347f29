"""A town at noon: restaurants with menus, drivers, customers at their doors, one manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.geography import Point
from catering.domain.people import Actor, Role
from catering.domain.products import ProductKind
from catering.models import (
    Category,
    Driver,
    Product,
    ProviderAccount,
    Restaurant,
    Staff,
    User,
)
from catering.rush.dice import Dice
from catering.rush.outside import HOOK, SIMULATOR
from catering.simulator.configuration import Configuration

SPOTS_EACH: Final = 5
"""Of so many restaurants one has its spot in a system of its own, and one in another."""

CENTRE: Final = Point(50.4470, 30.5220)
ZONE: Final = "Europe/Kyiv"
CURRENCY: Final = "UAH"
PHONE: Final = "+380671234567"
_OPEN: Final = {
    day: [["09:00", "23:00"]] for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
}
_NAMES: Final = (
    "Khata", "Varenyk", "Sushi Podil", "Burger 24", "Khinkalnia", "Pho", "Pizzeria", "Kanapa",
    "Bakery", "Tandoor", "Noodles", "Salad Bar", "Grill", "Taco", "Falafel", "Milk Bar",
    "Ramen", "Steak", "Fish", "Vegan",
)  # fmt: skip
_DISHES: Final = (
    "Dish of the Day", "Soup", "Salad", "Main Course", "Dessert", "Lemonade", "Bread", "Pie",
)  # fmt: skip
_NONE: Final = "-"
"""No password leads to it."""
_DEMO: Final = Configuration()


@dataclass(frozen=True, slots=True)
class Dish:
    """What is on a menu. `shelf` is how many there were at the start, where they are counted."""

    id: UUID
    name: str
    shelf: int | None


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A restaurant. `system` is what it works with: our board, or a system of its own."""

    id: UUID
    name: str
    system: str
    spot: str | None
    staff: Actor
    dishes: tuple[Dish, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """Who and what there is."""

    kitchens: tuple[Kitchen, ...]
    drivers: tuple[Actor, ...]
    customers: tuple[Actor, ...]
    approvers: tuple[Actor, ...]
    manager: Actor


@dataclass
class _Builder:
    session: AsyncSession
    dice: Dice

    async def person(self, role: Role, name: str) -> Actor:
        id = ids.new()
        self.session.add(
            User(
                id=id, email=email(name), password_hash=_NONE,
                display_name=name, phone=PHONE, role=role,
            )
        )  # fmt: skip
        return Actor(id, role)

    async def kitchen(self, number: int, accounts: dict[str, UUID]) -> Kitchen:
        round_, place = divmod(number, len(_NAMES))
        name = _NAMES[place] + (f" {round_ + 1}" if round_ else "")
        system = _system(number)
        dice, staff = self.dice.of("kitchen", number), await self.person(Role.RESTAURANT, name)
        at = somewhere(dice, 2_000)
        home = Restaurant(
            id=ids.new(), slug=name.lower().replace(" ", "-"), name=name, phone="+380443332211",
            address_line=f"Street {number + 1}, Kyiv", latitude=at.latitude,
            longitude=at.longitude, time_zone=ZONE, currency=CURRENCY,
            preparation_minutes=dice.randrange(10, 26), opening_hours=_OPEN,
            account_id=accounts.get(system), location=_spot(system, number),
            slot_tickets=4 if number % SPOTS_EACH == 1 else None,
        )  # fmt: skip
        chapter = Category(id=ids.new(), restaurant_id=home.id, name="Lunch", rank=0)
        for rows in (home, chapter):
            self.session.add(rows)
            await self.session.flush()
        assert staff.id is not None
        self.session.add(Staff(user_id=staff.id, restaurant_id=home.id))
        products = [*self._menu(number, home.id, chapter.id, dice)]
        self.session.add_all(products)
        dishes = tuple(Dish(p.id, p.name, p.stock) for p in products)
        return Kitchen(home.id, name, system, home.location, staff, dishes)

    def _menu(self, number: int, home: UUID, chapter: UUID, dice: Random) -> Iterator[Product]:
        """The first dish is counted and soon sold out; the second has its portions for the day."""
        for rank, name in enumerate(_DISHES):
            yield Product(
                id=ids.new(), restaurant_id=home, category_id=chapter, name=name,
                kind=ProductKind.DISH, price=dice.randrange(60, 260) * 100, rank=rank,
                external_id=str(1_000 * (number + 1) + rank),
                stock=dice.randrange(4, 12) if rank == 0 else 60 if rank == 7 else None,
                daily_quota=dice.randrange(6, 16) if rank == 1 else None,
            )  # fmt: skip

    async def accounts(self) -> dict[str, UUID]:
        rows = [ProviderAccount(**facts) for facts in _accounts()]
        self.session.add_all(rows)
        await self.session.flush()
        return {row.provider: row.id for row in rows}

    async def driver(self, number: int) -> Actor:
        actor = await self.person(Role.DRIVER, f"Driver {number + 1}")
        await self.session.flush()
        self.session.add(Driver(id=actor.id, vehicle="BICYCLE", approved_at=now()))
        return actor


async def build(
    session: AsyncSession, dice: Dice, *, kitchens: int, drivers: int, customers: int
) -> Town:
    """Everybody is there, and nobody does anything yet."""
    builder = _Builder(session, dice)
    accounts = await builder.accounts()
    return Town(
        tuple([await builder.kitchen(number, accounts) for number in range(kitchens)]),
        tuple([await builder.driver(number) for number in range(drivers)]),
        tuple(
            [
                await builder.person(Role.CUSTOMER, f"Customer {number + 1}")
                for number in range(customers)
            ]
        ),
        tuple([await builder.person(Role.CUSTOMER, f"Approver {n + 1}") for n in range(2)]),
        await builder.person(Role.MANAGER, "Manager"),
    )


def email(name: str) -> str:
    """Where somebody of this name is written to."""
    return f"{name.lower().replace(' ', '-')}@rush.test"


def somewhere(dice: Random, metres: int) -> Point:
    """A place within a square around the centre."""
    north, east = (dice.uniform(-metres, metres) for _ in range(2))
    return Point(CENTRE.latitude + north / 111_000, CENTRE.longitude + east / 71_000)


def _system(number: int) -> str:
    """Of five restaurants, three work on our board."""
    return {3: "open_kitchen", 4: "poster"}.get(number % SPOTS_EACH, "board")


def _spot(system: str, number: int) -> str | None:
    spot = number // SPOTS_EACH + 1
    return {"open_kitchen": f"spot-{spot}", "poster": str(spot)}.get(system)


def _accounts() -> Iterator[dict[str, object]]:
    """The connections, as the simulator wants them."""
    region = {"city": "Kyiv", "state": "Kyiv", "zip_code": "01001", "country": "UA"}
    each: dict[tuple[str, str, str], tuple[dict[str, object], list[str]]] = {
        ("kitchen", "open_kitchen", "open-kitchen"): ({"key": _DEMO.open_kitchen_key}, []),
        ("kitchen", "poster", "poster"): (
            {"token": _DEMO.poster_token, "account": _DEMO.poster_account},
            [_DEMO.poster_application_secret],
        ),
        ("courier", "uklon", "uklon"): (
            {
                "app_uid": _DEMO.uklon_app_uid, "client_id": _DEMO.uklon_client_id,
                "client_secret": _DEMO.uklon_client_secret, "city": 1,
            },
            [],
        ),
        ("courier", "uber_direct", "uber"): (
            {
                "client_id": _DEMO.uber_client_id, "client_secret": _DEMO.uber_client_secret,
                "customer_id": _DEMO.uber_customer_id, "region": region,
            },
            [_DEMO.uber_signing_key],
        ),
        ("payment", "kasa", "kasa"): ({"key": _DEMO.kasa_key}, [_DEMO.kasa_signing_secret]),
    }  # fmt: skip
    for (port, provider, path), (credentials, secrets) in each.items():
        yield {
            "id": ids.new(), "name": provider, "title": provider.replace("_", " ").title(),
            "port": port, "provider": provider, "base_url": f"{SIMULATOR}/{path}",
            "credentials": credentials, "webhook_secrets": secrets,
            "webhook_key": HOOK.get(provider), "time_zone": ZONE, "currency": CURRENCY,
        }  # fmt: skip
