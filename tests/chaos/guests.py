"""Customers who order through the public API, and ask again until they are answered."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from catering.domain.ids import decode
from catering.walk.comparing import Step, differences
from catering.walk.customer import CARD, CASH, DOOR, PHONE
from catering.walk.ending import Failed, Refused
from catering.walk.listening import Event, Feed
from catering.walk.person import Person

Basket = list[dict[str, Any]]

ANSWERED_WITHIN = 120.0
"""Seconds in which somebody who insists has to be answered."""


@dataclass(slots=True)
class Guests:
    """Who orders, what was promised to them, and what they saw."""

    people: Sequence[Person]
    menus: Sequence[Basket]
    dice: random.Random
    keys: dict[str, UUID] = field(default_factory=dict)
    """By idempotency key: the order that was acknowledged."""
    watched: dict[UUID, Watch] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    """By the code of the refusal: those who were told no."""
    tries: int = 0
    """How often anybody asked, the same key again counted as well."""

    async def order(self, count: int, seconds: float, watched: int) -> None:
        """So many orders within that time; some are watched live from their first moment."""
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(self._one(seconds * number / count, number < watched))

    async def stop_watching(self) -> None:
        """Whatever became of those who watched."""
        tasks = [watch.task for watch in self.watched.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, after: float, is_watched: bool) -> None:
        await asyncio.sleep(after)
        who, kitchens = self.dice.choice(self.people), self.dice.sample(list(self.menus), 2)
        lines = [
            {"productId": self.dice.choice(menu)["id"], "quantity": 1}
            for menu in kitchens[: self.dice.choice((1, 2))]
        ]
        key = str(uuid4())
        pays = self.dice.choice((CASH, CASH, CARD))
        wish = {"lines": lines, "destination": DOOR, "contactPhone": PHONE, **pays}
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                payload = await self._insist(who, "PlaceOrder", wish | {"idempotencyKey": key})
        except Refused as refused:
            self.refused.update(refused.codes)
            return
        except TimeoutError:
            self.unanswered.add(key)
            return
        _, id = decode(payload["order"]["id"])
        self.keys[key] = id
        if is_watched:
            self.watched[id] = Watch.of(who, payload["order"]["id"])

    async def _insist(self, who: Person, operation: str, wish: dict[str, Any]) -> dict[str, Any]:
        """The answer, however often it takes. Raises `Refused`."""
        while True:
            self.tries += 1
            try:
                return await who.do(operation, **wish)
            except Refused:
                raise
            except Failed:  # no answer, or a 5xx: the same again, under the same key
                await asyncio.sleep(0.5)


@dataclass(slots=True)
class Watch:
    """One live screen: it comes back wherever its socket broke."""

    who: Person
    order_id: str
    feed: Feed
    task: asyncio.Task[None]
    since: list[int]
    live: list[Step]

    @classmethod
    def of(cls, who: Person, order_id: str) -> Watch:
        since, live = list[int](), list[Step]()

        async def hear(event: Event) -> None:
            if event["kind"] == "PRESENT":
                since.append(int(event["position"]))
            else:
                live.append(Step.read(event))

        feed = who.follow("OrderFollowed", hear, id=order_id)
        return cls(who, order_id, feed, asyncio.create_task(feed.follow()), since, live)

    async def faults(self) -> list[str]:
        """How what was seen differs from what happened."""
        if self.task.done() and not self.task.cancelled() and self.task.exception():
            return [repr(self.task.exception())]
        if not self.since:
            return [f"{self.order_id} was never seen"]
        history = await self._history()
        # More than one present state would mean that something in between was missed.
        if len(self.since) > 1:
            return [f"{self.order_id} began {len(self.since)} times"]
        missed = differences(self.live, history, self.since[0])
        sockets = f"{self.order_id}, seen over {len(self.feed.sockets)} sockets"
        return [f"{sockets}: {missed[0]}, and {len(missed) - 1} more"] if missed else []

    async def _history(self) -> list[Step]:
        after, steps = None, list[Step]()
        while True:
            page = await self.who.ask("History", id=self.order_id, after=after)
            steps += [Step.read(entry) for entry in page["history"]["nodes"]]
            after = page["history"]["pageInfo"]["endCursor"]
            if not page["history"]["pageInfo"]["hasNextPage"]:
                return steps
