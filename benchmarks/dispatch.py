"""Who carries what: how long a round takes, and what it is worth: `python benchmarks/dispatch.py`.

Prints the processor time of one round of 500 deliveries and 500 drivers: without zones, and where
every driver has one of his own, with twelve corners. Then the same seeded rush
is carried twice, side by side: by rounds of the assignment that the product makes, and by asking
the nearest free driver for each delivery as it comes. Travel times are those of the product; the
drivers always say yes. It takes about half a minute.
"""

from __future__ import annotations

import heapq
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import cos, sin, tau
from typing import Final
from uuid import UUID

from catering.domain.dispatch import Candidate, Job, vehicle
from catering.domain.geography import DETOUR, Point, distance
from catering.domain.zones import Area
from catering.services.assigning import City
from catering.services.dispatching import SHOWN

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
VEHICLES: Final = ("BICYCLE", "SCOOTER", "CAR", "BICYCLE")
HORIZON: Final = timedelta(minutes=15)
Choice = Callable[[Sequence[Job], Sequence[Candidate], datetime], dict[UUID, UUID]]


def solved(jobs: Sequence[Job], drivers: Sequence[Candidate], at: datetime) -> dict[UUID, UUID]:
    """What the product does."""
    return {job: match.driver_id for job, match in City(jobs, drivers, at).matches().items()}


def nearest(jobs: Sequence[Job], drivers: Sequence[Candidate], _: datetime) -> dict[UUID, UUID]:
    """One after the other, each takes the nearest who is free and fit."""
    free, taken = list(drivers), {}
    for job in jobs:
        fit = [d for d in free if d.vehicle.reach >= job.way_m]
        if fit:
            mine = min(fit, key=lambda d: distance(d.at, job.pickup))
            free.remove(mine)
            taken[job.id] = mine.id
    return taken


def dice_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a benchmark has no secrets


def somewhere(dice: random.Random) -> Point:
    return Point(50.45 + dice.gauss(0, 0.016), 30.52 + dice.gauss(0, 0.025))


def city(dice: random.Random, count: int) -> tuple[list[Job], list[Candidate]]:
    jobs = [job(dice, NOON) for _ in range(count)]
    return jobs, [driver(dice, somewhere(dice)) for _ in range(count)]


def job(dice: random.Random, placed: datetime) -> Job:
    kitchen, door = somewhere(dice), somewhere(dice)
    ready = placed + timedelta(minutes=dice.uniform(8, 25))
    way = min(distance(kitchen, door), 7_000)
    promised = ready + timedelta(seconds=way * DETOUR / 5) + timedelta(minutes=dice.uniform(4, 14))
    return Job(UUID(int=dice.getrandbits(128)), kitchen, ready, promised, way)


def driver(dice: random.Random, at: Point) -> Candidate:
    return Candidate(
        UUID(int=dice.getrandbits(128)), at, vehicle(dice.choice(VEHICLES)), NOON, NOON
    )


def zoned(dice: random.Random, who: Candidate) -> Candidate:
    middle, size = somewhere(dice), dice.uniform(0.02, 0.06)
    ring = [
        Point(
            middle.latitude + size * sin(tau * n / 12),
            middle.longitude + 1.5 * size * cos(tau * n / 12),
        )
        for n in range(12)
    ]
    return replace(who, area=Area.within(ring))


def seconds_of_a_round(jobs: Sequence[Job], drivers: Sequence[Candidate]) -> float:
    took = []
    for _ in range(5):
        began = time.process_time()
        city = City(jobs, drivers, NOON)
        city.matches()
        city.left_out(SHOWN)
        took.append(time.process_time() - began)
    return statistics.median(took)


@dataclass
class Rush:
    """A lunch with fewer drivers than it would take: jobs come, drivers carry and come back."""

    seed: int
    orders: int
    drivers: int
    choice: Choice
    late: list[float] = field(default_factory=list)
    meters: int = 0

    def run(self) -> None:
        dice = dice_of(self.seed)
        coming = [job(dice, NOON + timedelta(minutes=dice.triangular(0, 90, 40)))
                  for _ in range(self.orders)]  # fmt: skip
        coming.sort(key=lambda j: j.ready_at)
        free = [driver(dice, somewhere(dice)) for _ in range(self.drivers)]
        doors = {j.id: somewhere(dice_of(j.id.int)) for j in coming}
        busy: list[tuple[datetime, int, Candidate]] = []
        waiting: list[Job] = []
        at, number = NOON, 0
        while coming or waiting or busy:
            while busy and busy[0][0] <= at:
                free.append(heapq.heappop(busy)[2])
            while coming and coming[0].ready_at - HORIZON <= at:
                waiting.append(coming.pop(0))
            people = {d.id: d for d in free}
            for job_id, driver_id in self.choice(waiting, free, at).items():
                it = next(j for j in waiting if j.id == job_id)
                who = people[driver_id]
                waiting.remove(it)
                free.remove(who)
                number += 1
                done = self.carry(it, who, at)
                later = Candidate(who.id, doors[it.id], who.vehicle, done, done)
                heapq.heappush(busy, (done, number, later))
            at += timedelta(seconds=15)
            free = [Candidate(d.id, d.at, d.vehicle, at, d.free_since) for d in free]

    def carry(self, it: Job, who: Candidate, at: datetime) -> datetime:
        way = distance(who.at, it.pickup)
        there = at + timedelta(seconds=way * DETOUR / who.vehicle.speed)
        door = max(there, it.ready_at) + timedelta(seconds=it.way_m * DETOUR / who.vehicle.speed)
        self.late.append(max((door - it.promised_at).total_seconds(), 0) / 60)
        self.meters += way
        return door


def main() -> None:
    jobs, drivers = city(dice_of(1), 500)
    solved(jobs[:5], drivers[:5], NOON)
    took = seconds_of_a_round(jobs, drivers)
    print(f"round of 500 deliveries x 500 drivers: {took:.3f} s of CPU")
    dice = dice_of(2)
    jobs = [replace(it, further=(somewhere(dice),)) for it in jobs]
    took = seconds_of_a_round(jobs, [zoned(dice, who) for who in drivers])
    print(f"the same where each has a zone of his own: {took:.3f} s of CPU")
    print("\n                    late in all   late at most   on time   way to kitchens")
    for seed, orders, people in ((1, 300, 70), (2, 300, 80), (3, 400, 100)):
        totals = []
        for name, choice in (("assignment", solved), ("nearest", nearest)):
            rush = Rush(seed, orders, people, choice)
            rush.run()
            totals.append(sum(rush.late))
            on_time = sum(late == 0 for late in rush.late) / len(rush.late)
            late, way = rush.late, rush.meters / 1000
            print(
                f"  {f'{orders}/{people} {name}':<18}{sum(late):>9.0f} min"
                f"{max(late):>12.0f} min{on_time:>10.0%}{way:>15.0f} km"
            )
        print(f"  lateness of nearest : assignment = {totals[1] / max(totals[0], 1):.2f}")


if __name__ == "__main__":
    main()
