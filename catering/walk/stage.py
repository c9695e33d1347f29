"""What everybody has seen so far. Feeds put it there; whoever waits for something is woken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

OVER: Final = frozenset({"DELIVERED", "CANCELLED", "FAILED"})
_SAID_YES: Final = frozenset({"ACCEPTED", "PREPARING", "READY", "PICKED_UP"})


class Stage:
    """One order and its parts, as the newest event showed them."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()
        self.order: dict[str, Any] | None = None
        self.tickets: dict[str, str] = {}

    async def changed(self) -> None:
        """Wake everybody who waits."""
        async with self._condition:
            self._condition.notify_all()

    async def until(self, seen: Callable[[], T | None]) -> T:
        """Wait until `seen` answers something true; its answer."""
        async with self._condition:
            answer = await self._condition.wait_for(seen)
        assert answer is not None
        return answer

    async def place(self, order: dict[str, Any]) -> None:
        """The order is there; it has no feed yet."""
        self.tickets |= {ticket["id"]: ticket["status"] for ticket in order["tickets"]}
        await self.show(order)

    async def show(self, order: dict[str, Any]) -> None:
        """The order looks like this now."""
        self.order = order
        await self.changed()

    async def placed(self) -> dict[str, Any]:
        """Wait for the order."""
        return await self.until(lambda: self.order)

    def delivery(self) -> dict[str, Any] | None:
        return self.order.get("delivery") if self.order else None

    def over(self) -> str | None:
        """The status in which the order ended."""
        status = self.order["status"] if self.order else None
        return status if status in OVER else None

    def accepted(self) -> bool:
        """Whether every kitchen has said yes."""
        return bool(self.tickets) and set(self.tickets.values()) <= _SAID_YES

    def collected(self) -> bool:
        """Whether something is on the road."""
        return "PICKED_UP" in self.tickets.values()
