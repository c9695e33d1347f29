"""How many orders the engine carries: `python benchmarks/throughput.py`.

Starts PostgreSQL, Valkey, and everything that is ours, with simulated outside systems that cook and
drive within seconds. Guests order through the API, one dish of one or two restaurants each. Printed
are

- orders at a steady rate, at several rates: how long our own part takes from placing an order until
  its kitchen has the ticket, and until it is at the door;
- the same at the lowest rate while ten, a hundred and a thousand orders wait for tomorrow;
- a crowd of orders at once: how many a second are carried to their end, and what share of it each
  process has in the time of the processor.

Everything is on this machine, the guests and the outside as well. It takes about three minutes.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import household
import httpx

from catering.domain.ids import decode
from catering.walk.choosing import basket
from catering.walk.customer import CASH, DOOR, PHONE
from catering.walk.person import Person
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

SPEED: Final = 300
RATES: Final = (2, 5, 10)
SECONDS: Final = 12
WAITING: Final = (10, 100, 1_000)
CROWD: Final = 150
API_PORT, OUTSIDE_PORT = 8_410, 8_411


@dataclass(slots=True)
class Bench:
    """What runs, who orders, and a look behind it."""

    guest: Person
    menus: Sequence[Sequence[Mapping[str, Any]]]
    database: asyncpg.Connection
    processes: dict[str, int]
    dice: random.Random

    async def order(self, **more: Any) -> UUID:
        """One order."""
        lines = [
            {"productId": self.dice.choice(menu)["id"], "quantity": 1}
            for menu in self.dice.sample(self.menus, self.dice.choice((1, 2)))
        ]
        wish = {"lines": lines, "destination": DOOR, "contactPhone": PHONE, **CASH, **more}
        payload = await self.guest.do_once("PlaceOrder", **wish)
        return decode(payload["order"]["id"])[1]

    async def ended(self, orders: Sequence[UUID]) -> Sequence[Any]:
        """Seconds until their kitchens had them, and until they ended, as soon as all did."""
        while True:
            rows = await self.database.fetch(_ENDED, list(orders))
            if len(rows) == len(orders):
                return rows
            await asyncio.sleep(0.2)


async def main() -> None:
    """Measure, and print."""
    async with running() as bench:
        await bench.ended([await bench.order() for _ in range(4)])
        for rate in RATES:
            told(f"{rate} orders a second", await steadily(bench, rate))
        waiting = 0
        for many in WAITING:
            await scheduled(bench, many - waiting)
            waiting = many
            told(f"{RATES[0]} a second, {many:,} waiting", await steadily(bench, RATES[0]))
        await crowd(bench)


async def steadily(bench: Bench, rate: int) -> Sequence[Any]:
    """So many orders a second, each at its own time."""
    began, placing = time.perf_counter(), list[asyncio.Task[UUID]]()
    for n in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        placing.append(asyncio.create_task(bench.order()))
    return await bench.ended(await asyncio.gather(*placing))


async def scheduled(bench: Bench, count: int) -> None:
    """Orders for noon, or around it, tomorrow."""
    noon = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    windows = [noon + timedelta(minutes=30 * n) for n in range(6)]
    for n in range(0, count, 8):
        few = [windows[each % len(windows)] for each in range(n, min(n + 8, count))]
        await asyncio.gather(*(bench.order(window=_half_an_hour(at)) for at in few))


def _half_an_hour(at: datetime) -> dict[str, str]:
    return {"from": at.isoformat(), "until": (at + timedelta(minutes=30)).isoformat()}


async def crowd(bench: Bench) -> None:
    """All at once."""
    before = {name: household.spent(pid) for name, pid in bench.processes.items()}
    began = time.perf_counter()
    orders = await asyncio.gather(*(bench.order() for _ in range(CROWD)))
    rows = await bench.ended(orders)
    took = time.perf_counter() - began
    print(f"{CROWD} orders at once{CROWD / took:22.1f} a second to their end")
    told("", rows)
    for name, pid in bench.processes.items():
        used = household.spent(pid) - before[name]
        print(f"  {name:20}{1_000 * used / CROWD:8.1f} ms of the processor for an order")


def told(what: str, rows: Sequence[Any]) -> None:
    """The middle and the slow end of both."""
    parts = []
    for name in ("submitted", "ended"):
        cuts = statistics.quantiles([row[name] for row in rows], n=100)
        parts.append(f"{name} {cuts[49]:6.2f} s p50{cuts[98]:6.2f} s p99")
    print(f"{what:32}{'   '.join(parts)}")


@asynccontextmanager
async def running() -> AsyncIterator[Bench]:
    """Everything, for the time of a `with`."""
    with household.servers() as (servers, settings):
        more = settings | {
            "CATERING_PORT": str(API_PORT),
            "CATERING_SIMULATOR_PORT": str(OUTSIDE_PORT),
            "CATERING_RATE_FACTOR": "1000",
        }
        for command in ("migrate", "seed"):
            subprocess.run(household.command(command), env=os.environ | more, check=True)  # noqa: S603, ASYNC221
        database = await asyncpg.connect(str(servers.database_url))
        await database.execute(_QUICK)
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=64)) as http:
            with household.running(_parts(), more) as processes:
                url = f"http://127.0.0.1:{API_PORT}"
                await _ready(http, url)
                guest = Person(Part.CUSTOMER, "Guest", Api(url, http), Timeline(io.StringIO()))
                await guest.register("RegisterCustomer", phone=PHONE)
                slugs = [row["slug"] for row in await database.fetch(_KITCHENS)]
                menus = [basket(await guest.ask("Menu", slug=slug), 3) for slug in slugs]
                yield Bench(guest, menus, database, processes, random.Random(1))  # noqa: S311
        await database.close()


def _parts() -> dict[str, str]:
    outside = f"simulate --port {OUTSIDE_PORT} --speed {SPEED} "
    outside += f"--webhooks http://127.0.0.1:{API_PORT}"
    workers = {f"worker {n}": "worker" for n in (1, 2)}
    return {"outside": outside, "API": "api", "relay": "relay", **workers}


async def _ready(http: httpx.AsyncClient, url: str) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"{url}/health/ready")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)


_QUICK: Final = """
    UPDATE restaurants SET preparation_minutes = 1;
    UPDATE products SET preparation_minutes = NULL
"""
_KITCHENS: Final = "SELECT slug FROM restaurants WHERE account_id IS NOT NULL ORDER BY slug"
_ENDED: Final = """
    SELECT extract(epoch FROM (
        SELECT max(submitted_at) FROM tickets WHERE order_id = orders.id) - placed_at)::float
        AS submitted,
        extract(epoch FROM (
        SELECT max(occurred_at) FROM events WHERE order_id = orders.id) - placed_at)::float AS ended
    FROM orders WHERE id = ANY($1) AND status IN ('DELIVERED', 'CANCELLED', 'FAILED')
"""


if __name__ == "__main__":
    asyncio.run(main())
