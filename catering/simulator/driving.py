"""A courier on the way from a restaurant to a door."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from catering.simulator.clock import Step
from catering.simulator.world import Fleet, World

PATIENCE = 900.0
KILOMETRE = 1 / 111.0
NEAR = 0.8


class Stage(StrEnum):
    """How far the courier is. CALLED_OFF: by the courier company, not by its customer."""

    SEARCHING = "searching"
    ASSIGNED = "assigned"
    NEAR_PICKUP = "near_pickup"
    AT_PICKUP = "at_pickup"
    PICKED_UP = "picked_up"
    NEAR_DROPOFF = "near_dropoff"
    DELIVERED = "delivered"
    FAILED = "failed"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Point:
    latitude: float
    longitude: float

    def towards(self, other: Point, part: float) -> Point:
        part = min(max(part, 0.0), 1.0)
        return Point(
            self.latitude + (other.latitude - self.latitude) * part,
            self.longitude + (other.longitude - self.longitude) * part,
        )

    def kilometres(self, other: Point) -> float:
        """Near enough for a city: a degree of longitude is shorter by the cosine of latitude."""
        east = (other.longitude - self.longitude) * math.cos(math.radians(self.latitude))
        return math.hypot(other.latitude - self.latitude, east) / KILOMETRE

    def bearing(self, other: Point) -> int:
        east = (other.longitude - self.longitude) * math.cos(math.radians(self.latitude))
        return round(math.degrees(math.atan2(east, other.latitude - self.latitude))) % 360


class Trip:
    """One courier's way, planned when it is booked; `changed` is called after each stage.

    The food is picked up no earlier than `ready_in` simulated seconds after the booking.
    """

    def __init__(
        self,
        world: World,
        fleet: Fleet,
        key: str,
        route: tuple[Point, Point],
        changed: Callable[[], None],
        *,
        ready_in: float = 0.0,
    ) -> None:
        self._world, self._changed = world, changed
        self._steps: list[Step] = []
        self.stage = Stage.SEARCHING
        self.pickup, self.dropoff = route
        dice = world.dice(f"courier:{key}")
        self._origin = _around(self.pickup, dice.uniform(0, math.tau))
        self._booked = world.clock.elapsed
        self._plan(fleet, [dice.random() for _ in range(4)], ready_in)
        self._schedule(fleet)

    @property
    def over(self) -> bool:
        return self.stage in (Stage.DELIVERED, Stage.FAILED, Stage.CALLED_OFF)

    def stop(self) -> None:
        """Nothing more happens on this trip."""
        for step in self._steps:
            step.call_off()

    def position(self) -> Point | None:
        """Where the courier is, on a straight line; None while there is none."""
        now = self._world.clock.elapsed
        if self.stage in (Stage.SEARCHING, Stage.CALLED_OFF):
            return None
        if now < self.collects:
            return self._origin.towards(self.pickup, _part(now, self._assigned, self._arrives))
        return self.pickup.towards(self.dropoff, _part(now, self.collects, self.delivers))

    def _plan(self, fleet: Fleet, chance: list[float], ready_in: float) -> None:
        found = _between(fleet.assign_seconds, 60, 180, chance[0])
        there = _between(fleet.to_pickup_seconds, 240, 360, chance[1])
        waits = _between(fleet.wait_seconds, 30, 120, chance[2])
        drives = _between(fleet.to_dropoff_seconds, 480, 600, chance[3])
        # A courier who would come long before the food is not sent yet.
        found = max(found, ready_in - there)
        self._assigned = self._booked + found
        self._arrives = self._assigned + there
        self.collects = max(self._arrives + waits, self._booked + ready_in)
        self.delivers = self.collects + drives

    def _schedule(self, fleet: Fleet) -> None:
        if fleet.no_courier:
            self._at(self._booked + PATIENCE, Stage.CALLED_OFF)
            return
        self._at(self._assigned, Stage.ASSIGNED)
        near = self._assigned + (self._arrives - self._assigned) * NEAR
        if fleet.cancel_next:
            fleet.cancel_next -= 1
            self._at(near, Stage.CALLED_OFF)
            return
        self._at(near, Stage.NEAR_PICKUP)
        self._at(self._arrives, Stage.AT_PICKUP)
        self._at(self.collects, Stage.PICKED_UP)
        self._at(self.collects + (self.delivers - self.collects) * NEAR, Stage.NEAR_DROPOFF)
        self._at(self.delivers, self._end(fleet))

    def _end(self, fleet: Fleet) -> Stage:
        if fleet.fail_next:
            fleet.fail_next -= 1
            return Stage.FAILED
        return Stage.DELIVERED

    def _at(self, elapsed: float, stage: Stage) -> None:
        clock = self._world.clock
        self._steps.append(clock.after(elapsed - clock.elapsed, lambda: self._become(stage)))

    def _become(self, stage: Stage) -> None:
        self.stage = stage
        self._changed()


def _between(told: float | None, low: float, high: float, chance: float) -> float:
    return low + (high - low) * chance if told is None else told


def _around(point: Point, angle: float) -> Point:
    away = 1.5 * KILOMETRE
    east = away * math.sin(angle) / math.cos(math.radians(point.latitude))
    return Point(point.latitude + away * math.cos(angle), point.longitude + east)


def _part(now: float, begins: float, ends: float) -> float:
    return 1.0 if ends <= begins else (now - begins) / (ends - begins)
