"""When an order is expected at the door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from catering.domain.estimating import DelayReason

from .base import word


class Promised:
    """The columns of an order that say when we said, and think, that it is there."""

    estimated_at: Mapped[datetime | None] = mapped_column(
        comment="When we think it is at the door."
    )
    promised_at: Mapped[datetime] = mapped_column(comment="When we said it would be.")
    way_seconds: Mapped[int | None] = mapped_column(
        comment="From its farthest kitchen to the door, as long as its journey is not planned."
    )
    delayed_at: Mapped[datetime | None] = mapped_column(
        comment="When all were told last that it comes later than promised."
    )
    delayed_until: Mapped[datetime | None] = mapped_column(
        comment="The new time that they were told."
    )
    delay_reason: Mapped[DelayReason | None] = word(DelayReason)

    @property
    def awaited_at(self) -> datetime:
        """When it comes, as all were told last."""
        return self.delayed_until or self.promised_at

    def promise(self, at: datetime, way_seconds: int) -> None:
        """It was changed, and with it when it will be at the door."""
        self.promised_at = self.estimated_at = at
        self.way_seconds = way_seconds
        self.delayed_at = self.delayed_until = self.delay_reason = None
