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
from catering.domain.zones import Area

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
        able, inside = self._able(age), _inside(jobs, drivers)
        can, self._left_out = able & inside, able & ~inside
        best = np.where(can, at_door, promised).min(axis=1, initial=np.inf, keepdims=True)
        least = np.maximum(best - promised, 0)
        pressed = 1 + _PRESSED * min(max(len(jobs) - len(drivers), 0) / 10, 1)
        self._worth = _LATE * (self._late - least) + self._pickup + at_door * pressed - bonus
        self._score = np.where(can, self._worth, _NEVER)
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

    def left_out(self, most: int) -> list[tuple[int, Prospect]]:
        """Whom his zone alone keeps from a delivery of which he would have been among so many best;
        with the place that he would have had."""
        rows = np.flatnonzero(self._left_out.any(axis=1))
        score = np.where(self._left_out[rows], self._worth[rows], self._score[rows])
        order = np.argsort(score, axis=1, kind="stable")[:, :most]
        found = np.argwhere(np.take_along_axis(self._left_out[rows], order, axis=1))
        return [
            (place + 1, self._prospect(int(rows[row]), int(order[row, place])))
            for row, place in found.tolist()
        ]

    def _able(self, silent: Seconds) -> Answers:
        """Who comes into question, if it lies in his zone: not asked yet, in reach, not gone."""
        unasked = np.array(
            [[driver.id not in job.asked for driver in self.drivers] for job in self.jobs], bool
        ).reshape(len(self.jobs), len(self.drivers))
        reach = np.array([driver.vehicle.reach for driver in self.drivers])
        way = np.array([job.way_m for job in self.jobs])[:, None]
        near = self._pickup <= IN_REACH.total_seconds()
        there = silent + 60 <= GONE_AFTER.total_seconds()
        able: Answers = unasked & near & there & (way <= reach)
        return able

    def _prospect(self, row: int, column: int) -> Prospect:
        return Prospect(
            job_id=self.jobs[row].id,
            driver_id=self.drivers[column].id,
            meters=round(float(self._meters[row, column])),
            pickup_in=_seconds(self._pickup[row, column]),
            late_by=_seconds(self._late[row, column]),
            idle=_seconds(self._idle[column]),
            score=float(self._worth[row, column]),
        )


def _inside(jobs: Sequence[Job], drivers: Sequence[Candidate]) -> Answers:
    """Whose zone holds all the places of which delivery. Only who has a zone costs anything, and
    those who share one, once."""
    inside = np.ones((len(jobs), len(drivers)), bool)
    areas = list({driver.area for driver in drivers if driver.area is not None})
    if not areas or not jobs:
        return inside
    places = [place for job in jobs for place in (job.pickup, *job.further)]
    lengths = [1 + len(job.further) for job in jobs]
    begins = np.cumsum([0, *lengths[:-1]])
    whole = np.logical_and.reduceat(_covered(areas, places), begins, axis=1)
    row = {area: number for number, area in enumerate(areas)}
    for column, driver in enumerate(drivers):
        if driver.area is not None:
            inside[:, column] = whole[row[driver.area]]
    return inside


def _covered(areas: Sequence[Area], places: Sequence[Point]) -> Answers:
    """The same as `Area.covers`, for each area and each place."""
    covered = np.zeros((len(areas), len(places)), bool)
    circles = [(number, area.centre) for number, area in enumerate(areas) if area.centre]
    if circles:
        rows = [number for number, _ in circles]
        reach = np.array([areas[number].zone.reach_meters for number in rows])[:, None]
        meters = _distances([centre for _, centre in circles], places)
        covered[rows] = np.rint(meters) <= reach
    north, east = np.array([(place.latitude, place.longitude) for place in places]).T
    eastwards = np.argsort(east)
    for number, area in enumerate(areas):
        if area.centre is None:
            inside = _enclosed(area.zone.outline, north[eastwards], east[eastwards])
            covered[number, eastwards] = inside
    return covered


def _enclosed(outline: Sequence[Point], north: Seconds, east: Seconds) -> Answers:
    """The same as `Zone.covers`, for each place. They come from west to east: those from where
    one walks north across a side are in a row, and no other one is looked at."""
    a = np.array([(corner.latitude, corner.longitude) for corner in outline])
    b = np.roll(a, -1, axis=0)
    first = np.searchsorted(east, np.minimum(a[:, 1], b[:, 1]))
    count = np.searchsorted(east, np.maximum(a[:, 1], b[:, 1])) - first
    side = np.repeat(np.arange(len(a)), count)
    place = np.arange(len(side)) + np.repeat(first - np.cumsum(count) + count, count)
    share = (east[place] - a[side, 1]) / (b[side, 1] - a[side, 1])
    passed = north[place] < a[side, 0] + share * (b[side, 0] - a[side, 0])
    crossed: Answers = np.bincount(place[passed], minlength=len(east)) % 2 == 1
    return crossed


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
