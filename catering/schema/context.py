"""What a resolver may use: one object for each operation, and it is short."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from catering.changes import Changes
from catering.database import Transaction
from catering.domain.people import Actor
from catering.settings import Settings

from .loaders import Loaders


@dataclass(slots=True)
class Context:
    """The caller, and the ways to the data. `actor` is None for somebody who is not signed in;
    `family` is the sign-in that he came with, `address` the network address he calls from."""

    actor: Actor | None
    transaction: Transaction
    changes: Changes
    settings: Settings
    family: UUID | None = None
    address: str | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Forget what was loaded: an event is answered with the state after it."""
        self.loaders = Loaders(self.transaction, self.actor)
