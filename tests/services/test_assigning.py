"""Who carries what, for the whole city at once. Nothing here needs a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from catering.domain.dispatch import Candidate, Job, vehicle
from catering.domain.geography import Point, distance
from catering.domain.zones import Area
from catering.services.assigning import City

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
KITCHEN = Point(50.4387, 30.5230)
numbers = count(1)


def east(meters: float) -> Point:
    """A place so far east of the kitchen."""
    return Point(KITCHEN.latitude, KITCHEN.longitude + meters / 70_900)


def job(at: Point = KITCHEN, *, ready: int = 5, slack: int = 40, way: int = 1_000,
        asked: frozenset[UUID] = frozenset()) -> Job:  # fmt: skip
    ready_at = NOON + timedelta(minutes=ready)
    promised = ready_at + timedelta(minutes=slack)
    return Job(UUID(int=next(numbers)), at, ready_at, promised, way, asked)


def driver(at: Point, name: str = "CAR", *, idle: int = 0, silent: int = 0) -> Candidate:
    seen, since = NOON - timedelta(minutes=silent), NOON - timedelta(minutes=idle)
    return Candidate(UUID(int=next(numbers)), at, vehicle(name), seen, since)


def carried(jobs: list[Job], drivers: list[Candidate]) -> dict[UUID, UUID]:
    return {job: who.driver_id for job, who in City(jobs, drivers, NOON).matches().items()}


def test_the_nearest_is_asked() -> None:
    it, near, far = job(), driver(east(300)), driver(east(3_000))
    assert carried([it], [far, near]) == {it.id: near.id}


def test_who_is_needed_more_elsewhere_goes_there() -> None:
    """Both are nearest to the first kitchen; only one of the two is in time for the second."""
    urgent, patient = job(east(2_000), ready=0, slack=10), job()
    first, second = driver(east(900)), driver(east(-100))
    assert carried([patient, urgent], [first, second]) == {
        urgent.id: first.id, patient.id: second.id,
    }  # fmt: skip


def test_with_too_few_drivers_what_is_urgent_goes_first() -> None:
    urgent, patient, only = job(slack=8), job(slack=60), driver(east(200))
    assert carried([patient, urgent], [only]) == {urgent.id: only.id}


def test_nobody_is_idle_while_something_waits() -> None:
    late = job(ready=-60, slack=5)
    only = driver(east(4_000))
    assert carried([late], [only]) == {late.id: only.id}


def test_of_two_at_the_same_place_who_has_been_idle_for_longer_is_asked() -> None:
    it, rested, busy = job(), driver(east(300), idle=40), driver(east(300), idle=2)
    assert carried([it], [busy, rested]) == {it.id: rested.id}


def test_nobody_is_asked_twice_nor_beyond_his_reach_nor_when_he_is_gone() -> None:
    asked, walker = driver(east(10)), driver(east(20), "FOOT")
    gone = driver(east(30), silent=31)
    it = job(way=5_000, asked=frozenset({asked.id}))
    assert carried([it], [asked, walker, gone]) == {}
    assert City([it], [asked, walker, gone], NOON).ranked(it.id, 9) == []


def test_silence_makes_a_driver_farther() -> None:
    it, silent, seen = job(), driver(east(100), silent=9), driver(east(800))
    assert carried([it], [silent, seen]) == {it.id: seen.id}


def test_ranks_say_how_it_would_be() -> None:
    it, near, far = job(ready=0, slack=5, way=600), driver(east(300)), driver(east(3_000))
    first, second = City([it], [far, near], NOON).ranked(it.id, 9)
    assert (first.driver_id, second.driver_id) == (near.id, far.id)
    assert first.meters == distance(near.at, it.pickup)
    assert first.late_by == timedelta(0)
    assert timedelta(minutes=7) < second.late_by < timedelta(minutes=9)
    assert abs(second.pickup_in - timedelta(seconds=3_000 * 1.3 / 6)) < timedelta(seconds=2)


def test_an_empty_city_is_no_trouble() -> None:
    assert carried([], []) == carried([job()], []) == carried([], [driver(KITCHEN)]) == {}


def test_nobody_is_asked_for_what_lies_outside_his_zone_and_it_is_known_why() -> None:
    door = east(2_000)
    it, asked, slow = replace(job(), further=(door,)), driver(east(900)), driver(east(1_900))
    for area in (Area.around(KITCHEN, 1_500), Area.around(door, 1_500)):
        kept = replace(driver(east(10)), area=area)
        walker = replace(driver(east(20), "FOOT"), area=area)
        city = City([replace(it, way_m=5_000)], [slow, walker, kept, asked], NOON)
        assert city.matches()[it.id].driver_id == asked.id
        assert [who.driver_id for who in city.ranked(it.id, 9)] == [asked.id, slow.id]
        # The one who walks could not have gone so far anyway.
        assert [(rank, who.driver_id) for rank, who in city.left_out(9)] == [(1, kept.id)]


def test_who_would_not_have_been_among_the_first_is_not_told_why() -> None:
    it, near = job(), driver(east(10))
    out = [replace(driver(east(at)), area=Area.around(east(9_000), 10)) for at in (50, 5, 90)]
    city = City([it], [*out, near], NOON)
    assert [(rank, who.driver_id) for rank, who in city.left_out(3)] == [
        (1, out[1].id), (3, out[0].id),
    ]  # fmt: skip


def test_with_everything_in_his_zone_a_driver_is_like_any() -> None:
    it, other = job(), driver(east(800))
    mine = replace(driver(east(300)), area=Area.around(KITCHEN, 10))
    city = City([it], [other, mine], NOON)
    assert [who.driver_id for who in city.ranked(it.id, 9)] == [mine.id, other.id]
    assert city.left_out(9) == []


spots = st.builds(
    lambda north, east: Point(50.44 + north / 500, 30.52 + east / 500),
    st.integers(-4, 4), st.integers(-4, 4),
)  # fmt: skip
areas = st.one_of(
    st.none(),
    st.builds(Area.around, spots, st.integers(1, 1_500)),
    st.builds(Area.within, st.lists(spots, min_size=3, max_size=9)),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(spots, min_size=1, max_size=4), min_size=1, max_size=5),
    st.lists(areas, min_size=1, max_size=5),
)
def test_for_all_at_once_the_zones_are_what_they_are_for_each(
    ways: list[list[Point]], zones: list[Area | None]
) -> None:
    """Corners, sides and places lie on each other all the time here."""
    jobs = [replace(job(first), further=tuple(rest)) for first, *rest in ways]
    drivers = [replace(driver(KITCHEN), area=area) for area in zones]
    city = City(jobs, drivers, NOON)
    for it, way in zip(jobs, ways, strict=True):
        able = {who.id for who in drivers if who.area is None or who.area.covers(*way)}
        assert {who.driver_id for who in city.ranked(it.id, 99)} == able
    left = {(who.job_id, who.driver_id) for _, who in city.left_out(99)}
    for it in jobs:
        could = {who.driver_id for who in city.ranked(it.id, 99)}
        assert {id for job_id, id in left if job_id == it.id} == {d.id for d in drivers} - could


places = st.integers(-6_000, 6_000).map(east)
jobs_ = st.builds(
    lambda at, ready, slack, way: job(at, ready=ready, slack=slack, way=way),
    places, st.integers(-20, 20), st.integers(0, 40), st.integers(100, 8_000),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(jobs_, min_size=1, max_size=4),
    st.lists(st.builds(driver, places), min_size=4, max_size=5),
)
def test_with_enough_drivers_no_other_choice_is_less_late(
    waiting: list[Job], drivers: list[Candidate]
) -> None:
    """Against all choices that there are."""

    def late(job: Job, who: Candidate) -> float:
        there = NOON + timedelta(seconds=distance(who.at, job.pickup) * 1.3 / who.vehicle.speed)
        door = max(there, job.ready_at) + timedelta(seconds=job.way_m * 1.3 / who.vehicle.speed)
        return max((door - job.promised_at).total_seconds(), 0)

    chosen = carried(waiting, drivers)
    by_id = {who.id: who for who in drivers}
    assert len(set(chosen.values())) == len(waiting) == len(chosen)
    ours = sum(late(job, by_id[chosen[job.id]]) for job in waiting)
    least = min(
        sum(late(job, who) for job, who in zip(waiting, choice, strict=True))
        for choice in permutations(drivers, len(waiting))
    )
    # The way counts as well, a hundredth as much.
    assert ours <= least + len(waiting) * 3_600 * 0.03
