"""What every life here has in common: a table of steps, and who may take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from .people import Role
from .refusals import ForbiddenStep, Refused

Status = TypeVar("Status", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


@dataclass(frozen=True)
class Life(Generic[Status, Action]):
    """A state machine as data: `steps` leads on, `may` says whom each action belongs to."""

    of: str
    first: Status
    steps: Mapping[tuple[Status, Action], Status]
    may: Mapping[Action, frozenset[Role | None]]

    def advance(self, status: Status, action: Action, role: Role | None) -> Status:
        """The status that follows. Raises `Refused(ForbiddenStep)` where there is none."""
        if role not in self.may[action] or (status, action) not in self.steps:
            raise Refused(self._no(status, action, role))
        return self.steps[status, action]

    def can(self, status: Status, action: Action) -> bool:
        """Whether the action leads anywhere from here, whoever takes it."""
        return (status, action) in self.steps

    def allowed(self, status: Status, role: Role | None) -> tuple[str, ...]:
        """What this role can do next."""
        return tuple(a for (s, a) in self.steps if s == status and role in self.may[a])

    def ends(self) -> frozenset[Status]:
        """The statuses that nothing leads out of."""
        left = {status for status, _ in self.steps}
        return frozenset({self.first, *self.steps.values()} - left)

    def _no(self, status: Status, action: Action, role: Role | None) -> ForbiddenStep:
        allowed = self.allowed(status, role)
        instead = f" Possible now: {', '.join(_word(a) for a in allowed)}." if allowed else ""
        return ForbiddenStep(
            f"You cannot {_word(action)} a {self.of} that is {_word(status)}.{instead}",
            current=status,
            allowed=allowed,
        )


def _word(name: str) -> str:
    return name.lower().replace("_", " ")
