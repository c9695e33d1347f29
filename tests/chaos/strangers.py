"""Somebody who wants to know what is none of his business, all the time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import select

from catering.database import Transaction
from catering.domain.ids import Prefix, encode
from catering.models import Offer
from catering.rush.checks import Finding
from catering.walk.ending import Failed
from catering.walk.listening import Event
from catering.walk.person import Person

from .fleet import Rider
from .guests import Guests

PAUSE: Final = 0.5


@dataclass(slots=True)
class Stranger:
    """A customer who has ordered nothing: asks for others' orders, and tries to follow them."""

    person: Person
    guests: Guests
    dice: random.Random
    asked: int = 0
    followed: int = 0
    seen: list[str] = field(default_factory=list)

    async def pry(self) -> None:
        """Until he is stopped."""
        while True:
            if orders := sorted(self.guests.keys.values()):
                await self._ask(encode(Prefix.ORDER, self.dice.choice(orders)))
                await self._follow(encode(Prefix.ORDER, self.dice.choice(orders)))
            await asyncio.sleep(PAUSE)

    async def _ask(self, id: str) -> None:
        try:
            if await self.person.ask("OrderById", id=id) is not None:
                self.seen.append(f"{id} was shown to a stranger")
        except Failed:  # nobody answers
            return
        self.asked += 1

    async def _follow(self, id: str) -> None:
        async def hear(event: Event) -> None:
            self.seen.append(f"{id} was told to a stranger: {event['kind']}")

        feed = self.person.follow("OrderFollowed", hear, id=id)
        try:
            async with asyncio.timeout(10):
                await feed.follow()
        except Failed:  # refused, as it has to be
            self.followed += 1
        except TimeoutError:  # nobody answered
            return


async def found(transaction: Transaction, stranger: Stranger, riders: Sequence[Rider]) -> Finding:
    """Nobody was told what is not his."""
    wrong, shown = list(stranger.seen), 0
    for rider in riders:
        his = await _his(transaction, rider.id)
        shown += len(rider.shown)
        wrong += [f"{rider.person.name} was told of {id}" for id in sorted(rider.shown - his)]
    refused = f"a stranger was refused {stranger.asked} orders and {stranger.followed} screens"
    counted = f"{refused}, {len(riders)} drivers were told of {shown} things of theirs"
    return Finding("nobody is told what is not his", counted, tuple(wrong))


async def _his(transaction: Transaction, driver: UUID) -> set[UUID]:
    """What a driver was ever offered."""
    query = select(Offer.id, Offer.delivery_id).where(Offer.driver_id == driver)
    async with transaction() as session:
        return {id for row in await session.execute(query) for id in row}
