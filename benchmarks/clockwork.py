"""How punctual the engine is: `python benchmarks/clockwork.py`.

Starts PostgreSQL, Valkey, a relay and a worker, and prints how long it takes

- from a task's commit until a worker has it: tasks one at a time, and fifty a second; beside it
  what a worker and a relay cost the processor while nothing happens;
- from an event's commit until it is announced, side by side with the least that PostgreSQL can do:
  to wake a listener, who takes one row out of a queue;
- from its due time until a deadline has run, with a thousand others pending and twenty due a
  second; and the same while Redis is killed and away for five seconds, while PostgreSQL is killed
  and started again, and after relay and worker were killed and away for ten seconds. The backlog
  of those is counted from the moment in which the first of it was done, and how long that took to
  come is printed.

Whatever else the machine does is in all of them. It takes about two minutes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

import asyncpg
import household
from redis.asyncio import Redis

from catering import changes, embedded, migrating

KIND: Final = "poll_ticket"
"""A task that finds its ticket gone, and is done: three short transactions of a worker."""

PARTS: Final = {"worker": "worker", "relay": "relay"}
LONE, A_SECOND, SECONDS = 60, 50, 8
PENDING, DUE_A_SECOND, DUE_FOR = 1_000, 20, 15
EVENTS: Final = 200
IDLE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What runs, and connections to it."""

    servers: embedded.Servers
    database: asyncpg.Pool
    database_url: str
    redis: Redis
    settings: dict[str, str]
    processes: dict[str, int]

    async def add(self, due: Sequence[float]) -> list[Any]:
        """Tasks that are due so many seconds from now."""
        rows = await self.database.fetch(_ADD, KIND, [uuid4() for _ in due], list(due))
        return [row["id"] for row in rows]

    async def done(self, tasks: Sequence[Any]) -> list[float]:
        """Milliseconds from their due time until each was done, as soon as all are."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                rows = await self.database.fetch(_DONE, list(tasks))
                if len(rows) == len(tasks):
                    return [row["late"] for row in rows]
            await asyncio.sleep(0.05)


async def main() -> None:
    """Measure, and print."""
    async with running() as bench:
        # What is done for the first time takes longer.
        await bench.done(await bench.add([0.0] * 20))
        await idling(bench)
        told("a lone task, until done", await lone(bench))
        told(f"{A_SECOND} tasks a second, until done", await steadily(bench))
        await announcing(bench)
        told(f"deadlines, {PENDING:,} others pending", await deadlines(bench))
        for name, seconds in (("redis", 5.0), ("postgres", 0.0)):
            late = await through(bench, partial(killed, bench, name, seconds))
            told(f"  {name} killed, away for {seconds:.0f} s", late)
        await backlog(bench)


async def idling(bench: Bench) -> None:
    """What waiting costs."""
    before = {name: household.spent(pid) for name, pid in bench.processes.items()}
    await asyncio.sleep(IDLE)
    for name, pid in bench.processes.items():
        share = (household.spent(pid) - before[name]) / IDLE
        print(f"{name + ' idle':42}{share:8.1%} of a core")


async def lone(bench: Bench) -> list[float]:
    """One task after the other, with a pause in which everything falls asleep."""
    late = []
    for n in range(LONE):
        await asyncio.sleep(0.1 + n % 7 / 100)
        late += await bench.done(await bench.add([0.0]))
    return late


async def steadily(bench: Bench) -> list[float]:
    """So many tasks a second, each added when it is due."""
    tasks = []
    async for _ in ticks(A_SECOND, SECONDS):
        tasks += await bench.add([0.0])
    return await bench.done(tasks)


async def deadlines(bench: Bench) -> list[float]:
    """Tasks that were added long before they are due, among many that are not due yet."""
    await bench.add([3_600.0 + n for n in range(PENDING)])
    count = DUE_A_SECOND * DUE_FOR
    return await bench.done(await bench.add([1.0 + n / DUE_A_SECOND for n in range(count)]))


async def through(bench: Bench, trouble: Callable[[], Awaitable[None]]) -> list[float]:
    """Deadlines of a quarter of a minute, of which some are due while something is away."""
    count = DUE_A_SECOND * DUE_FOR
    tasks = await bench.add([1.0 + n / DUE_A_SECOND for n in range(count)])
    await asyncio.sleep(DUE_FOR / 3)
    await trouble()
    return await bench.done(tasks)


async def backlog(bench: Bench) -> None:
    """All that is ours dies, and comes back when many deadlines have passed."""
    for pid in bench.processes.values():
        os.kill(pid, signal.SIGKILL)
    tasks = await bench.add([n / DUE_A_SECOND for n in range(DUE_A_SECOND * DUE_FOR)])
    await asyncio.sleep(DUE_FOR * 2 / 3)
    again = await bench.database.fetchval("SELECT catering_now()")
    with household.running(PARTS, bench.settings):
        await bench.done(tasks)
    rows = await bench.database.fetch(_CAUGHT_UP, tasks, again)
    told("  all of ours killed, away for 10 s", [row["late"] for row in rows])
    print(f"{'    at work again after':42}{rows[0]['start']:8.1f} ms")


async def killed(bench: Bench, name: str, seconds: float) -> None:
    """A server is gone, and comes back after so many seconds."""
    os.kill(bench.servers.pids()[name], signal.SIGKILL)
    await asyncio.sleep(seconds)
    while not bench.servers.revive():  # noqa: ASYNC110 - it takes a moment to be dead
        await asyncio.sleep(0.05)


async def announcing(bench: Bench) -> None:
    """Events and queue rows in turns, so that whatever the machine does is in both."""
    listener = await asyncpg.connect(bench.database_url)
    woken = asyncio.Event()
    await listener.add_listener("bench", lambda *_: woken.set())
    await bench.database.execute("CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY)")
    bare, ours = list[float](), list[float]()
    async with bench.redis.pubsub() as news:
        await news.subscribe(changes.channel(bench.redis))
        for _ in range(EVENTS):
            woken.clear()
            began = time.perf_counter()
            await bench.database.execute("INSERT INTO bench DEFAULT VALUES; NOTIFY bench")
            await woken.wait()
            await listener.execute(_TAKE)
            bare.append((time.perf_counter() - began) * 1_000)
            began = time.perf_counter()
            await bench.database.execute(_HAPPENS, uuid4())
            while b'"channels"' not in (await _said(news)):
                pass
            ours.append((time.perf_counter() - began) * 1_000)
            await asyncio.sleep(0.02)
    await listener.close()
    told("a bare wake-up and one row taken", bare)
    told("an event, until announced", ours)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(f"{'  announced : bare, medians':42}{ratio:8.1f}")


async def _said(news: Any) -> bytes:
    message = await news.get_message(ignore_subscribe_messages=True, timeout=5)
    return message["data"] if message else b""


async def ticks(rate: int, seconds: int) -> AsyncIterator[int]:
    """So many a second, each at its own time, however long the one before took."""
    began = time.perf_counter()
    for n in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        yield n


def told(what: str, milliseconds: Sequence[float]) -> None:
    """The middle and the slow end."""
    cuts = statistics.quantiles(milliseconds, n=100)
    print(f"{what:42}{cuts[49]:8.1f} ms p50{cuts[94]:8.1f} ms p95{cuts[98]:8.1f} ms p99")


@asynccontextmanager
async def running() -> AsyncIterator[Bench]:
    """Servers, a relay and a worker, for the time of a `with`."""
    with household.servers() as (servers, settings):
        url, redis_url = str(servers.database_url), str(servers.redis_url)
        await migrating.upgraded(url)
        with household.running(PARTS, settings) as processes:
            redis = Redis.from_url(redis_url)
            async with asyncpg.create_pool(url, min_size=0, max_size=2) as database:
                yield Bench(servers, database, url, redis, settings, processes)
            await redis.aclose()


_ADD: Final = """
    INSERT INTO tasks (id, kind, subject_id, dedup, state, due, token, attempts, errors)
    SELECT gen_random_uuid(), $1, subject, 'bench:' || subject, 'PENDING',
        catering_now() + seconds * interval '1 second', 0, 0, '[]'
    FROM unnest($2::uuid[], $3::float[]) AS added (subject, seconds)
    RETURNING id
"""
_DONE: Final = """
    SELECT 1000 * extract(epoch FROM finished_at - due)::float AS late
    FROM tasks WHERE id = ANY($1) AND state = 'DONE'
"""
_CAUGHT_UP: Final = """
    SELECT 1000 * extract(epoch FROM finished_at - greatest(due, first))::float AS late,
        1000 * extract(epoch FROM first - $2)::float AS start
    FROM tasks, (SELECT min(finished_at) AS first FROM tasks WHERE id = ANY($1)) AS done
    WHERE id = ANY($1)
"""
_TAKE: Final = """
    DELETE FROM bench
    WHERE id = (SELECT id FROM bench ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""
_HAPPENS: Final = """
    INSERT INTO events (kind, subject_id, data) VALUES ('PRODUCT_CHANGED', $1, '{}')
"""


if __name__ == "__main__":
    asyncio.run(main())
