"""Who needs less time begins later: told in minutes after noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catering.domain.staggering import ready_at, submit_at

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("own", "slowest", "shelf", "ready", "submitted"),
    [
        (20, 20, False, 20, 0),
        (20, 30, False, 20, 0),  # ten minutes are not worth it
        (20, 31, False, 31, 6),  # five minutes to answer, before it begins at 11
        (15, 50, False, 50, 30),
        (5, 50, False, 50, 30),  # and twenty minutes for the courier, at least
        (5, 16, False, 16, 0),
        (15, 200, False, 200, 60),  # nobody is held for more than an hour
        (5, 50, True, 5, 0),  # what stands on a shelf does not get cold
    ],
)
def test_all_is_ready_together(
    own: int, slowest: int, shelf: bool, ready: int, submitted: int
) -> None:
    then = ready_at(at(own), at(slowest), on_a_shelf=shelf)
    work = then - timedelta(minutes=own)
    assert then == at(ready)
    assert submit_at(NOON, NOON, then, work, on_a_shelf=shelf) == at(submitted)
