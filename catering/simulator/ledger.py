"""What really happened outside: the truth that tests compare a platform's belief with."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# Requests and webhooks are kept for reading, effects for counting: only the first two may be long.
REMEMBERED = 5_000


@dataclass(slots=True)
class Effect:
    """A ticket that a kitchen has, a courier who was sent, or money that was set aside or taken.

    `live` is false once it was refused or called off. What was finished stays live: food that was
    cooked twice was cooked twice, also afterwards.
    """

    provider: str
    kind: str
    reference: str | None
    external_id: str
    status: str
    live: bool = True

    def become(self, status: str, *, live: bool = True) -> None:
        self.status, self.live = status, live


@dataclass(slots=True)
class Received:
    """One request as it came in, and what was answered. `status` None: nothing was."""

    at: datetime
    provider: str
    operation: str
    method: str
    path: str
    query: dict[str, str]
    body: str
    fault: str | None = None
    status: int | None = None


@dataclass(slots=True)
class Attempt:
    at: datetime
    status: int | None
    answer: str
    accepted: bool


@dataclass(slots=True)
class Sent:
    """One webhook with every try. `state`: waiting, held, dropped, accepted or given_up."""

    at: datetime
    provider: str
    url: str
    headers: dict[str, str]
    body: str
    state: str = "waiting"
    attempts: list[Attempt] = field(default_factory=list)


class Ledger:
    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.requests: deque[Received] = deque(maxlen=REMEMBERED)
        self.webhooks: deque[Sent] = deque(maxlen=REMEMBERED)

    def submission(
        self, provider: str, reference: str | None, external_id: str, status: str
    ) -> Effect:
        return self._effect(Effect(provider, "submission", reference, external_id, status))

    def booking(
        self, provider: str, reference: str | None, external_id: str, status: str
    ) -> Effect:
        return self._effect(Effect(provider, "booking", reference, external_id, status))

    def payment(
        self, provider: str, reference: str | None, external_id: str, status: str
    ) -> Effect:
        return self._effect(Effect(provider, "payment", reference, external_id, status))

    def shown(self, provider: str | None, reference: str | None) -> dict[str, Any]:
        """All of it as JSON values; narrowed to a provider, and effects to a reference."""
        return {
            "effects": [
                asdict(effect)
                for effect in self.effects
                if provider in (None, effect.provider) and reference in (None, effect.reference)
            ],
            "requests": [
                _shown(each) for each in self.requests if provider in (None, each.provider)
            ],
            "webhooks": [
                _shown(each) for each in self.webhooks if provider in (None, each.provider)
            ],
        }

    def _effect(self, effect: Effect) -> Effect:
        self.effects.append(effect)
        return effect


def _shown(entry: Received | Sent) -> dict[str, Any]:
    return asdict(entry, dict_factory=_with_readable_instants)


def _with_readable_instants(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in pairs
    }
