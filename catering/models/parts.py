"""What the parts of an order have in common: one method in which a status changes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from catering.domain.lives import Life
from catering.domain.people import Actor

if TYPE_CHECKING:
    from .order import Order


class Part:
    """A ticket, line, resolution, delivery, stop, offer or booking of an order."""

    life: ClassVar[Life[Any, Any]]
    if TYPE_CHECKING:
        id: Any
        status: Any

    def perform(self, action: Any, *, by: Actor, note: str | None = None) -> None:
        """Take one step of this life. Raises `Refused(ForbiddenStep)`."""
        self.become(self.life.advance(self.status, action, by.role), by=by, note=note)

    def become(self, status: Any, *, by: Actor, note: str | None = None) -> None:
        """Change status and record it. Nothing else writes `status`."""
        self.status = status
        self.whole().changed(self, by=by, note=note)

    def can(self, action: Any) -> bool:
        """Whether this step exists from here."""
        return self.life.can(self.status, action)

    def whole(self) -> Order:
        """The order that this is a part of."""
        raise AssertionError(type(self))  # pragma: no cover

    def concerns(self) -> dict[str, UUID | None]:
        """Whose feeds an event about this part goes to."""
        return {}

    def moments(self) -> dict[str, datetime]:
        """Moments that its waits are counted from."""
        return {}
