"""Restaurants: those on our board say yes, no or nothing; run out of dishes; are late or not.

The others work with systems of their own, which the simulator plays; here they are only told how
their people behave.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select

from catering.domain.events import EventKind
from catering.domain.lines import LineStatus
from catering.models import Line, Ticket
from catering.rush.dice import pick
from catering.rush.stage import Heard, Stage
from catering.rush.town import Kitchen, Town
from catering.services import kitchens, resolving
from catering.simulator.world import Staff

_ANSWERS: Final = (("yes", 91), ("no", 5), ("nothing", 4))
_RUNS_OUT: Final = 0.14
_FORGETS: Final = 0.03
"""So many never say that the food is ready; whoever comes for it sees it."""


@dataclass
class Cooks:
    """All kitchens."""

    stage: Stage
    town: Town
    _kitchens: dict[UUID, Kitchen] = field(default_factory=dict)
    _ready_at: dict[UUID, datetime] = field(default_factory=dict)

    def begin(self) -> None:
        self._kitchens = {kitchen.id: kitchen for kitchen in self.town.kitchens}
        self.stage.on(self._ordered, EventKind.TICKET_SUBMITTED)
        self.stage.on(self._accepted, EventKind.TICKET_ACCEPTED)
        for number, kitchen in enumerate(self.town.kitchens):
            if kitchen.system != "board":
                self._instruct(number, kitchen)

    def _instruct(self, number: int, kitchen: Kitchen) -> None:
        """Each of the others says no and gives up some tickets, and sleeps for a while."""
        dice = self.stage.dice.of("system", number)
        staff = Staff(reject_next=dice.randrange(3), abandon_next=dice.randrange(2))
        name = kitchen.system.replace("_", "-")
        self.stage.outside.world.staff[f"{name}:{kitchen.spot}"] = staff
        asleep = dice.uniform(900, 3_600)
        for seconds, sleeps in ((asleep, True), (asleep + 300, False)):
            self.stage.after(seconds, lambda sleeps=sleeps: _sleep(staff, sleeps))  # type: ignore[misc]

    async def _ordered(self, event: Heard) -> None:
        kitchen = self._kitchens[event.restaurant_id]
        if kitchen.system != "board":
            return
        dice = self.stage.dice.of("ticket", event.ticket_id)
        match pick(dice, _ANSWERS):
            case "yes":
                self.stage.after(
                    dice.uniform(5, 110), lambda: self._accept(event.ticket_id, kitchen)
                )
            case "no":
                self.stage.after(
                    dice.uniform(20, 250), lambda: self._reject(event.ticket_id, kitchen)
                )

    async def _accept(self, ticket_id: UUID, kitchen: Kitchen) -> None:
        ticket = await self.stage.do(kitchens.accept, ticket_id, None, by=kitchen.staff)
        if ticket is not None:
            self._ready_at[ticket_id] = ticket.ready_at

    async def _reject(self, ticket_id: UUID, kitchen: Kitchen) -> None:
        reason = "The kitchen is too busy."
        await self.stage.do(kitchens.reject, ticket_id, reason, by=kitchen.staff)

    async def _accepted(self, event: Heard) -> None:
        """They begin, and some see only then that something is missing."""
        kitchen = self._kitchens[event.restaurant_id]
        if kitchen.system != "board" or event.ticket_id not in self._ready_at:
            return
        dice = self.stage.dice.of("cooking", event.ticket_id, event.sequence)
        if dice.random() < _RUNS_OUT:
            self.stage.after(
                dice.uniform(10, 240), lambda: self._run_out(event.ticket_id, kitchen, dice)
            )
        if dice.random() >= _FORGETS:
            left = (self._ready_at[event.ticket_id] - self.stage.now).total_seconds()
            late = dice.triangular(-180, 900, 60)
            self.stage.after(max(90.0, left + late), lambda: self._finish(event.ticket_id, kitchen))

    async def _run_out(self, ticket_id: UUID, kitchen: Kitchen, dice: Random) -> None:
        query = select(Line.id).where(
            Line.ticket_id == ticket_id, Line.status == LineStatus.CONFIRMED
        )
        if lines := await self.stage.rows(query.order_by(Line.rank)):
            line = dice.choice(lines)
            await self.stage.do(resolving.report, line.id, None, by=kitchen.staff)

    async def _finish(self, ticket_id: UUID, kitchen: Kitchen) -> None:
        query = select(Ticket.status).where(Ticket.id == ticket_id)
        (row,) = await self.stage.rows(query)
        if row.status in {"ACCEPTED", "PREPARING"}:  # else it is asked about, gone or fetched
            await self.stage.do(kitchens.mark_ready, ticket_id, by=kitchen.staff)


async def _sleep(staff: Staff, sleeps: bool) -> None:
    staff.never_answer = sleeps
