"""Whether what was seen live is what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self


class Step(NamedTuple):
    """An event as both the live feed and the history tell of it."""

    position: int
    kind: str

    @classmethod
    def read(cls, event: dict[str, Any]) -> Self:
        return cls(int(event["position"]), event["kind"])

    def __str__(self) -> str:
        return f"{self.kind} at {self.position}"


def differences(live: Sequence[Step], history: Sequence[Step], since: int) -> list[str]:
    """How a feed that began with the state at `since` differs from the history; nothing if not."""
    expected = [step for step in history if step.position > since]
    return [*_disorder("live", live), *_disorder("in the history", history),
            *_unlike(live, expected)]  # fmt: skip


def kitchen_differences(seen: Iterable[Sequence[Step]], history: Sequence[Step]) -> list[str]:
    """How the steps of all tickets, each seen by its own kitchen, differ from the history."""
    kitchens = list(seen)
    together = sorted(step for steps in kitchens for step in steps if _of_a_ticket(step))
    expected = [step for step in history if _of_a_ticket(step)]
    disorder = [sentence for steps in kitchens for sentence in _disorder("by a kitchen", steps)]
    return [*disorder, *_unlike(together, expected)]


def _of_a_ticket(step: Step) -> bool:
    return step.kind.startswith("TICKET_")


def _disorder(where: str, steps: Sequence[Step]) -> Iterator[str]:
    for earlier, later in pairwise(steps):
        if later.position <= earlier.position:
            yield f"{later} came {where} after {earlier}"


def _unlike(seen: Sequence[Step], happened: Sequence[Step]) -> Iterator[str]:
    seen_often, happened_often = Counter(seen), Counter(happened)
    for step in sorted(happened_often - seen_often):
        yield f"{step} happened but was not seen"
    for step in sorted(seen_often - happened_often):
        yield f"{step} was seen {_too_often(happened_often[step])}"


def _too_often(happened: int) -> str:
    return "more often than it happened" if happened else "but is not in the history"
