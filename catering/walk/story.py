"""One order from basket to door, played by everybody it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from catering.walk.comparing import differences, kitchen_differences
from catering.walk.customer import Customer
from catering.walk.driver import Driver
from catering.walk.ending import Failed
from catering.walk.killing import Killer
from catering.walk.kitchen import Kitchen
from catering.walk.manager import Manager
from catering.walk.noticing import carried_by
from catering.walk.person import Person
from catering.walk.stage import Stage
from catering.walk.summing_up import Summary
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

Begin = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

RESTAURANTS: Final = ("silpo", "pyzata-khata")
"""One whose system is polled and tells all; one whose system calls us, and tells of food that is
ready only when the bill is closed."""
TIME_LIMIT: Final = 240.0
SILENCE: Final = 15.0
"""Seconds without news of a finished order after which nothing more will come."""
DRIVER: Final = "Дарина Велосипедна"


class Story:
    """The cast and the plot."""

    def __init__(self, api: Api, timeline: Timeline, *, carrier: bool, card: bool) -> None:
        self._api, self._timeline, self._carrier = api, timeline, carrier
        self._stage = Stage()
        self._people = list[Person]()
        eater = self._person(Part.CUSTOMER, "Оксана Голодна")
        self.customer = Customer(eater, self._stage, card=card)
        self.manager = Manager(self._person(Part.MANAGER, "manager"), self._stage)
        self.kitchens = list[Kitchen]()

    async def play(self, killer: Killer | None) -> None:
        """All of it. Raises `Failed`, alone or in a group."""
        try:
            async with asyncio.timeout(TIME_LIMIT):
                await self._play(killer)
        except TimeoutError as late:
            waiting = await self.manager.waiting() if self._stage.order else "nothing was ordered"
            raise Failed(f"Not at the door after {TIME_LIMIT:.0f} s: {waiting}.") from late

    async def _play(self, killer: Killer | None) -> None:
        products = await self._prepare()
        async with backstage() as beside:
            await self._look_on(beside)
            async with self._driver(beside):
                prowling = beside(killer.prowl(self._stage)) if killer else None
                await self._order(products, beside)
                await self._arrive()
                if prowling:
                    await prowling
            await self._compare()

    async def _prepare(self) -> list[dict[str, Any]]:
        """Everybody signs in; the customer fills the basket."""
        await self.customer.register()
        await self.manager.person.sign_in("manager")
        products = list[dict[str, Any]]()
        for slug in RESTAURANTS:
            restaurant, chosen = await self.customer.choose(slug)
            staff = self._person(Part.KITCHEN, restaurant["name"])
            await staff.sign_in(slug)
            self.kitchens.append(Kitchen(staff, self._stage, restaurant))
            products += chosen
        return products

    async def _look_on(self, beside: Begin) -> None:
        """Board and kitchens watch from a position before the order."""
        now = await self.manager.position()
        beside(self.manager.watch(now).follow())
        for kitchen in self.kitchens:
            beside(kitchen.watch(now).follow())

    @asynccontextmanager
    async def _driver(self, beside: Begin) -> AsyncIterator[None]:
        """A driver of our own while it lasts, unless an outside courier is to come."""
        if self._carrier:
            yield
            return
        driver = Driver(self._person(Part.DRIVER, DRIVER), self._stage)
        await driver.begin(self.manager, at=RESTAURANTS[0])
        beside(driver.watch().follow())
        beside(driver.carry(self.customer))
        try:
            yield
        finally:
            await driver.leave()

    async def _order(self, products: list[dict[str, Any]], beside: Begin) -> None:
        """The customer orders and watches; the staff looks whether the food stands there."""
        await self.customer.order(products)
        order = await self._stage.placed()
        beside(self.customer.watch(order["id"]).follow())
        beside(self._track(beside))
        beside(self.kitchens[-1].mark_ready())

    async def _track(self, beside: Begin) -> None:
        delivery = await self._stage.until(self._stage.delivery)
        beside(self.customer.track(delivery["id"]).follow())
        if self._carrier:
            await self._stage.until(self._has_driver)
            raise Failed(f"A driver is online: {self._carried_by()} took what a courier should.")

    async def _arrive(self) -> None:
        ended = await self._stage.until(self._stage.over)
        if ended != "DELIVERED":
            order = await self._stage.placed()
            why = order.get("cancellation") or {"reason": "no reason told", "comment": None}
            told = ": ".join(filter(None, (why["reason"], why["comment"])))
            raise Failed(f"The order did not arrive, it is {ended} ({told}).")

    async def _compare(self) -> None:
        """Live and history must tell the same, once the feeds have had the time to catch up."""
        while found := await self._differences():
            try:
                async with asyncio.timeout(SILENCE):
                    await self._stage.until(partial(self._more_than, self._heard()))
            except TimeoutError:
                told = "; ".join(found[:5])
                raise Failed(f"What was seen live is not what happened: {told}.") from None

    async def _differences(self) -> list[str]:
        history = await self.customer.history()
        since = self.customer.since
        if since is None:
            return ["the customer's feed never told the present state"]
        board = [] if "DELIVERED" in self.manager.columns else ["DELIVERED was not on the board"]
        return [
            *differences(self.customer.live, history, since),
            *kitchen_differences([kitchen.seen for kitchen in self.kitchens], history),
            *board,
        ]

    def _heard(self) -> int:
        kitchens = sum(len(kitchen.seen) for kitchen in self.kitchens)
        return len(self.customer.live) + kitchens + len(self.manager.columns)

    def _more_than(self, count: int) -> bool:
        return self._heard() > count

    def summary(self) -> Summary:
        """What came of it."""
        return Summary(
            self.customer, self.manager, self.kitchens,
            sum(feed.resumed for person in self._people for feed in person.feeds),
        )  # fmt: skip

    def _has_driver(self) -> bool:
        delivery = self._stage.delivery()
        return bool(delivery and delivery["driver"])

    def _carried_by(self) -> str | None:
        delivery = self._stage.delivery()
        return carried_by(delivery) if delivery else None

    def _person(self, part: Part, name: str) -> Person:
        person = Person(part, name, self._api, self._timeline)
        self._people.append(person)
        return person


@asynccontextmanager
async def backstage() -> AsyncIterator[Begin]:
    """What goes on beside the story until that is over; whoever fails there ends the story."""
    tasks = list[asyncio.Task[None]]()
    async with asyncio.TaskGroup() as group:

        def begin(doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            tasks.append(group.create_task(doing))
            return tasks[-1]

        yield begin
        for task in tasks:
            task.cancel()
