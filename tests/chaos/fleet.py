"""Our own drivers: each says yes to whatever he is asked, and carries it to the door."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from catering.database import Transaction
from catering.domain.deliveries import LIVE
from catering.domain.ids import decode
from catering.models import Delivery, Order
from catering.walk.ending import Failed
from catering.walk.listening import Event, Feed
from catering.walk.person import Person
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

PATIENCE: Final = 1.0
"""Seconds after which a driver tries again what he was refused, or was not told of."""


@dataclass(slots=True)
class Rider:
    """A driver, what his screen shows him, and all that it ever showed."""

    person: Person
    id: UUID
    transaction: Transaction
    delivery: dict[str, Any] | None = None
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: set[UUID] = field(default_factory=set)
    """Offers and deliveries that he was told of."""
    feed: Feed = field(init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.feed = self.person.follow("WorkFollowed", self._hear)

    async def work(self) -> None:
        """Whatever there is to do, again and again."""
        while True:
            self._news.clear()
            with suppress(Failed):  # refused, or nobody answers: his screen will say why
                await self._step()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._news.wait()

    async def _step(self) -> None:
        offer = next((each for each in self.offers.values() if each["status"] == "SENT"), None)
        if self.delivery is not None and self.delivery["status"] in LIVE:
            await self._go_on(self.delivery)
        elif offer is not None:
            await self.person.do_once("AcceptOffer", offerId=offer["id"])

    async def _go_on(self, delivery: dict[str, Any]) -> None:
        stop = next((s for s in delivery["stops"] if s["status"] in {"PENDING", "ARRIVED"}), None)
        if stop is None:
            return
        here = {"stopId": stop["id"], "position": stop["address"]["location"]}
        if stop["status"] == "PENDING":
            await self.person.do_once("ArriveAtStop", **here)
        elif stop["kind"] == "DROPOFF":
            await self.person.do_once("CompleteStop", **here, pin=await self._pin(delivery["id"]))
        else:
            await self.person.do_once("CompleteStop", **here)

    async def _pin(self, delivery: str) -> str:
        """What the customer says at the door."""
        _, id = decode(delivery)
        query = select(Order.pin).join(Delivery, Delivery.order_id == Order.id)
        async with self.transaction() as session:
            return (await session.scalars(query.where(Delivery.id == id))).one()

    async def _hear(self, event: Event) -> None:
        match event["__typename"]:
            case "OfferChanged":
                offer = event["offer"]
                self.offers[offer["id"]] = offer
                self.shown.add(decode(offer["id"])[1])
            case "AssignmentChanged":
                self.delivery = event["delivery"]
                if self.delivery is not None:
                    self.shown.add(decode(self.delivery["id"])[1])
        self._news.set()


async def hired(api: Api, transaction: Transaction, count: int, at: str) -> Sequence[Rider]:
    """Drivers of the demo town, online at the door of a restaurant."""
    riders = list[Rider]()
    for number in range(1, count + 1):
        person = Person(Part.DRIVER, f"Driver {number}", api, Timeline(io.StringIO()))
        await person.sign_in(f"driver{number}")
        here = (await person.ask("WhereIs", slug=at))["address"]["location"]
        driver = (await person.do("GoOnline", position=here))["driver"]
        riders.append(Rider(person, decode(driver["id"])[1], transaction))
    return riders
