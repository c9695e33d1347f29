"""Our own driver: comes online, takes the offer, and carries the order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from catering.walk.customer import Customer
from catering.walk.ending import Failed, Refused
from catering.walk.listening import Event, Feed
from catering.walk.manager import Manager
from catering.walk.noticing import place
from catering.walk.person import Person
from catering.walk.stage import Stage

PHONE: Final = "+380631234567"
STEPS: Final = 3
"""Positions reported on the way to each stop."""
PACE: Final = 1.5
"""Seconds between two of them."""

Point = dict[str, float]


class Driver:
    """Carries one order, and only this one."""

    def __init__(self, person: Person, stage: Stage) -> None:
        self.person, self._stage = person, stage
        self._here = Point()
        self._delivery: dict[str, Any] | None = None
        self._offers = dict[str, dict[str, Any]]()

    async def begin(self, manager: Manager, at: str) -> None:
        """Register, be approved, come online at the door of a restaurant: nobody is nearer."""
        payload = await self.person.register("RegisterDriver", phone=PHONE, vehicle="BICYCLE")
        self.person.tells("registers as a driver")
        await manager.approve(payload["driver"]["id"], self.person.name)
        self._here = (await self.person.ask("WhereIs", slug=at))["address"]["location"]
        await self.person.do("GoOnline", position=self._here)
        self.person.tells("comes online")

    def watch(self) -> Feed:
        """Offers and work."""
        return self.person.follow("WorkFollowed", self._hear)

    async def carry(self, customer: Customer) -> None:
        """From the offer to the door of the customer, who is asked for the PIN there."""
        for stop in await self._take(customer):
            await self._ride(stop["address"]["location"])
            await self._visit(stop, customer)

    async def leave(self) -> None:
        """Go offline, so that the next order is not offered to nobody. Never fails."""
        with suppress(Failed):
            await self.person.do("GoOffline")
            self.person.tells("goes offline")

    async def _hear(self, event: Event) -> None:
        if event["__typename"] == "OfferChanged":
            offer = event["offer"]
            self._offers[offer["id"]] = offer
        else:
            self._delivery = event["delivery"]
        await self._stage.changed()

    async def _take(self, customer: Customer) -> list[dict[str, Any]]:
        """The stops of the delivery of this customer; offers for others are declined."""
        while True:
            offer = await self._stage.until(self._open_offer)
            if offer["delivery"]["id"] != await customer.delivery_id():
                await self._answer("DeclineOffer", offer)
            elif await self._answer("AcceptOffer", offer):
                delivery = await self._stage.until(lambda: self._delivery)
                return list(delivery["stops"])

    def _open_offer(self) -> dict[str, Any] | None:
        return next((offer for offer in self._offers.values() if offer["status"] == "SENT"), None)

    async def _answer(self, answer: str, offer: dict[str, Any]) -> bool:
        """Whether the offer was still open."""
        offer["status"] = "ANSWERED"
        reward = offer["reward"]
        try:
            await self.person.do_once(answer, offerId=offer["id"])
        except Refused as refused:
            if refused.codes & {"OFFER_EXPIRED", "OFFER_TAKEN"}:
                return False
            raise
        said = "accepts" if answer == "AcceptOffer" else "declines, for another order,"
        self.person.tells(f"{said} the offer: {reward['amount']} {reward['currency']}")
        return True

    async def _ride(self, there: Point) -> None:
        for point in between(self._here, there, STEPS):
            await asyncio.sleep(PACE)
            now = datetime.now(UTC).isoformat()
            await self.person.do("ReportPosition", position=point, measuredAt=now)
        self._here = there

    async def _visit(self, stop: dict[str, Any], customer: Customer) -> None:
        if self._skipped(stop):
            return
        await self.person.do_once("ArriveAtStop", stopId=stop["id"], position=self._here)
        if stop["kind"] == "DROPOFF":
            proof = {"pin": await customer.pin()}
        else:
            await self._wait_for_food(stop)
            proof = {}
        if not self._skipped(stop):
            await self.person.do_once("CompleteStop", stopId=stop["id"], **proof)

    async def _wait_for_food(self, stop: dict[str, Any]) -> None:
        ticket = stop["ticket"]["id"]
        if self._stage.tickets[ticket] != "READY":
            self.person.tells(f"waits at {place(stop)}: {self._stage.tickets[ticket]}")
        await self._stage.until(
            lambda: self._stage.tickets[ticket] == "READY" or self._skipped(stop)
        )

    def _skipped(self, stop: dict[str, Any]) -> bool:
        """Whether nothing is to be collected there any more."""
        delivery = self._delivery or {"stops": []}
        return any(
            each["id"] == stop["id"] and each["status"] == "SKIPPED" for each in delivery["stops"]
        )


def between(start: Point, end: Point, steps: int) -> Iterator[Point]:
    """Points on the straight way to `end`, the last of them `end` itself."""
    for step in range(1, steps + 1):
        yield {axis: start[axis] + (end[axis] - start[axis]) * step / steps for axis in start}
