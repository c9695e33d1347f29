"""What is left to spend, as the caller is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Self

import strawberry

from catering.domain.budgets import Standing


@strawberry.type(description="How the caller's budget stands; everything that he asks for costs.")
class RateLimit:
    """In points."""

    limit: int = strawberry.field(description="What there is when nothing was spent.")
    remaining: int = strawberry.field(description="What is left, this operation paid.")
    cost: int = strawberry.field(description="What this operation cost.")
    reset_at: datetime = strawberry.field(description="When everything is back.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """The standing, as it is told."""
        return cls(
            limit=standing.budget.points,
            remaining=standing.remaining,
            cost=standing.cost,
            reset_at=datetime.now(UTC) + timedelta(seconds=standing.until_full),
        )
