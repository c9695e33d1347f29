from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catering.domain import attempts
from catering.domain.letters import LIFE, Purpose, text


def test_the_first_tries_are_free_and_then_each_waits_twice_as_long() -> None:
    seconds = [attempts.pause(tries).total_seconds() for tries in range(12)]
    assert seconds == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert attempts.pause(10_000) == attempts.LONGEST_PAUSE


def test_a_pause_counts_from_the_last_try() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert attempts.again_at(4, noon) == noon
    assert attempts.again_at(6, noon) == noon + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address: str | None, network: str) -> None:
    assert attempts.network(address) == network


@pytest.mark.parametrize("purpose", Purpose)
def test_a_letter_says_who_what_and_for_how_long(purpose: Purpose) -> None:
    plain = text(purpose, "Анна", "abc", None)
    linked = text(purpose, "Анна", "abc", "https://eat.example/")
    hours = LIFE[purpose] // timedelta(hours=1)
    assert plain.subject
    assert "Hello Анна" in plain.body
    assert "Token: abc" in plain.body
    assert f"for {hours} hour" in plain.body
    assert "https://eat.example/" in linked.body
    assert "#token=abc" in linked.body
