"""Who did what, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catering.walk.customer import Customer
from catering.walk.kitchen import Kitchen
from catering.walk.manager import Manager

_WIDTH: Final = 22


@dataclass(frozen=True)
class Summary:
    """The end of the story, in lines."""

    customer: Customer
    manager: Manager
    kitchens: list[Kitchen]
    resumed: int

    def lines(self) -> Iterator[str]:
        yield ""
        for kitchen in self.kitchens:
            yield line(kitchen.name, _cooking(kitchen.moments))
        yield line(self.customer.carried_by or "courier", _carrying(self.customer.moments))
        yield line(self.manager.person.name, f"saw {' → '.join(self.manager.columns)}")
        yield line(self.customer.person.name, self._seen())

    def _seen(self) -> str:
        count = len(self.customer.live)
        sockets = f"; {self.resumed} broken sockets went on" if self.resumed else ""
        return f"what was seen live equals the history: {count} events{sockets}"


def line(who: str, what: str) -> str:
    return f"  {who:<{_WIDTH}} {what}"


def took(moments: Mapping[str, str], start: str, end: str) -> str:
    """The time between two moments; a dash where one of them is unknown."""
    if start not in moments or end not in moments:
        return "–"
    passed = datetime.fromisoformat(moments[end]) - datetime.fromisoformat(moments[start])
    return f"{passed.total_seconds():.1f} s"


def _cooking(moments: Mapping[str, str]) -> str:
    return (
        f"accepted after {took(moments, 'SUBMITTED', 'ACCEPTED')}, "
        f"ready after {took(moments, 'ACCEPTED', 'READY')} more, "
        f"collected after {took(moments, 'READY', 'PICKED_UP')} more"
    )


def _carrying(moments: Mapping[str, str]) -> str:
    return (
        f"{took(moments, 'DELIVERY_SEARCHING', 'DELIVERY_ASSIGNED')} from the search to the yes, "
        f"{took(moments, 'DELIVERY_ASSIGNED', 'DELIVERY_DELIVERED')} from the yes to the door"
    )
