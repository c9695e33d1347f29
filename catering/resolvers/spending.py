"""What the caller has left to spend."""

from __future__ import annotations

import strawberry

from catering.schema.budgets import RateLimit
from catering.schema.exposing import Info

from .fields import query


@strawberry.type
class SpendingQueries:
    @query
    async def rate_limit(self, info: Info) -> RateLimit | None:
        """Your budget, or that of your address; null where nothing is counted."""
        standing = info.context.standing
        return None if standing is None else RateLimit.of(standing)
