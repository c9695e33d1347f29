"""Where a driver works."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.domain.geography import Point, distance
from catering.domain.zones import Area

HOME = Point(50.45, 30.52)
SQUARE = (Point(50.40, 30.40), Point(50.40, 30.60), Point(50.50, 30.60), Point(50.50, 30.40))
DOOR, FAR = Point(50.46, 30.53), Point(50.55, 30.53)

places = st.builds(
    lambda north, east: Point(50 + north / 1_000, 30 + east / 1_000),
    st.integers(-300, 300), st.integers(-300, 300),
)  # fmt: skip
areas = st.one_of(
    st.builds(Area.around, places, st.integers(1, 50_000)),
    st.builds(Area.within, st.lists(places, min_size=3, max_size=9)),
)


@pytest.mark.parametrize("area", [Area.around(HOME, 3_000), Area.within(SQUARE)])
def test_all_places_have_to_lie_inside(area: Area) -> None:
    assert area.covers(HOME, DOOR)
    assert not area.covers(HOME, FAR)
    assert not area.covers(FAR, HOME)


@given(places, st.integers(1, 50_000), places)
def test_a_circle_is_what_is_no_farther_than_its_radius(
    centre: Point, meters: int, place: Point
) -> None:
    assert Area.around(centre, meters).covers(place) is (distance(centre, place) <= meters)


@given(st.lists(places, min_size=3, max_size=9), places, st.integers(0, 8))
def test_it_does_not_matter_at_which_corner_an_outline_begins(
    corners: list[Point], place: Point, first: int
) -> None:
    turned = [*corners[first:], *corners[:first]]
    inside = Area.within(corners).covers(place)
    assert Area.within(turned).covers(place) is inside


@given(areas)
def test_it_is_read_as_it_was_stored(area: Area) -> None:
    assert Area.of(json.loads(json.dumps(area.stored()))) == area


def test_who_has_none_works_everywhere() -> None:
    assert Area.of(None) is None


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (Area.around(HOME, 1), []),
        (Area.around(HOME, 0), [("radius", "circle.radiusMeters")]),
        (Area.around(HOME, -5), [("radius", "circle.radiusMeters")]),
        (Area.around(Point(91, 0), 50_001),
         [("radius", "circle.radiusMeters"), ("coordinates", "circle.centre")]),
        (Area.within(SQUARE), []),
        (Area.within([]), [("outline", "outline")]),
        (Area.within([HOME] * 201), [("outline", "outline")]),
        (Area.within([*SQUARE, Point(0, 181)]), [("coordinates", "outline.4")]),
        (Area.within([HOME, Point(float("nan"), 0)]),
         [("outline", "outline"), ("coordinates", "outline.1")]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_it_is_told(area: Area, told: list[tuple[str, str]]) -> None:
    faults = [(fault.rule, ".".join((fault.path or ())[1:])) for fault in area.faults()]
    assert faults == told
