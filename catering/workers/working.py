"""The worker process: hears the doorbell, and looks for itself when nobody rings."""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import timedelta
from uuid import UUID

import uvloop
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from catering import changes, database, garbage
from catering.domain.reactions import ORDERS_FIRST, OTHERS_WAIT
from catering.providers import calling
from catering.providers.mail import mail
from catering.providers.roads import roads
from catering.services import tidying
from catering.settings import Settings
from catering.watching import lines, tracing, window

from . import couriers as couriers
from . import deadlines as deadlines
from . import doorbell, ringing
from . import housekeeping as housekeeping
from . import kitchens as kitchens
from . import letters as letters
from . import payments as payments
from . import people as people
from .runtime import Runtime

log = logging.getLogger(__name__)

AT_ONCE = {ORDERS_FIRST: 16, OTHERS_WAIT: 4}
"""Tasks of each priority that one process works on at a time; they wait for providers, not for each
other. A mail server that hangs holds no order up."""

QUEUED_AT_MOST = {ORDERS_FIRST: 64, OTHERS_WAIT: 8}
"""More are left where they are: in PostgreSQL, for whoever has time."""

LOOK_EVERY = 0.5
PATIENCE = timedelta(seconds=5)
FAREWELL = 8.0
LAST_WORDS = 3.0


class Floor:
    """The tasks that are being worked on in this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._places = {priority: asyncio.Semaphore(count) for priority, count in AT_ONCE.items()}
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._heard = dict.fromkeys(AT_ONCE, 0)
        self._begun = set[UUID]()
        self._closed = False
        self._room = asyncio.Event()
        self._room.set()

    async def admit(self, id: UUID, priority: int = ORDERS_FIRST) -> None:
        """Work on a task soon; return once there is room for another one."""
        self.hear(id, priority)
        await self._room.wait()

    def hear(self, id: UUID, priority: int = ORDERS_FIRST) -> None:
        """Work on a task soon; one that is in hand, or one too many, is not taken."""
        full = self._heard[priority] >= QUEUED_AT_MOST[priority]
        if not self._closed and not full and id not in self._running:
            self._running[id] = asyncio.create_task(self._work(id, priority))
            self._heard[priority] += 1
            self._look_around()

    async def leave(self, patience: float = FAREWELL) -> None:
        """Take no more, finish what is in hand, and hand back what takes longer than `patience`
        seconds, or was never begun."""
        self._closed = True
        self._look_around()
        waiting = [id for id in self._running if id not in self._begun]
        for id in waiting:
            self._running.pop(id).cancel()
        ended = list(self._running.values())
        told = asyncio.create_task(self._runtime.not_heard(waiting))
        if ended:
            _, late = await asyncio.wait(ended, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.wait(ended, timeout=LAST_WORDS)
        await told

    async def _work(self, id: UUID, priority: int) -> None:
        try:
            async with self._places[priority]:
                self._begun.add(id)
                await self._runtime.run(id)
        finally:
            self._begun.discard(id)
            self._running.pop(id, None)
            self._heard[priority] -= 1
            self._look_around()

    def _look_around(self) -> None:
        """Whether there is room; when we leave, nobody is kept waiting at the door."""
        if self._closed or self._heard[ORDERS_FIRST] < QUEUED_AT_MOST[ORDERS_FIRST]:
            self._room.set()
        else:
            self._room.clear()


async def look_out(runtime: Runtime, floor: Floor, redis_url: str) -> None:
    """Take due tasks straight from PostgreSQL when Redis is away, or when nobody rings for them."""
    redis, is_seen_to = changes.redis(redis_url), False
    while True:
        patience = PATIENCE if await _answers(redis) else timedelta(0)
        try:
            if not is_seen_to:
                async with runtime.transaction() as session:
                    await tidying.see_to_it(session)
                is_seen_to = True
            async with runtime.transaction(apart=True) as session:
                due = await ringing.unheard(session, patience, sum(QUEUED_AT_MOST.values()))
            for id, priority in due:
                floor.hear(id, priority)
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
    engine = database.engine(settings.database_url, size=AT_ONCE[ORDERS_FIRST])
    watched = window.served("worker", settings.host, settings.metrics_port, settings.metrics_token)
    with watched:
        await _work(settings, loop, stop, engine)
    await engine.dispose()


async def _work(
    settings: Settings, loop: asyncio.AbstractEventLoop, stop: asyncio.Event, engine: AsyncEngine
) -> None:
    lookout = changes.Lookout(settings.redis_url)
    async with calling.client() as http:
        runtime = Runtime(
            database.transactions(engine),
            http,
            settings.archive_after,
            mail(settings),
            settings.app_url,
            settings.history,
            roads(settings, http),
            lookout,
        )
        floor = Floor(runtime)

        def hear(id: UUID, priority: int) -> None:
            asyncio.run_coroutine_threadsafe(floor.admit(id, priority), loop).result()

        bell = doorbell.listen(doorbell.broker(settings.redis_url), hear)
        bell.start()
        looking = asyncio.create_task(look_out(runtime, floor, settings.redis_url))
        garbage.settle()
        log.info("worker is ready")
        await stop.wait()
        looking.cancel()
        # Together: a thread of the bell may be at the door until the floor is closed.
        await asyncio.gather(asyncio.to_thread(bell.stop, 2_000), floor.leave())
    await lookout.close()


def serve(settings: Settings) -> None:
    """Run the worker process."""
    lines.begin(settings.log, "worker")
    tracing.begin("worker")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))
