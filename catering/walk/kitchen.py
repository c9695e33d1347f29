"""The staff of one restaurant: watches its tickets, and helps a system that does not say READY."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from catering.walk.comparing import Step
from catering.walk.ending import Failed, Refused
from catering.walk.listening import Event, Feed
from catering.walk.person import Person
from catering.walk.stage import Stage
from catering.walk.telling import at_clock

COOKED_AFTER: Final = 8.0
"""Seconds after the yes at which the staff looks whether the food stands there already."""


class Kitchen:
    """One restaurant as its own staff sees it."""

    def __init__(self, person: Person, stage: Stage, restaurant: dict[str, Any]) -> None:
        self.person, self._stage, self._restaurant = person, stage, restaurant
        self.seen = list[Step]()
        self.moments = dict[str, str]()
        """When the ticket of this order was seen to become what."""

    @property
    def name(self) -> str:
        return str(self._restaurant["name"])

    def watch(self, after: str) -> Feed:
        """The screen in the kitchen, from a position on."""
        restaurant = self._restaurant["id"]
        return self.person.follow("TicketsFollowed", self._hear, after, restaurantId=restaurant)

    async def mark_ready(self) -> None:
        """Say that the food is ready, where the restaurant's own system has not said so in time."""
        ticket = await self._ticket()
        await self._stage.until(lambda: self.moments.get("ACCEPTED"))
        await asyncio.sleep(COOKED_AFTER)
        if self._stage.tickets[ticket] not in ("ACCEPTED", "PREPARING"):
            return
        try:
            await self.person.do_once("MarkTicketReady", ticketId=ticket)
        except Refused as refused:
            if refused.codes != {"FORBIDDEN_STEP"}:  # its own system was quicker
                raise
        else:
            self.person.tells("marks the ticket ready: the food stands on the counter")

    async def _ticket(self) -> str:
        order, mine = await self._stage.placed(), self._restaurant["id"]
        for ticket in order["tickets"]:
            if ticket.get("restaurant", {}).get("id") == mine:
                return str(ticket["id"])
        raise Failed(f"The order has no ticket for {self.name}.")

    async def _hear(self, event: Event) -> None:
        await self._stage.placed()
        ticket, tickets = event["ticket"], self._stage.tickets
        if ticket["id"] not in tickets:
            return  # of somebody else's order
        self.seen.append(Step.read(event))
        self._tell(event["kind"], ticket)
        self.moments.setdefault(event["kind"].removeprefix("TICKET_"), event["occurredAt"])
        await self._stage.changed()

    def _tell(self, kind: str, ticket: dict[str, Any]) -> None:
        what = kind.replace("_", " ", 1).lower().split()
        when = f", ready {at_clock(ticket['readyAt'])}" if kind == "TICKET_ACCEPTED" else ""
        self.person.tells(f"{what[0]} {kind.partition('_')[2]}{when}")
