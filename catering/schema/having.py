"""Whether something can be had, and how many of it are left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry

from catering.domain.products import Availability


def had_by(rule: Callable[[Any, datetime], Availability]) -> Any:
    """The field `availability` of something, by the rule that says it of its row at a moment."""

    def availability(self: Any) -> Availability:
        return rule(self.row, self.row.now)

    return strawberry.field(availability, description="Whether it can be had now.")


def counted_by(rule: Callable[[Any, datetime], int | None]) -> Any:
    """The field `availableQuantity` of something, by the rule that says it of its row."""

    def available_quantity(self: Any) -> int | None:
        return rule(self.row, self.row.now)

    told = "How many are left; null where nobody counts."
    return strawberry.field(available_quantity, description=told)
