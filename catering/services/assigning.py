"""All waiting deliveries and all free drivers at once: who carries what, so that least is late.

Taken one by one, whoever is asked first takes the best driver from whoever needs him more. Here
the whole city is one assignment problem, solved exactly: seconds of lateness weigh most, then
the driver's way; who has been idle for long is a little nearer. Which deliveries are left where
there are too few drivers follows the rule of apparent tardiness cost (Vepsalainen and Morton):
what is urgent and soon done goes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from catering.domain.dispatch import GONE_AFTER, IN_REACH, Candidate, Job, Prospect
from catering.domain.geography import DETOUR, EARTH_RADIUS_M, Point

Seconds = NDArray[np.float64]
Answers = NDArray[np.bool_]

_LATE: Final = 100.0
"""A second of lateness weighs as much as so many seconds of a driver's way."""

_PRESSED: Final = 30.0
"""Where more waits than drivers are free, a second of a driver's time makes others late as well:
so much does it weigh then. Short ways go first, like short jobs in any queue."""

_CRITICAL: Final = 600.0
"""How a delivery that is still in time grows urgent: at so many seconds of slack to a third."""

_DREADED: Final = 1_800.0
"""One that is so late is twice as urgent as one that has just become late: none waits for ever."""

_IDLE_FOR: Final = 1_800.0
_IDLE_WEIGHS: Final = 120.0
"""Who has been idle for half an hour or more counts as so many seconds nearer."""

_NEXT_ONE: Final = 300.0
"""Where no driver is left for it, a delivery waits so much longer for the next one."""

_LEFT: Final = 1e6
"""Nobody is left while somebody is free."""

_NEVER: Final = 1e12


class City:
    """Everybody who is free and everything that waits, with the time that each would need."""

    def __init__(self, jobs: Sequence[Job], drivers: Sequence[Candidate], at: datetime) -> None:
        self.jobs, self.drivers = jobs, drivers
        self._place = {job.id: number for number, job in enumerate(jobs)}
        speed = np.array([d.vehicle.speed for d in drivers])
        self._meters = _distances([j.pickup for j in jobs], [d.at for d in drivers])
        age = np.array([max((at - d.seen_at).total_seconds() - 60, 0) for d in drivers])
        way = np.array([j.way_m for j in jobs])[:, None]
        ready = np.array([(j.ready_at - at).total_seconds() for j in jobs])[:, None]
        promised = np.array([(j.promised_at - at).total_seconds() for j in jobs])[:, None]
        # Where somebody was a while ago he is not: a minute of silence is a minute of way.
        self._pickup = self._meters * DETOUR / speed + np.minimum(age, 600)
        at_door = np.maximum(self._pickup, ready) + way * DETOUR / speed
        self._late = np.maximum(at_door - promised, 0)
        self._idle = np.array([max((at - d.free_since).total_seconds(), 0) for d in drivers])
        bonus = np.minimum(self._idle / _IDLE_FOR, 1) * _IDLE_WEIGHS
        can = self._can(age)
        best = np.where(can, at_door, promised).min(axis=1, initial=np.inf, keepdims=True)
        least = np.maximum(best - promised, 0)
        pressed = 1 + _PRESSED * min(max(len(jobs) - len(drivers), 0) / 10, 1)
        score = _LATE * (self._late - least) + self._pickup + at_door * pressed - bonus
        self._score = np.where(can, score, _NEVER)
        urgency = np.exp(-np.maximum(promised - best, 0) / _CRITICAL) * (1 + least / _DREADED)
        self._left = _LEFT + _LATE * _NEXT_ONE * urgency[:, 0]

    def matches(self) -> dict[UUID, Prospect]:
        """By delivery: the one driver who is asked for it first. Each driver is named once."""
        if not self.jobs or not self.drivers:
            return {}
        # One column more for each delivery: that it is left for later is allowed, at a price.
        nobody = np.full((len(self.jobs), len(self.jobs)), _NEVER)
        np.fill_diagonal(nobody, self._left)
        rows, columns = linear_sum_assignment(np.hstack([self._score, nobody]))
        return {
            self.jobs[row].id: self._prospect(row, column)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if column < len(self.drivers) and self._score[row, column] < _NEVER
        }

    def ranked(self, job_id: UUID, most: int) -> list[Prospect]:
        """The drivers who could carry a delivery, best first."""
        if not self.drivers:
            return []
        row = self._place[job_id]
        order = np.argsort(self._score[row], kind="stable")[:most]
        return [
            self._prospect(row, column)
            for column in order.tolist()
            if self._score[row, column] < _NEVER
        ]

    def _can(self, silent: Seconds) -> Answers:
        """Who comes into question at all: not asked yet, in reach, and not gone."""
        unasked = np.array(
            [[driver.id not in job.asked for driver in self.drivers] for job in self.jobs], bool
        ).reshape(len(self.jobs), len(self.drivers))
        reach = np.array([driver.vehicle.reach for driver in self.drivers])
        way = np.array([job.way_m for job in self.jobs])[:, None]
        near = self._pickup <= IN_REACH.total_seconds()
        there = silent + 60 <= GONE_AFTER.total_seconds()
        can: Answers = unasked & near & there & (way <= reach)
        return can

    def _prospect(self, row: int, column: int) -> Prospect:
        return Prospect(
            job_id=self.jobs[row].id,
            driver_id=self.drivers[column].id,
            meters=round(float(self._meters[row, column])),
            pickup_in=_seconds(self._pickup[row, column]),
            late_by=_seconds(self._late[row, column]),
            idle=_seconds(self._idle[column]),
            score=float(self._score[row, column]),
        )


def _distances(places: Sequence[Point], people: Sequence[Point]) -> Seconds:
    """Metres as the crow flies from each to each: the haversine of `geography.distance`."""
    north_a, east_a = _radians(places)
    north_b, east_b = _radians(people)
    north = np.sin((north_b[None, :] - north_a[:, None]) / 2) ** 2
    east = np.sin((east_b[None, :] - east_a[:, None]) / 2) ** 2
    chord = north + np.cos(north_a)[:, None] * np.cos(north_b)[None, :] * east
    meters: Seconds = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    return meters


def _radians(points: Sequence[Point]) -> tuple[Seconds, Seconds]:
    latitudes = np.radians(np.array([p.latitude for p in points], dtype=float))
    longitudes = np.radians(np.array([p.longitude for p in points], dtype=float))
    return latitudes, longitudes


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=round(float(value)))
