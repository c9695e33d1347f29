"""The manager: lets drivers work, and watches the board."""

from __future__ import annotations

from typing import Any, Final

from catering.walk.listening import Event, Feed
from catering.walk.person import Person
from catering.walk.stage import Stage
from catering.walk.telling import at_clock

STATUSES: Final = (
    "AWAITING_APPROVAL", "SCHEDULED", "PLACED", "PREPARING", "READY", "IN_DELIVERY",
    "DELIVERED", "CANCELLED", "FAILED",
)  # fmt: skip


class Manager:
    """Whoever looks after all orders."""

    def __init__(self, person: Person, stage: Stage) -> None:
        self.person, self._stage = person, stage
        self.columns = list[str]()
        """Where the order's card was seen on the board."""

    async def approve(self, driver_id: str, name: str) -> None:
        await self.person.do("ApproveDriver", driverId=driver_id)
        self.person.tells(f"approves {name}")

    async def position(self) -> str:
        """Up to where the board tells what happened."""
        board = await self.person.ask("BoardPosition")
        return str(board["position"])

    def watch(self, after: str) -> Feed:
        """The board, from a position on, with the orders that are over."""
        return self.person.follow("BoardChanged", self._hear, after, filter={"status": STATUSES})

    async def waiting(self) -> str:
        """What the order waits for, in words."""
        order = await self._stage.placed()
        now = await self.person.ask("WaitingOn", id=order["id"])
        waits = "; ".join(map(_wait, now["waitingOn"]))
        return f"the order is {now['status']}, waiting for {waits or 'nobody'}"

    async def _hear(self, event: Event) -> None:
        order = await self._stage.placed()
        if event["__typename"] != "BoardCardChanged" or event["order"]["id"] != order["id"]:
            return
        status = event["order"]["status"]
        if not self.columns or self.columns[-1] != status:
            self.columns.append(status)
            self.person.tells(f"sees the card in column {status}")
        await self._stage.changed()


def _wait(wait: dict[str, Any]) -> str:
    who = wait["role"] or "the system"
    return f"{who} until {at_clock(wait['deadline'])}: {wait['then'].rstrip('.')}"
