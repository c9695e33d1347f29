"""A rush from its first order to the last thing that is left to do."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from catering.domain import ids
from catering.rush.checks import Finding, Left
from catering.rush.cooks import Cooks
from catering.rush.customers import Customers
from catering.rush.dice import Dice
from catering.rush.drivers import Drivers
from catering.rush.errors import Errors, listening
from catering.rush.examining import examined
from catering.rush.facilities import Approvers, Site, found
from catering.rush.office import Office
from catering.rush.outside import Outside, outside
from catering.rush.plan import Plan
from catering.rush.scratch import Scratch
from catering.rush.stage import Stage
from catering.rush.telling import Teller, summary
from catering.rush.town import SPOTS_EACH, Town, build
from catering.settings import Settings
from catering.workers import couriers as couriers  # importing registers the handlers
from catering.workers import deadlines as deadlines
from catering.workers import kitchens as kitchens
from catering.workers import payments as payments
from catering.workers import people as people
from catering.workers.runtime import Runtime

NOON: Final = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
"""A Wednesday in Kyiv, 12:00 there."""


@dataclass(frozen=True, slots=True)
class Played:
    """A rush that is over, while everybody is still there to be asked."""

    left: Left
    town: Town
    customers: Customers
    stage: Stage
    outside: Outside
    errors: Errors

    def lines(self) -> Iterator[str]:
        """What became of every order, and the sum of it."""
        teller = Teller(self.left, self.town)
        yield from map(teller.line, self.left.orders)
        yield ""
        yield from summary(self.left, len(self.customers.hungry), self.stage.refused)

    async def findings(self) -> list[Finding]:
        """Whether all was well."""
        placed = self.customers.placed
        return [
            *await examined(self.left, placed, self.town, self.outside),
            self.errors.finding(),
        ]


@asynccontextmanager
async def played(database: Scratch, plan: Plan) -> AsyncIterator[Played]:
    """Play it. Raises `Failed` where it cannot go on."""
    dice, settings = Dice(plan.seed), Settings(database_url="", redis_url="")
    random.seed(plan.seed)  # how long a task that failed waits is drawn there
    spots = plan.restaurants // SPOTS_EACH + 1
    await database.move(NOON)
    with ids.drawn(dice.names(int(NOON.timestamp() * 1_000))), listening() as errors:
        async with outside(plan.seed, NOON, spots, database.transaction, settings) as there:
            async with database.transaction() as session:
                town = await build(
                    session, dice, kitchens=plan.restaurants, drivers=plan.drivers,
                    customers=plan.orders,
                )  # fmt: skip
                sites = await found(session, dice, town)
            stage = Stage(database, Runtime(database.transaction, there.http), there, dice, NOON)
            customers = _cast(stage, town, sites, plan)
            await stage.play()
            async with database.transaction() as session:
                left = await Left.read(session)
            yield Played(left, town, customers, stage, there, errors)


def _cast(stage: Stage, town: Town, sites: tuple[Site, ...], plan: Plan) -> Customers:
    """Everybody is told to begin."""
    customers = Customers(stage, town, sites)
    customers.begin(plan.minutes)
    others = Cooks(stage, town), Drivers(stage, town), Office(stage, town), Approvers(stage, sites)
    for each in others:
        each.begin()
    return customers
