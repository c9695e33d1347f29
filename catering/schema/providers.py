"""What is known of the outside systems behind things here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row


@strawberry.type(description="The outside system behind something here.")
class ProviderLink:
    """Whose system it is, and what it is called there."""

    provider: str
    external_id: str
    synced_at: datetime | None
    healthy: bool

    @classmethod
    def to(
        cls, account: Row[Any], external_id: str, synced_at: datetime | None = None
    ) -> ProviderLink:
        """What it is called at an account; healthy, unless nobody calls that just now."""
        return cls(
            provider=account.title,
            external_id=external_id,
            synced_at=synced_at,
            healthy=account.enabled and account.breaker_opened_at is None,
        )
