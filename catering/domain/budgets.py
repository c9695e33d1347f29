"""How much somebody may ask for: points that come back evenly while time goes by.

What is remembered of a budget is one moment: when it will be full again. Whoever takes points moves
it away; as long as it is not further away than the whole budget takes to come back, he may. (It is
the generic cell rate algorithm, which telephone exchanges use.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Budget:
    """So many points, all of which come back within so many seconds."""

    points: int
    seconds: int

    def times(self, factor: int) -> Budget:
        """A budget so many times as large."""
        return Budget(self.points * factor, self.seconds)


@dataclass(frozen=True, slots=True)
class Draw:
    """Points that somebody wants from a budget. `name` is what he is told, `key` whose it is."""

    name: str
    key: str
    budget: Budget
    points: int = 1

    @property
    def seconds(self) -> float:
        """How long they take to come back. More than there ever are cannot be wanted."""
        wanted = min(self.points, self.budget.points)
        return wanted * self.budget.seconds / self.budget.points


@dataclass(frozen=True, slots=True)
class Standing:
    """How a budget stands after a draw, whether it was granted or not."""

    name: str
    budget: Budget
    cost: int
    until_full: float
    """Seconds."""

    @property
    def remaining(self) -> int:
        """Points that are left."""
        left = 1 - self.until_full / self.budget.seconds
        return max(0, floor(self.budget.points * left + 1e-6))

    @property
    def resets_in(self) -> int:
        """Whole seconds until everything is back."""
        return max(0, ceil(self.until_full))


@dataclass(frozen=True, slots=True)
class Answer:
    """Of several draws that are granted together or not at all."""

    standings: tuple[Standing, ...]
    wait: float
    """Seconds, after which the same would be granted; nothing, if it was."""

    @property
    def granted(self) -> bool:
        """Whether the points were taken."""
        return self.wait <= 0


def draw(draws: tuple[Draw, ...], full_at: tuple[float, ...], now: float) -> Answer:
    """What becomes of budgets that are full at these moments."""
    before = [max(0.0, full - now) for full in full_at]
    after = [left + each.seconds for left, each in zip(before, draws, strict=True)]
    wait = max(left - each.budget.seconds for left, each in zip(after, draws, strict=True))
    # The sum of many small parts may miss the whole by less than anybody can tell.
    wait = 0.0 if wait < 1e-6 else wait
    return answer(draws, after if wait == 0 else before, wait)


def answer(draws: tuple[Draw, ...], until_full: list[float], wait: float) -> Answer:
    """The standings after a decision that was taken here or elsewhere."""
    pairs = zip(draws, until_full, strict=True)
    told = (Standing(each.name, each.budget, each.points, left) for each, left in pairs)
    return Answer(tuple(told), wait)
