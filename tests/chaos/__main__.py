"""`make chaos`: orders flow through the simulators while everything is killed, cut and emptied.

Real processes, real PostgreSQL and Redis, faults by a seeded choice. When they are over, every
order that was acknowledged has to end, and what is left behind has to obey the invariants of
docs/reliability.md; each is printed with its count. The exit code says whether all of them hold.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import func, select, update

from catering import database
from catering.database import Transaction
from catering.domain.orders import ENDS
from catering.models import Order, Product, Restaurant
from catering.walk.choosing import basket
from catering.walk.customer import PHONE
from catering.walk.person import Person
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

from . import findings, house
from .findings import Outside
from .guests import Guests
from .havoc import Havoc
from .house import House

PEOPLE: Final = 6
WATCHED: Final = 25
PATIENCE: Final = 150.0
"""Seconds in which every order has to end once the faults are over."""
LAST_WORDS: Final = 6_000


async def main(orders: int, seconds: float, seed: int) -> int:
    """Everything, from the first process to the last check; the exit code."""
    began = time.monotonic()
    say(f"{orders} orders within {seconds:.0f} s of faults, seed={seed}")
    with tempfile.TemporaryDirectory(prefix="catering-chaos-") as folder:
        async with house.opened(Path(folder)) as it:
            say(f"Everything runs after {time.monotonic() - began:.0f} s")
            engine = database.engine(it.database_url)
            try:
                return await _hurt(it, database.transactions(engine), orders, seconds, seed)
            finally:
                await engine.dispose()


async def _hurt(it: House, transaction: Transaction, orders: int, seconds: float, seed: int) -> int:
    keeping = asyncio.create_task(it.keep_servers())
    limits = httpx.Limits(max_connections=400)
    async with httpx.AsyncClient(timeout=10.0, trust_env=False, limits=limits) as http:
        guests = await _guests(it, transaction, http, random.Random(seed))
        outside = await Outside.of(it.simulator, http)
        trouble = Havoc(it, seed)
        async with asyncio.TaskGroup() as group:
            group.create_task(trouble.go_on(seconds))
            group.create_task(guests.order(orders, seconds * 0.9, WATCHED))
        say(f"Faults: {sum(trouble.done.values())}")
        for what, count in sorted(trouble.done.items()):
            say(f"  {count:5} × {what}")
        await _ended(transaction)
        found = await findings.of(transaction, guests, outside)
        await guests.stop_watching()
    keeping.cancel()
    for finding in found:
        say(str(finding))
    if broken := any(finding.wrong for finding in found):
        words = it.log.read_text(errors="replace")
        say(f"The log of the processes ends with:\n{words[-LAST_WORDS:]}")
    return int(broken)


async def _guests(
    it: House, transaction: Transaction, http: httpx.AsyncClient, dice: random.Random
) -> Guests:
    """Customers, and the menus of the kitchens that an outside system stands behind."""
    api, silent = Api(it.url, http), Timeline(io.StringIO())
    people = [Person(Part.CUSTOMER, f"Guest {n}", api, silent) for n in range(PEOPLE)]
    for person in people:
        await person.register("RegisterCustomer", phone=PHONE)
    outside = select(Restaurant.slug).where(Restaurant.account_id.is_not(None))
    async with transaction() as session:
        # The simulators cook in seconds: nobody is to wait minutes for the slower kitchen.
        await session.execute(update(Restaurant).values(preparation_minutes=1))
        await session.execute(update(Product).values(preparation_minutes=None))
        slugs = (await session.scalars(outside.order_by(Restaurant.slug))).all()
    menus = [await people[0].ask("Menu", slug=slug) for slug in slugs]
    return Guests(people, [basket(menu, 3) for menu in menus], dice)


async def _ended(transaction: Transaction) -> None:
    """Wait until no order is open any more, or for so long that one never will end."""
    began = time.monotonic()
    open_orders = select(func.count()).where(Order.status.not_in(ENDS))
    while time.monotonic() - began < PATIENCE:
        async with transaction() as session:
            if await session.scalar(open_orders) == 0:
                say(f"The last order ended {time.monotonic() - began:.0f} s after the last fault")
                return
        await asyncio.sleep(0.5)
    say(f"Some orders have not ended {PATIENCE:.0f} s after the last fault")


def say(line: str) -> None:
    """A line for whoever has started it, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, prog="make chaos")
    asked.add_argument("--orders", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=90.0)
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    given = asked.parse_args()
    sys.exit(asyncio.run(main(given.orders, given.seconds, given.seed)))
