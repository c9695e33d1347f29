"""One configured connection to an outside system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

Port = Literal["kitchen", "courier", "payment"]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything an adapter must be told; nothing in it is a default.

    `base_url` is configuration, so a simulator is just another account. `webhook_secrets` are in
    force together, so that a secret can be changed without losing what is under way. Secrets
    stay out of `repr`, and with it out of logs and tracebacks.
    """

    id: UUID
    name: str
    title: str
    port: Port
    provider: str
    base_url: str
    credentials: Mapping[str, Any] = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    time_zone: str
    currency: str
