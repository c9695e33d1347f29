"""The office: one manager, who sees to half of what he is called for."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select

from catering.domain.events import EventKind
from catering.domain.orders import CancellationReason
from catering.models import Delivery, Ticket
from catering.rush.stage import Heard, Stage
from catering.rush.town import Town
from catering.services import cancelling, kitchens, travelling

_HELPS: Final = 0.5


@dataclass
class Office:
    """Whom everybody calls."""

    stage: Stage
    town: Town

    def begin(self) -> None:
        self.stage.on(self._ticket, EventKind.TICKET_ESCALATED)
        self.stage.on(self._delivery, EventKind.DELIVERY_ESCALATED)
        self.stage.on(self._nobody_carries, EventKind.DELIVERY_NO_CARRIER)

    def _perhaps(self, event: Heard) -> Random | None:
        dice = self.stage.dice.of("office", event.position)
        return dice if dice.random() < _HELPS else None

    async def _ticket(self, event: Heard) -> None:
        if dice := self._perhaps(event):
            self.stage.after(dice.uniform(60, 900), lambda: self._see_to_ticket(event.ticket_id))

    async def _see_to_ticket(self, ticket_id: UUID) -> None:
        """He rings them up: what is cooking is ready, what nobody knows of is not made."""
        (row,) = await self.stage.rows(select(Ticket.status).where(Ticket.id == ticket_id))
        by = self.town.manager
        if row.status in {"ACCEPTED", "PREPARING"}:
            await self.stage.do(kitchens.mark_ready, ticket_id, by=by)
        elif row.status == "SUBMITTED":
            await self.stage.do(kitchens.reject, ticket_id, "They do not know of it.", by=by)

    async def _delivery(self, event: Heard) -> None:
        if dice := self._perhaps(event):
            seconds = dice.uniform(60, 900)
            self.stage.after(seconds, lambda: self._see_to_delivery(event.delivery_id))

    async def _see_to_delivery(self, delivery_id: UUID) -> None:
        """Whoever is not heard of and has nothing on board is relieved of it."""
        (row,) = await self.stage.rows(select(Delivery.status).where(Delivery.id == delivery_id))
        if row.status in {"ASSIGNED", "TO_PICKUP", "AT_PICKUP"}:
            await self.stage.do(travelling.release, delivery_id, by=self.town.manager)

    async def _nobody_carries(self, event: Heard) -> None:
        if dice := self._perhaps(event):
            self.stage.after(dice.uniform(300, 1_500), lambda: self._call_off(event))

    async def _call_off(self, event: Heard) -> None:
        (row,) = await self.stage.rows(
            select(Delivery.status).where(Delivery.id == event.subject_id)
        )
        if row.status == "NO_CARRIER":
            reason = CancellationReason.NO_CARRIER
            await self.stage.do(
                cancelling.cancel, event.order_id, reason, None, by=self.town.manager
            )
