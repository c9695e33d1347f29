"""The worker process: hears the doorbell, and looks for itself when nobody rings."""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import timedelta
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import changes, database
from catering.providers import calling
from catering.providers.mail import mail
from catering.settings import Settings
from catering.watching import lines, tracing, window

from . import couriers as couriers
from . import deadlines as deadlines
from . import doorbell, tasks
from . import kitchens as kitchens
from . import letters as letters
from . import payments as payments
from . import people as people
from .runtime import Runtime

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Tasks that one process works on at a time; they wait for providers, not for each other."""

QUEUED_AT_MOST = 64
"""More are left where they are: in PostgreSQL, for whoever has time."""

LOOK_EVERY = 0.5
PATIENCE = timedelta(seconds=5)
FAREWELL = 8.0


class Floor:
    """The tasks that are being worked on in this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: dict[UUID, asyncio.Task[None]] = {}

    def hear(self, id: UUID) -> None:
        """Work on a task soon; one that is in hand, or one too many, is not taken."""
        if id not in self._running and len(self._running) < QUEUED_AT_MOST:
            self._running[id] = asyncio.create_task(self._work(id))

    async def leave(self) -> None:
        """Finish what is in hand; what takes too long is left to its lease."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=FAREWELL)

    async def _work(self, id: UUID) -> None:
        try:
            async with self._places:
                await self._runtime.run(id)
        finally:
            self._running.pop(id, None)


async def look_out(runtime: Runtime, floor: Floor, redis_url: str) -> None:
    """Take due tasks straight from PostgreSQL when Redis is away, or when nobody rings for them."""
    redis = changes.redis(redis_url)
    while True:
        patience = PATIENCE if await _answers(redis) else timedelta(0)
        try:
            async with runtime.transaction() as session:
                for id in await tasks.unheard(session, patience, QUEUED_AT_MOST):
                    floor.hear(id)
        except Exception as error:  # PostgreSQL is away: so is the work
            log.warning("cannot look for tasks: %r", error)
        await asyncio.sleep(LOOK_EVERY)


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except Exception:  # whatever is the matter with it: it does not ring
        return False


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = database.engine(settings.database_url, size=AT_ONCE)
    watched = window.served("worker", settings.host, settings.metrics_port, settings.metrics_token)
    with watched:
        await _work(settings, loop, stop, engine)
    await engine.dispose()


async def _work(
    settings: Settings, loop: asyncio.AbstractEventLoop, stop: asyncio.Event, engine: AsyncEngine
) -> None:
    async with calling.client() as http:
        runtime = Runtime(
            database.transactions(engine),
            http,
            settings.archive_after,
            mail(settings),
            settings.app_url,
        )
        floor = Floor(runtime)

        def hear(id: UUID) -> None:
            loop.call_soon_threadsafe(floor.hear, id)

        bell = doorbell.listen(doorbell.broker(settings.redis_url), hear)
        bell.start()
        looking = asyncio.create_task(look_out(runtime, floor, settings.redis_url))
        log.info("worker is ready")
        await stop.wait()
        looking.cancel()
        await asyncio.to_thread(bell.stop, 2_000)
        await floor.leave()


def serve(settings: Settings) -> None:
    """Run the worker process."""
    lines.begin(settings.log, "worker")
    tracing.begin("worker")
    asyncio.run(work(settings))
