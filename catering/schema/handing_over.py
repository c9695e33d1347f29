"""What is to be handed over at a site on one day."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry
from strawberry import Private

from catering.domain.lines import GONE

from .directives import about
from .exposing import Info
from .facilities import Facility
from .orders import Order, lines_of
from .tickets import OrderLine
from .values import Window


@strawberry.type(description="One order, as it is handed over.")
class HandOver:
    """For how many people, on whose account, and what."""

    row: Private[Any]

    @strawberry.field(description="All of the order.")
    def order(self) -> Order:
        return Order.of(self.row)

    @strawberry.field(description="When it comes.")
    def window(self) -> Window:
        return Window(from_=self.row.window_from, until=self.row.window_until)

    @strawberry.field(description="For how many people.")
    def headcount(self) -> int:
        return self.row.headcount  # type: ignore[no-any-return]

    @strawberry.field(description="On which account inside the organisation.")
    def cost_centre(self) -> str | None:
        return self.row.cost_centre  # type: ignore[no-any-return]

    @about(20)
    @strawberry.field(description="What comes; without what ran out or was put away.")
    async def lines(self, info: Info) -> list[OrderLine]:
        lines = await lines_of(info, self.row)
        return OrderLine.each([line for line in lines if line.status not in GONE])


@strawberry.type(description="All that is to be handed over at a site on one day, in order.")
class HandOverList:
    """Without what was called off or still waits for approval."""

    facility: Facility
    date: date
    rows: Private[Any]

    @strawberry.field(description="For how many people in all.")
    def headcount(self) -> int:
        return sum(row.headcount for row in self.rows)

    @about(10)
    @strawberry.field(description="Order by order, the earliest window first.")
    def orders(self) -> list[HandOver]:
        return [HandOver(row=row) for row in self.rows]
