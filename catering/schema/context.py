"""What a resolver may use: one object for each operation, and it is short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from catering.changes import Changes, Nowhere, Whereabouts
from catering.database import Transaction
from catering.domain.budgets import Standing
from catering.domain.people import Actor
from catering.domain.whereabouts import Sighting
from catering.settings import Settings

from .loaders import Loaders


class Purse(Protocol):
    """What the caller has left to spend."""

    async def pay(self, actor: Actor | None, points: int, roots: Mapping[str, int]) -> Standing:
        """Take the points of an operation with these root fields. Raises a `GraphQLError`."""
        ...


@dataclass(slots=True)
class Context:
    """The caller, and the ways to the data. `actor` is None for somebody who is not signed in;
    `family` is the sign-in that he came with, `address` the network address he calls from; without
    a `purse` nothing has a price, and `whereabouts` knows where drivers are just now."""

    actor: Actor | None
    transaction: Transaction
    changes: Changes
    settings: Settings
    family: UUID | None = None
    address: str | None = None
    purse: Purse | None = None
    whereabouts: Whereabouts = field(default_factory=Nowhere)
    standing: Standing | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.refresh()

    def fresh(self) -> Context:
        """Of another operation of the same caller: a socket lives long, and what is loaded for one
        operation is not for the next."""
        return Context(
            self.actor,
            self.transaction,
            self.changes,
            self.settings,
            self.family,
            self.address,
            self.purse,
            self.whereabouts,
        )

    def refresh(self) -> None:
        """Forget what was loaded: an event is answered with the state after it."""
        self.loaders = Loaders(self.transaction, self.actor)

    async def sighting(self, driver_id: UUID) -> Sighting | None:
        """Where a driver was seen last, if it is known without PostgreSQL."""
        known = self.loaders.batched("whereabouts", self._sightings)
        found: Sighting | None = await known.load(driver_id)
        return found

    async def _sightings(self, drivers: list[UUID]) -> list[Sighting | None]:
        seen = await self.whereabouts.of(drivers)
        return [seen.get(id) for id in drivers]
