"""Dramatiq as a doorbell: a message says that a task is due, and may be lost, late or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import dramatiq
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from redis.asyncio import Redis
from redis.exceptions import RedisError

from catering import changes
from catering.domain.reactions import ORDERS_FIRST

QUEUE = "doorbell"
ACTOR = "task_due"

STRIKES: Final = "catering:strikes"
"""A list with an element for each ring, on which idle workers sleep. Whether one is lost or left
over does not matter: who is awake looks into the queue."""
STRIKES_KEPT: Final = 64
NAP: Final = 0.5
"""Seconds of sleep, should no strike come; less than the patience of our client."""


def broker(redis_url: str) -> RedisBroker:
    """A broker with none of Dramatiq's own timers, retries or results: all of that is in
    PostgreSQL, where it survives. `max_retries` has no middleware to read it."""
    made = _Broker(client=changes.blocking_redis(redis_url), middleware=[])
    made.declare_queue(QUEUE)
    return made


def ring(at: RedisBroker, ids: Iterable[UUID], priority: int = ORDERS_FIRST) -> None:
    """Say that these tasks are due. Raises what redis-py raises; nothing is lost by that."""
    strikes = list[str]()
    for id in ids:
        at.enqueue(
            dramatiq.Message(
                queue_name=QUEUE, actor_name=ACTOR, args=(str(id), priority), kwargs={}, options={}
            )
        )
        strikes.append("")
    if strikes:
        with at.client.pipeline(transaction=False) as strike:
            strike.lpush(STRIKES, *strikes[:STRIKES_KEPT])
            strike.ltrim(STRIKES, 0, STRIKES_KEPT - 1)
            strike.execute()


async def unanswered(redis: Redis) -> int:
    """How many rings nobody has come to the door for yet. Raises what redis-py raises."""
    return int(await redis.llen(f"dramatiq:{QUEUE}"))


def listen(at: RedisBroker, hear: Callable[[UUID, int], None]) -> dramatiq.Worker:
    """Have `hear` called, from a thread of Dramatiq's, for every ring with its priority. The next
    one stays in Redis until it returns. The one actor there is."""

    def task_due(id: str, priority: int = ORDERS_FIRST) -> None:
        hear(UUID(id), priority)

    dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=at)(task_due)
    return dramatiq.Worker(at, worker_threads=1)


class _Consumer(_RedisConsumer):
    """One that is woken. Dramatiq's own looks into an empty queue every few milliseconds or, to
    save the processor, so seldom that a lone task waits for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hand_is_free = threading.Event()

    def __next__(self) -> Any:
        try:
            message = super().__next__()
            if message is None:
                self._rest()
        except (ConnectionClosed, RedisError):
            # It is away. Dramatiq would begin anew in three seconds; nothing here has to.
            time.sleep(NAP)
            return None
        return message

    def ack(self, message: Any) -> None:
        """What is not acknowledged rings once more some day, and nobody minds; Dramatiq would try
        again for as long as Redis is away and five seconds longer, and hear nothing meanwhile."""
        with suppress(ConnectionClosed, RedisError):
            super().ack(message)
        self._hand_is_free.set()

    def _rest(self) -> None:
        if self.queue_name != QUEUE:  # of Dramatiq's delays, which nobody uses
            time.sleep(NAP)
        elif self.outstanding_message_count >= self.prefetch:
            self._hand_is_free.wait(NAP)
            self._hand_is_free.clear()
        else:
            self.broker.client.blpop([STRIKES], timeout=NAP)


class _Broker(RedisBroker):
    @property
    def consumer_class(self) -> type[_Consumer]:
        return _Consumer

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 1) -> Any:  # noqa: ARG002
        return super().consume(queue_name, prefetch, timeout=1)  # it rests for itself
