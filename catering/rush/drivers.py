"""Our drivers: online at noon, asked one by one, on the road from kitchen to kitchen to door."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from catering.domain.deliveries import PASSED, DeliveryStatus, Signature, StopKind, StopStatus
from catering.domain.events import EventKind
from catering.domain.geography import Point, distance, travel_time
from catering.domain.orders import OrderType
from catering.domain.people import Actor
from catering.models import Delivery, Order, Stop, Ticket
from catering.rush.dice import pick
from catering.rush.stage import Heard, Stage
from catering.rush.town import Town, somewhere
from catering.services import driving, offering, travelling

_ANSWERS: Final = (("yes", 76), ("no", 13), ("nothing", 11))
_GIVES_BACK: Final = 0.02
_FALLS_SILENT: Final = 0.015
_NOBODY_HOME: Final = 0.02
_WRONG_PIN: Final = 0.03
_REPORTS_EVERY: Final = 270.0
"""Seconds; whoever is not heard of for five minutes loses the delivery."""
_WAITS: Final = 480.0
"""Seconds at a kitchen that says nothing, until a driver asks for what is there."""
_ROAD: Final = frozenset(
    {
        DeliveryStatus.ASSIGNED, DeliveryStatus.TO_PICKUP, DeliveryStatus.AT_PICKUP,
        DeliveryStatus.TO_DROPOFF, DeliveryStatus.AT_DROPOFF,
    }
)  # fmt: skip


@dataclass
class _Driver:
    actor: Actor
    number: int
    at: Point
    asked: int = 0
    trips: int = 0
    turn: int = 0
    """What he means to do next is of this turn; what he meant to do before is not done any more."""
    waits_for: UUID | None = None


@dataclass
class Drivers:
    """All of them."""

    stage: Stage
    town: Town
    _drivers: dict[UUID, _Driver] = field(default_factory=dict)
    _waiting: dict[UUID, _Driver] = field(default_factory=dict)
    """At which kitchen's ticket somebody waits."""

    def begin(self) -> None:
        stage = self.stage
        for number, actor in enumerate(self.town.drivers):
            dice = stage.dice.of("driver", number)
            assert actor.id is not None
            driver = self._drivers[actor.id] = _Driver(actor, number, somewhere(dice, 2_500))
            stage.after(dice.uniform(0, 300), lambda d=driver: self._come(d))  # type: ignore[misc]
        stage.on(self._asked, EventKind.OFFER_SENT)
        stage.on(self._set_off, EventKind.DELIVERY_ASSIGNED)
        stage.on(self._ready, EventKind.TICKET_READY)
        stage.on(self._sent_home, EventKind.DRIVER_OFFLINE)

    async def _come(self, driver: _Driver) -> None:
        await self.stage.do(driving.go_online, driver.at, by=driver.actor)

    async def _sent_home(self, event: Heard) -> None:
        """Whoever left three offers unanswered was put offline, and comes back after a while."""
        driver = self._drivers[event.driver_id]
        dice = self.stage.dice.of("break", driver.number, driver.asked)
        self.stage.after(dice.uniform(120, 600), lambda: self._come(driver))

    async def _asked(self, event: Heard) -> None:
        driver = self._drivers[event.driver_id]
        driver.asked += 1
        dice = self.stage.dice.of("offer", driver.number, driver.asked)
        answer = pick(dice, _ANSWERS)
        if answer != "nothing":
            take = offering.accept if answer == "yes" else offering.decline
            self.stage.after(
                dice.uniform(3, 36), lambda: self._answer(take, event.subject_id, driver)
            )

    async def _answer(self, take: Any, offer_id: UUID, driver: _Driver) -> None:
        await self.stage.do(take, offer_id, by=driver.actor)

    async def _set_off(self, event: Heard) -> None:
        driver = self._drivers.get(event.driver_id)
        if driver is None:
            return
        driver.trips += 1
        dice = self.stage.dice.of("trip", driver.number, driver.trips)
        if dice.random() < _FALLS_SILENT:
            return
        if dice.random() < _GIVES_BACK:
            self.stage.after(
                dice.uniform(30, 150), lambda: self._give_back(driver, event.delivery_id)
            )
            return
        self._soon(driver, event.delivery_id, dice, 5.0)

    async def _give_back(self, driver: _Driver, delivery_id: UUID) -> None:
        await self.stage.do(travelling.release, delivery_id, by=driver.actor)

    def _soon(
        self,
        driver: _Driver,
        delivery_id: UUID,
        dice: Random,
        seconds: float,
        *,
        report: bool = False,
    ) -> None:
        driver.turn += 1
        turn = driver.turn

        async def go_on() -> None:
            if driver.turn == turn:
                await self._go_on(driver, delivery_id, dice, report=report)

        self.stage.after(seconds, go_on)

    async def _go_on(
        self, driver: _Driver, delivery_id: UUID, dice: Random, *, report: bool
    ) -> None:
        """Look at the telephone, and do what comes next."""
        stage = self.stage
        if report:
            await stage.do(driving.report_position, driver.at, stage.now, by=driver.actor)
        driver.waits_for = None
        stop = await self._next_stop(driver, delivery_id)
        if stop is None:
            return
        there = Point(stop.latitude, stop.longitude)
        if stop.status is StopStatus.PENDING:
            if driver.at == there:
                await stage.do(travelling.arrive, stop.id, there, by=driver.actor)
                self._soon(driver, delivery_id, dice, dice.uniform(20, 60))
            else:
                self._ride(driver, delivery_id, there, dice)
        elif stop.kind is StopKind.PICKUP:
            await self._collect(driver, delivery_id, stop, dice)
        else:
            await self._hand_over(driver, delivery_id, stop, dice)

    async def _next_stop(self, driver: _Driver, delivery_id: UUID) -> Any:
        query = (
            select(Stop.id, Stop.kind, Stop.status, Stop.latitude, Stop.longitude, Stop.ticket_id)
            .join(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.driver_id == driver.actor.id,
                Delivery.status.in_(sorted(_ROAD)),
                Stop.status.not_in(sorted(PASSED)),
            )
        )
        rows = await self.stage.rows(query.order_by(Stop.rank).limit(1))
        return rows[0] if rows else None

    def _ride(self, driver: _Driver, delivery_id: UUID, there: Point, dice: Random) -> None:
        """A part of the way, or the rest of it."""
        left = travel_time(distance(driver.at, there)).total_seconds() * dice.uniform(0.7, 1.0)
        if left <= _REPORTS_EVERY:
            driver.at = there
            self._soon(driver, delivery_id, dice, max(5.0, left))
        else:
            driver.at = _towards(driver.at, there, _REPORTS_EVERY / left)
            self._soon(driver, delivery_id, dice, _REPORTS_EVERY, report=True)

    async def _collect(self, driver: _Driver, delivery_id: UUID, stop: Any, dice: Random) -> None:
        (ticket,) = await self.stage.rows(select(Ticket.status).where(Ticket.id == stop.ticket_id))
        if ticket.status == "READY" or self._has_waited(driver, stop.ticket_id):
            await self.stage.do(travelling.complete, stop.id, None, None, None, by=driver.actor)
            self._soon(driver, delivery_id, dice, dice.uniform(10, 40))
            return
        driver.waits_for = stop.ticket_id
        self._waiting[stop.ticket_id] = driver
        self._soon(driver, delivery_id, dice, _WAITS)

    def _has_waited(self, driver: _Driver, ticket_id: UUID) -> bool:
        return ticket_id in self._waiting and self._waiting[ticket_id] is driver

    async def _ready(self, event: Heard) -> None:
        """Whoever waits for it sees the bag come."""
        driver = self._waiting.get(event.ticket_id)
        if driver is not None and driver.waits_for == event.ticket_id:
            dice = self.stage.dice.of("bag", driver.number, driver.trips, event.sequence)
            delivery_id = await self._carries(driver)
            if delivery_id is not None:
                self._soon(driver, delivery_id, dice, dice.uniform(5, 40))

    async def _carries(self, driver: _Driver) -> UUID | None:
        query = select(Delivery.id).where(
            Delivery.driver_id == driver.actor.id, Delivery.status.in_(sorted(_ROAD))
        )
        rows = await self.stage.rows(query)
        return rows[0].id if rows else None

    async def _hand_over(self, driver: _Driver, delivery_id: UUID, stop: Any, dice: Random) -> None:
        """Against the PIN, or a signature. Where nobody opens, it goes back after a while."""
        if dice.random() < _NOBODY_HOME:
            return
        query = select(Order.pin, Order.type).join(Delivery).where(Delivery.id == delivery_id)
        (order,) = await self.stage.rows(query)
        if order.type is OrderType.FOR_FACILITY:
            signed = Signature("The caretaker")
            await self.stage.do(
                travelling.complete, stop.id, None, None, None, signed, by=driver.actor
            )
            return
        wrong = dice.random() < _WRONG_PIN
        pin = f"{(int(order.pin) + 1) % 10_000:04}" if wrong else order.pin
        await self.stage.do(travelling.complete, stop.id, pin, None, None, by=driver.actor)
        if wrong:
            self._soon(driver, delivery_id, dice, 20.0)


def _towards(here: Point, there: Point, part: float) -> Point:
    return Point(
        here.latitude + (there.latitude - here.latitude) * part,
        here.longitude + (there.longitude - here.longitude) * part,
    )
