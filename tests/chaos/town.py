"""Who lives in the house that is hurt: guests, drivers, a stranger, and tasks nobody can do."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import httpx
from sqlalchemy import select, update

from catering.database import Transaction
from catering.models import Product, Restaurant
from catering.walk.choosing import basket
from catering.walk.customer import PHONE
from catering.walk.person import Person
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

from . import fleet, poison
from .findings import Outside
from .fleet import Rider
from .guests import Guests
from .house import House
from .strangers import Stranger

GUESTS: Final = 6
DRIVERS: Final = 5
POISON: Final = 5


@dataclass(slots=True)
class Town:
    """Everybody, and the outside."""

    guests: Guests
    riders: Sequence[Rider]
    stranger: Stranger
    poison: Sequence[UUID]
    outside: Outside


@asynccontextmanager
async def settled(
    house: House, transaction: Transaction, http: httpx.AsyncClient, seed: int
) -> AsyncIterator[Town]:
    """Guests can order, drivers carry, and the stranger pries already."""
    api = Api(house.url, http)
    people = [await _customer(api, f"Guest {n}") for n in range(GUESTS)]
    kitchens = await _kitchens(transaction)
    menus = [await people[0].ask("Menu", slug=slug) for slug in kitchens]
    guests = Guests(people, [basket(menu, 3) for menu in menus], random.Random(seed))
    riders = await fleet.hired(api, transaction, DRIVERS, kitchens[0])
    stranger = Stranger(await _customer(api, "Stranger"), guests, random.Random(seed))
    outside = await Outside.of(house.simulator, http)
    town = Town(guests, riders, stranger, await poison.spread(transaction, POISON), outside)
    busy = [asyncio.create_task(stranger.pry())]
    for rider in riders:
        busy += [asyncio.create_task(rider.work()), asyncio.create_task(rider.feed.follow())]
    try:
        yield town
        for task in busy:  # nobody may have given up
            if task.done():
                task.result()
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, guests.stop_watching(), return_exceptions=True)


async def _customer(api: Api, name: str) -> Person:
    person = Person(Part.CUSTOMER, name, api, Timeline(io.StringIO()))
    await person.register("RegisterCustomer", phone=PHONE)
    return person


async def _kitchens(transaction: Transaction) -> Sequence[str]:
    """Those that an outside system stands behind, who cook in seconds: nobody is to wait minutes
    for the slower one."""
    outside = select(Restaurant.slug).where(Restaurant.account_id.is_not(None))
    async with transaction() as session:
        await session.execute(update(Restaurant).values(preparation_minutes=1))
        await session.execute(update(Product).values(preparation_minutes=None))
        return (await session.scalars(outside.order_by(Restaurant.slug))).all()
