"""Dramatiq as a doorbell: a message says that a task is due, and may be lost, late or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis.asyncio import Redis

from catering import changes
from catering.domain.reactions import ORDERS_FIRST

QUEUE = "doorbell"
ACTOR = "task_due"


def broker(redis_url: str) -> RedisBroker:
    """A broker with none of Dramatiq's own timers, retries or results: all of that is in
    PostgreSQL, where it survives. `max_retries` has no middleware to read it."""
    made = RedisBroker(client=changes.blocking_redis(redis_url), middleware=[])
    made.declare_queue(QUEUE)
    return made


def ring(at: RedisBroker, ids: Iterable[UUID], priority: int = ORDERS_FIRST) -> None:
    """Say that these tasks are due. Raises what redis-py raises; nothing is lost by that."""
    for id in ids:
        at.enqueue(
            dramatiq.Message(
                queue_name=QUEUE, actor_name=ACTOR, args=(str(id), priority), kwargs={}, options={}
            )
        )


async def unanswered(redis: Redis) -> int:
    """How many rings nobody has come to the door for yet. Raises what redis-py raises."""
    return int(await redis.llen(f"dramatiq:{QUEUE}"))


def listen(at: RedisBroker, hear: Callable[[UUID, int], None]) -> dramatiq.Worker:
    """Have `hear` called, from a thread of Dramatiq's, for every ring with its priority. The next
    one stays in Redis until it returns. The one actor there is."""

    def task_due(id: str, priority: int = ORDERS_FIRST) -> None:
        hear(UUID(id), priority)

    dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=at)(task_due)
    # An idle consumer looks again after this many milliseconds: the delay of a lone task.
    return dramatiq.Worker(at, worker_timeout=30, worker_threads=1)
