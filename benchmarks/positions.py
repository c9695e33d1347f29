"""What a position of a driver costs: `python benchmarks/positions.py`.

Starts PostgreSQL, Valkey and a relay, and has drivers who carry something report where they are,
each every five seconds; in turns all into PostgreSQL, as it was once and is while Redis is away,
and to Redis first. Printed are, side by side, the milliseconds of the processor for one report,
without what each process uses while nothing happens, and how long it took. "ours" is what the API
does behind HTTP and GraphQL, which cost the same on both.

Whatever else the machine does is in both. It takes about four minutes.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

import household

from catering import database, embedded, migrating
from catering.changes import Lookout
from catering.database import Transaction, now
from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus, StopKind, StopStatus
from catering.domain.geography import Point
from catering.domain.orders import OrderStatus, OrderType, PaymentMethod, PaymentStatus
from catering.domain.people import Actor, Role
from catering.domain.tickets import TicketStatus
from catering.domain.whereabouts import Fix
from catering.models import Delivery, Driver, Order, Restaurant, Stop, Ticket, User
from catering.resolvers.commands.driving import reported
from catering.schema.context import Context
from catering.services import driving
from catering.services.passwords import NOBODYS
from catering.transport.endpoint import ANSWERED_AT_ONCE

DRIVERS: Final = 40
EVERY: Final = 5.0
SECONDS: Final = 30
TURNS: Final = 2
START: Final = Point(50.40, 30.52)
ROOM: Final = asyncio.Semaphore(ANSWERED_AT_ONCE)
"""As an API process has it."""
A_METER: Final = 1 / 111_195

Report: TypeAlias = Callable[[Fix, Actor], Awaitable[object]]


@dataclass(slots=True)
class Bench:
    """What runs, and who drives."""

    transaction: Transaction
    lookout: Lookout
    drivers: Sequence[Actor]
    servers: embedded.Servers
    processes: dict[str, int]
    gone: int = 0

    async def into_postgresql(self, fix: Fix, by: Actor) -> object:
        """Each one is written down."""
        async with self.transaction() as session:
            return await driving.report_position(session, fix.point, fix.at, by=by)

    async def to_redis_first(self, fix: Fix, by: Actor) -> object:
        """As it is."""
        nothing: Any = None
        context = Context(by, self.transaction, nothing, nothing, whereabouts=self.lookout)
        return await reported(context, fix, by=by)

    async def during(self, what: Awaitable[object]) -> dict[str, float]:
        """Seconds of the processor that each has used meanwhile."""
        before = self._spent()
        await what
        return {name: seconds - before[name] for name, seconds in self._spent().items()}

    def _spent(self) -> dict[str, float]:
        pids = self.servers.pids() | self.processes
        return {"ours": time.process_time()} | {name: _spent(pid) for name, pid in pids.items()}


async def main() -> None:
    """Measure, and print."""
    async with running() as bench:
        ways = {"PostgreSQL": bench.into_postgresql, "Redis first": bench.to_redis_first}
        cost = {way: dict[str, float]() for way in ways}
        took = {way: list[float]() for way in ways}
        for report in ways.values():  # what is done for the first time takes longer
            await drive(bench, report, [])
        idle = await bench.during(asyncio.sleep(SECONDS))
        for way, report in TURNS * list(ways.items()):
            spent = await bench.during(drive(bench, report, took[way]))
            for name, seconds in spent.items():
                cost[way][name] = cost[way].get(name, 0.0) + seconds - idle[name]
        told(cost, took)


async def drive(bench: Bench, report: Report, times: list[float]) -> None:
    """All drivers for a while, spread over the five seconds; milliseconds that each took."""
    began, riding = time.perf_counter(), list[asyncio.Task[float]]()
    for n in range(int(DRIVERS * SECONDS / EVERY)):
        await asyncio.sleep(max(0.0, began + n * EVERY / DRIVERS - time.perf_counter()))
        bench.gone += 1
        meters = 30 * (bench.gone // DRIVERS)
        fix = Fix(Point(START.latitude + meters * A_METER, START.longitude), datetime.now(UTC))
        riding.append(asyncio.create_task(_timed(report, fix, bench.drivers[n % DRIVERS])))
    times += await asyncio.gather(*riding)
    await asyncio.sleep(1)  # until the relay has told of all of it


async def _timed(report: Report, fix: Fix, by: Actor) -> float:
    began = time.perf_counter()
    async with ROOM:
        await report(fix, by)
    return (time.perf_counter() - began) * 1_000


def told(cost: dict[str, dict[str, float]], took: dict[str, list[float]]) -> None:
    """Both ways, and how they compare."""
    rows = {
        name: [1_000 * part[name] / len(took[way]) for way, part in cost.items()]
        for name in cost["Redis first"]
    }
    rows["all of the processor"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    cuts = [statistics.quantiles(times, n=100) for times in took.values()]
    rows |= {f"until answered, p{p}": [each[p - 1] for each in cuts] for p in (50, 99)}
    print(f"{DRIVERS} drivers, ms a report{'':8}{'':4}{'    '.join(cost)}   ratio")
    for name, (before, after) in rows.items():
        print(f"  {name:30}{before:10.2f} ms{after:12.2f} ms{before / max(after, 0.005):8.1f}")


def _spent(pid: int) -> float:
    """Of a process and its children: each connection to PostgreSQL has one."""
    found = subprocess.run(  # noqa: S603
        ["/usr/bin/env", "pgrep", "-P", str(pid)], capture_output=True, check=False, text=True
    )
    return sum(map(household.spent, (pid, *map(int, found.stdout.split()))))


@asynccontextmanager
async def running() -> AsyncIterator[Bench]:
    """Servers, a relay and drivers on the road, for the time of a `with`."""
    with household.servers() as (servers, settings):
        url = str(servers.database_url)
        await migrating.upgraded(url)
        engine, lookout = database.engine(url), Lookout(str(servers.redis_url))
        transaction = database.transactions(engine)
        drivers = await hired(transaction)
        with household.running({"relay": "relay"}, settings) as processes:
            yield Bench(transaction, lookout, drivers, servers, processes)
        await lookout.close()
        await engine.dispose()


async def hired(transaction: Transaction) -> list[Actor]:
    """Drivers, each of them on his way to a customer of one restaurant."""
    async with transaction() as session:
        place = Restaurant(
            id=ids.new(), slug="bench", name="Bench", phone="+380440000000", address_line="1",
            latitude=START.latitude, longitude=START.longitude, time_zone="Europe/Kyiv",
            currency="UAH", preparation_minutes=20, opening_hours={},
        )  # fmt: skip
        guest = _user(Role.CUSTOMER)
        session.add_all([place, guest])
        await session.flush()
        drivers = [_user(Role.DRIVER) for _ in range(DRIVERS)]
        session.add_all(drivers)
        await session.flush()
        session.add_all(Driver(id=who.id, vehicle="CAR", online=True) for who in drivers)
        await session.flush()
        for who in drivers:
            await _carries(session, who.id, guest.id, place.id)
    return [Actor(who.id, Role.DRIVER) for who in drivers]


def _user(role: Role) -> User:
    name = uuid4().hex
    return User(
        id=ids.new(), email=f"{name}@bench.test", password_hash=NOBODYS,
        display_name=name, role=role,
    )  # fmt: skip


async def _carries(session: Any, driver: UUID, guest: UUID, place: UUID) -> None:
    order, ticket, delivery = ids.new(), ids.new(), ids.new()
    later = datetime.now(UTC) + timedelta(hours=1)
    session.add(
        Order(
            id=order, type=OrderType.FOR_CUSTOMER, status=OrderStatus.IN_DELIVERY,
            customer_id=guest, contact_phone="+380671000003", address_line="1", latitude=50.9,
            longitude=START.longitude, pin="1234", currency="UAH", subtotal=4000, delivery_fee=0,
            payment_method=PaymentMethod.CASH, payment_status=PaymentStatus.PENDING,
            promised_at=later,
        )
    )  # fmt: skip
    await session.flush()
    session.add(
        Ticket(
            id=ticket, order_id=order, restaurant_id=place, rank=0, reference=uuid4().hex,
            status=TicketStatus.PICKED_UP, ready_at=now(), work_at=now(),
        )
    )  # fmt: skip
    session.add(
        Delivery(
            id=delivery, order_id=order, driver_id=driver, distance_m=9_000, reward=0,
            status=DeliveryStatus.TO_DROPOFF, search_at=now(),
        )
    )  # fmt: skip
    await session.flush()
    session.add_all(_stops(delivery, ticket))


def _stops(delivery: UUID, ticket: UUID) -> list[Stop]:
    there = {"delivery_id": delivery, "address_line": "1", "longitude": START.longitude}
    return [
        Stop(
            **there, rank=0, ticket_id=ticket, kind=StopKind.PICKUP, status=StopStatus.DONE,
            latitude=START.latitude,
        ),
        Stop(**there, rank=1, kind=StopKind.DROPOFF, status=StopStatus.PENDING, latitude=50.9),
    ]  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main())
