"""A town of several districts: how it is shared out, and that each is the rush it is said to be."""

from __future__ import annotations

import sys
from subprocess import run

import pytest

from catering.rush.plan import MOST, Plan
from tests.databases import Databases

TOWN = Plan(orders=3, minutes=5, restaurants=MOST + 1, drivers=3, seed=4)
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    ("orders", "restaurants", "drivers", "count"),
    [(300, 20, 40, 2), (301, 21, 41, 3), (10, 10, 0, 1), (1, 100, 5, 1), (5_000, 100, 7, 10)],
)
def test_nobody_is_left_out_and_nobody_is_counted_twice(
    orders: int, restaurants: int, drivers: int, count: int
) -> None:
    town = Plan(orders, 90, restaurants, drivers)
    districts = town.districts()
    assert len(districts) == count
    assert sum(one.orders for one in districts) == orders
    assert sum(one.restaurants for one in districts) == restaurants
    assert sum(one.drivers for one in districts) == drivers
    assert all(one.orders and one.restaurants for one in districts)
    assert len({one.seed for one in districts}) == count
    assert all(one.districts() == (one,) for one in districts if one.restaurants <= MOST)


def _play(server: str, plan: Plan) -> tuple[int, str, str]:
    """The command, as anybody would have it played on this server."""
    words = [*plan.options()]
    code = (
        "import sys; from catering.rush import Plan, main;"
        "sys.exit(main(sys.argv[1], Plan(*map(int, sys.argv[2:]))))"
    )
    told = run(
        [sys.executable, "-c", code, server, *words[1::2]],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    return told.returncode, told.stdout, told.stderr


def test_each_district_is_what_the_command_says_that_stands_above_it(databases: Databases) -> None:
    code, text, _ = _play(databases.server, TOWN)
    assert (code, text.splitlines()[-1]) == (0, "All was well in all 2 districts.")
    second = TOWN.districts()[1]
    alone = _play(databases.server, second)
    assert text.partition(f"District 2 of 2: {second}\n\n")[2].startswith(alone[1])
    assert alone[1].startswith("C-1001")


def test_what_could_not_be_played_is_not_called_broken() -> None:
    code, text, errors = _play(NOWHERE, TOWN)
    assert (code, text) == (2, "")
    assert errors.startswith(str(TOWN.districts()[0]))
    assert "Connect" in errors
