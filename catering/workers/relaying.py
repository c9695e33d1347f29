"""The relay process: announces events in one order, and rings the doorbell for due tasks.

Two run; the one that holds the advisory lock leads, the other waits to take over.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import uvloop
from dramatiq.brokers.redis import RedisBroker
from redis.asyncio import Redis

from catering import changes, database, garbage
from catering.crashing import crash_point
from catering.database import Transaction
from catering.settings import Settings
from catering.watching import counts, lines, tracing, window

from . import announcing, doorbell, ringing, tasks, watched

log = logging.getLogger(__name__)

LOCK = 0x0CA7E1
CHANNEL = "catering"
IDLE = 0.5
SOON = 0.05
RINGS_AT_MOST = 256
"""Rings that nobody has come to the door for; no more are added."""
SILENCE = "6s"
"""A leader that has said nothing for so long, frozen or cut off, loses the lock to the other."""
RESTS = 2.0
"""After a step that had something to do: how often its own length."""
BEAT_EVERY = 1.0
SWEEP_EVERY = 1.0


@dataclass(slots=True)
class Relay:
    """One leader at work."""

    transaction: Transaction
    redis: Redis
    broker: RedisBroker
    position: int = 0
    _next_beat: float = field(default=0.0)
    _next_sweep: float = field(default=0.0)
    _wait: float = 0.0
    """Seconds until ringing has any use again."""

    async def step(self) -> float:
        """Announce, ring, sweep. How long there is nothing to do, in seconds."""
        announced = await self.announce()
        rung = await self.ring()
        await self._beat()
        await self._sweep()
        if announced or rung:
            return 0.0
        if self._wait:
            return self._wait
        async with self.transaction(apart=True) as session:
            due = await ringing.next_due(session)
        return IDLE if due is None else min(IDLE, max(0.0, due.total_seconds()))

    async def announce(self) -> int:
        """Give the next events their positions, then wake whoever follows them."""
        async with self.transaction() as session:
            batch = await announcing.announce(session)
        if batch.count:
            self.position = batch.position
            crash_point("before publishing")
            news = changes.publish(self.redis, batch.channels, batch.position, count=batch.count)
            await self._tell(news)
            watched.announced(batch)
        return batch.count

    async def ring(self) -> int:
        """Ring for the tasks that are due, as long as somebody comes to the door.

        What waits in PostgreSQL waits in the order that matters; what waits in Redis does not.
        """
        room = RINGS_AT_MOST - await self._rings()
        self._wait = SOON if room <= 0 else 0.0
        if self._wait:
            return 0
        async with self.transaction(apart=True) as session:
            due = await ringing.to_ring(session, min(room, 200))
        for priority in sorted({priority for _, priority in due}):
            ids = [id for id, its in due if its == priority]
            if not await self._tell(asyncio.to_thread(doorbell.ring, self.broker, ids, priority)):
                async with self.transaction(apart=True) as session:
                    await ringing.not_heard(session, [id for id, _ in due])
                self._wait = IDLE
                return 0
        return len(due)

    async def _rings(self) -> int:
        try:
            return await doorbell.unanswered(self.redis)
        except Exception:  # it is away: workers look for themselves
            return 0

    async def _beat(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_EVERY
            await self._tell(changes.beat(self.redis, self.position))

    async def _sweep(self) -> None:
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_EVERY
            async with self.transaction(apart=True) as session:
                taken = await tasks.take_back_expired(session)
            if taken:
                counts.TAKEN_BACK.inc(taken)
                log.warning("took back %d tasks of workers that fell silent", taken)

    async def _tell(self, message: Any) -> bool:
        """Whether Redis took it. Where it is away, later news and beats tell that something was
        missed, and workers look for themselves."""
        try:
            await message
        except Exception as error:  # redis-py, socket and protocol errors alike
            log.warning("Redis does not take it: %r", error)
            return False
        return True


@asynccontextmanager
async def leading(url: str, wake: asyncio.Event) -> AsyncIterator[asyncpg.Connection]:
    """Wait until we lead; then `wake` is set whenever there is something to do."""
    connection = await asyncpg.connect(
        url, timeout=3, command_timeout=5, server_settings={"idle_session_timeout": SILENCE}
    )
    try:
        # The other leader is another process: there is no event to wait for.
        while not await connection.fetchval(  # noqa: ASYNC110
            "SELECT pg_try_advisory_lock($1)", LOCK
        ):
            await asyncio.sleep(IDLE)
        await connection.add_listener(CHANNEL, lambda *_: wake.set())
        yield connection
    finally:
        connection.terminate()


async def lead(settings: Settings, transaction: Transaction) -> None:
    """Lead for as long as the lock is held. Raises when it is lost."""
    wake = asyncio.Event()
    async with leading(settings.database_url, wake) as lock:
        log.info("this relay leads")
        async with transaction() as session:
            position = await announcing.position(session)
        redis, broker = changes.redis(settings.redis_url), doorbell.broker(settings.redis_url)
        relay = Relay(transaction, redis, broker, position)
        with counts.LEADS.track_inprogress():
            while not lock.is_closed():
                wake.clear()
                began = time.monotonic()
                pause = await relay.step()
                await lock.execute("SELECT")  # we live
                if pause:
                    await _until(wake, pause)
                else:
                    # What comes in the meantime is announced together: a lone event waits for
                    # nothing, and however much happens, most of the core is for those who do it.
                    await asyncio.sleep(RESTS * (time.monotonic() - began))
    raise ConnectionError("the connection that holds the lock was closed")


async def _until(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return


async def relay(settings: Settings) -> None:
    """Relay until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = database.engine(settings.database_url, size=2)
    garbage.settle()
    with window.served("relay", settings.host, settings.metrics_port, settings.metrics_token):
        working = asyncio.create_task(_for_ever(settings, database.transactions(engine)))
        await stop.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    await engine.dispose()


async def _for_ever(settings: Settings, transaction: Transaction) -> None:
    while True:
        try:
            await lead(settings, transaction)
        except Exception as error:  # whatever it is: the list of what can go wrong is never whole
            log.warning("the relay starts again: %r", error)
            await asyncio.sleep(IDLE)


def serve(settings: Settings) -> None:
    """Run the relay process."""
    lines.begin(settings.log, "relay")
    tracing.begin("relay")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(relay(settings))
