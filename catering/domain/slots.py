"""What a kitchen takes on: so many tickets in each slot of its time, and no more.

A slot is two instants, counted from one epoch: a change of clocks neither swallows nor doubles one,
and every slot is as long as the others.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, Protocol, Self

from .baskets import Span
from .refusals import InvalidInput
from .windows import FARTHEST, Hours

LENGTHS: Final = (5, 10, 15, 20, 30, 60)
"""Minutes that a slot may have: an hour is always full of them."""

MOST_TICKETS: Final = 1_000
NAMED: Final = 3
"""So many free slots are named to who asked for a full one."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Kitchen(Protocol):
    """A row of a restaurant, whole or in part."""

    @property
    def slot_tickets(self) -> int | None: ...
    @property
    def slot_minutes(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Capacity:
    """At most so many tickets in each slot of so many minutes."""

    tickets: int
    minutes: int = 15

    @classmethod
    def of(cls, kitchen: Kitchen) -> Self | None:
        """What a kitchen takes on; None where nobody counts."""
        if kitchen.slot_tickets is None:
            return None
        return cls(kitchen.slot_tickets, kitchen.slot_minutes)

    @property
    def length(self) -> timedelta:
        """Of a slot."""
        return timedelta(minutes=self.minutes)

    def start(self, at: datetime) -> datetime:
        """When the slot begins to which a moment belongs, in UTC."""
        at = at.astimezone(UTC)
        return at - (at - _EPOCH) % self.length

    def free(self, hours: Hours, full: Container[datetime], after: datetime) -> tuple[Span, ...]:
        """The next slots in which the kitchen is open and has a place; `full` are starts."""
        return tuple(islice(self._free(hours, full, after), NAMED))

    def faults(self) -> Iterator[InvalidInput]:
        """What is wrong with it."""
        if not 1 <= self.tickets <= MOST_TICKETS:
            message = f"Between 1 and {MOST_TICKETS}; null where nobody counts."
            yield InvalidInput(message, ("tickets",), rule="tickets")
        if self.minutes not in LENGTHS:
            message = f"A slot has {', '.join(map(str, LENGTHS))} minutes."
            yield InvalidInput(message, ("slotMinutes",), rule="slot_minutes")

    def _free(self, hours: Hours, full: Container[datetime], after: datetime) -> Iterator[Span]:
        start, end = self.start(after) + self.length, after + FARTHEST
        while start < end:
            if start in full:
                start += self.length
            elif hours.is_open(start):
                yield Span(start, start + self.length)
                start += self.length
            elif (opens := hours.next_transition(start)) is None:
                return
            else:  # of a slot that has begun when it opens, the next one is the first whole one
                start = self.start(opens - timedelta(microseconds=1)) + self.length
