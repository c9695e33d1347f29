"""How large a rush is, and into which districts it falls."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

MOST: Final = 10
"""So many restaurants one district has at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a rush it is."""

    orders: int
    minutes: int
    restaurants: int
    drivers: int
    seed: int = 1

    def __str__(self) -> str:
        """As it is asked for."""
        return " ".join(("catering rush", *self.options()))

    def options(self) -> tuple[str, ...]:
        """As the command takes it."""
        named = {
            "--orders": self.orders,
            "--minutes": self.minutes,
            "--restaurants": self.restaurants,
            "--drivers": self.drivers,
            "--seed": self.seed,
        }
        return tuple(str(word) for option in named.items() for word in option)

    def districts(self) -> tuple[Plan, ...]:
        """What each district has of it; itself where it is no larger than one.

        Nobody crosses from one to another, so it is the plan that decides how many there are, and
        never how many fit on a machine: the same seed gives the same rush on any of them.
        """
        count = min(ceil(self.restaurants / MOST), self.orders)
        if count == 1:
            return (self,)
        return tuple(
            Plan(
                orders=_share(self.orders, count, place),
                minutes=self.minutes,
                restaurants=_share(self.restaurants, count, place),
                drivers=_share(self.drivers, count, place),
                seed=self.seed * 1_000 + place,
            )
            for place in range(1, count + 1)
        )


def _share(all: int, count: int, place: int) -> int:
    """What the first, second and so on of `count` get of all: those before get the remainder."""
    return all // count + (place <= all % count)
