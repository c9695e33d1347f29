from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest

from catering.supervising import Household, Teller
from catering.supervising.children import Life
from tests.supervising.conftest import MakeChild
from tests.waiting import is_gone, until

Environment = dict[str, str]


def test_who_dies_is_started_again_and_the_terminal_says_so(
    child: MakeChild, log: Path, out: io.StringIO, teller: Teller, environment: Environment
) -> None:
    household = Household([child("relay"), child("worker")], environment, teller)
    household.start()
    _wait_for(household, log, "worker started")
    before = household.pids()

    os.kill(before["worker"], signal.SIGKILL)
    _wait_for(household, log, "worker started", times=2)

    after = household.pids()
    assert after["relay"] == before["relay"]
    assert after["worker"] != before["worker"]
    assert "worker died (signal 9); started again\n" in out.getvalue()
    household.end()


def test_who_dies_young_again_and_again_is_started_less_and_less_often(
    child: MakeChild,
    out: io.StringIO,
    teller: Teller,
    environment: Environment,
) -> None:
    household = Household([child("api", "short")], environment, teller)
    household.start()
    life = household._lives[0]
    pauses = []
    for _ in range(9):
        until(lambda: _is_mourned(household, life))
        pauses.append(life.pause)
        life.due = 0.0
        household.look_after(0)
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert "api died (exit status 3); started again\n" in out.getvalue()
    household.end()


def test_a_death_after_a_long_life_counts_as_the_first(
    child: MakeChild, teller: Teller, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catering.supervising.children.GROWN_UP", 0.0)
    household = Household([child("api", "short")], environment, teller)
    household.start()
    life = household._lives[0]
    life.pause = 5.0
    until(lambda: _is_mourned(household, life))
    assert life.pause == 0.1
    household.end()


def test_they_end_role_by_role_the_last_started_first(
    child: MakeChild, log: Path, teller: Teller, environment: Environment
) -> None:
    names = ["simulator", "relay-1", "relay-2", "worker", "api"]
    household = Household([child(name) for name in names], environment, teller)
    household.start()
    for name in names:
        _wait_for(household, log, f"{name} started")
    pids = household.pids().values()

    household.end()

    ended = [line for line in log.read_text().splitlines() if "started" not in line]
    assert ended[:2] == ["api SIGTERM", "worker SIGTERM"]
    assert sorted(ended[2:4]) == ["relay-1 SIGTERM", "relay-2 SIGTERM"]
    assert ended[4:] == ["simulator SIGTERM"]
    assert all(is_gone(pid) for pid in pids)


def test_an_end_by_the_signal_that_was_sent_is_no_crash(
    child: MakeChild, log: Path, out: io.StringIO, teller: Teller, environment: Environment
) -> None:
    household = Household([child("api", "like uvicorn")], environment, teller)
    household.start()
    _wait_for(household, log, "api started")
    household.end()
    assert out.getvalue() == "api       │ hello from api\n"


def test_who_does_not_end_in_time_is_killed(
    child: MakeChild, log: Path, out: io.StringIO, teller: Teller, environment: Environment
) -> None:
    household = Household([child("worker", "stubborn", patience=0.2)], environment, teller)
    household.start()
    _wait_for(household, log, "worker started")
    household.end()
    assert "worker does not end; killed\n" in out.getvalue()
    assert household.pids() == {}


def _is_mourned(household: Household, life: Life) -> bool:
    household.look_after(0)
    return life.due is not None


def _wait_for(household: Household, log: Path, line: str, times: int = 1) -> None:
    def there() -> bool:
        household.look_after(0.02)
        return log.read_text().splitlines().count(line) >= times

    until(there)
