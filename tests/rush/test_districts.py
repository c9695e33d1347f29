"""A town of several districts: how it is shared out, and that each is the rush it is said to be."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, create_subprocess_exec
from pathlib import Path
from subprocess import run

import asyncpg
import pytest

from catering.rush.districts import Told, judged
from catering.rush.ending import BROKEN, FAILED, INTERRUPTED, WELL, Failed
from catering.rush.plan import MOST, Plan
from tests.databases import Databases
from tests.engine.processes import until

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


def _command(server: str, plan: Plan) -> list[str]:
    """As anybody would have it played, on this server."""
    code = (
        "import sys; from catering.rush import Plan, main;"
        "sys.exit(main(sys.argv[1], Plan(*map(int, sys.argv[2:]))))"
    )
    return [sys.executable, "-c", code, server, *plan.options()[1::2]]


def _play(server: str, plan: Plan) -> tuple[int, str, str]:
    told = run(_command(server, plan), capture_output=True, text=True, check=False, timeout=180)
    return told.returncode, told.stdout, told.stderr


@pytest.mark.long
def test_each_district_is_what_the_command_says_that_stands_above_it(databases: Databases) -> None:
    code, text, _ = _play(databases.server, TOWN)
    assert (code, text.splitlines()[-1]) == (WELL, "All was well in all 2 districts.")
    second = TOWN.districts()[1]
    alone = _play(databases.server, second)
    assert text.partition(f"District 2 of 2: {second}\n\n")[2].startswith(alone[1])
    assert alone[1].startswith("C-1001")


def test_what_could_not_be_played_is_not_called_broken() -> None:
    code, text, errors = _play(NOWHERE, TOWN)
    assert (code, text) == (FAILED, "")
    assert errors.startswith(str(TOWN.districts()[0]))
    assert "Connect" in errors


def test_one_that_is_broken_is_named_and_the_others_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plans = TOWN.districts()
    told = [Told(plans[0], "a well one\n", "", WELL), Told(plans[1], "a bad one\n", "", BROKEN)]
    assert not judged(told)
    said = capsys.readouterr().out
    assert "a well one" in said
    assert said.endswith("a bad one\n\nBROKEN in district 2.\n")

    told[0] = Told(plans[0], "half of", "no server\n", FAILED)
    with pytest.raises(Failed, match="no server"):
        judged(told)
    assert capsys.readouterr().out == ""


@pytest.mark.long
async def test_who_is_asked_to_leave_takes_the_databases_of_all_districts_along(
    databases: Databases,
) -> None:
    long = Plan(orders=600, minutes=90, restaurants=2 * MOST, drivers=40)
    town = await create_subprocess_exec(
        *_command(databases.server, long), stdout=PIPE, stderr=DEVNULL
    )
    children = Path(f"/proc/{town.pid}/task/{town.pid}/children")
    names = set[str]()

    async def there() -> bool:
        names.update(
            f"catering_rush_{pid}" for pid in (await asyncio.to_thread(children.read_text)).split()
        )
        return await _exist(databases.server, names) == 2

    try:
        await until(there, 60)
    finally:
        town.terminate()
        told, _ = await town.communicate()
    assert (town.returncode, told) == (INTERRUPTED, b"")
    assert await _exist(databases.server, names) == 0


async def _exist(server: str, names: set[str]) -> int:
    connection = await asyncpg.connect(server)
    try:
        query = "SELECT count(*) FROM pg_database WHERE datname = ANY($1)"
        count: int = await connection.fetchval(query, list(names))
        return count
    finally:
        await connection.close()
