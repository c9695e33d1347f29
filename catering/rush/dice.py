"""Chance that falls the same way each time: each question has dice of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Of one seed. What is asked first, or more often, does not change the other answers."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *question: object) -> Random:
        """The dice of one question."""
        return Random(f"{self._seed}:{':'.join(map(str, question))}")  # noqa: S311 - lives, no secrets

    def names(self, since: int) -> Callable[[], tuple[int, int]]:
        """Names for `ids.drawn`: a millisecond further each time, from `since` on."""
        noise, at = self.of("names"), since

        def draw() -> tuple[int, int]:
            nonlocal at
            at += 1
            return at, noise.getrandbits(80)

        return draw


def pick(dice: Random, chances: Sequence[tuple[T, float]]) -> T:
    """One of several, as likely as its weight."""
    return dice.choices([one for one, _ in chances], [weight for _, weight in chances])[0]
