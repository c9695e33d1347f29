"""How long a provider is left in peace, and how often it is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from catering.domain.breakers import FIRST_PAUSE, LONGEST_PAUSE, RETRIES, Budget, pause

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_provider_is_left_in_peace_longer_each_time_but_never_for_long() -> None:
    pauses = [pause(probes) for probes in range(50)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE <= timedelta(minutes=1)


def test_where_every_other_call_fails_nothing_is_tried_again_soon() -> None:
    budget = Budget()
    budget.time_passes(NOON)
    calls = 0
    while not budget.spent:
        budget.count(answered=calls % 2 == 0)
        calls += 1
    assert calls < 2 * RETRIES

    budget.time_passes(NOON + timedelta(seconds=5))
    assert not budget.spent, "whoever waits is heard, also when nobody else calls"


def test_where_one_call_in_ten_fails_all_of_them_are_tried_again() -> None:
    budget = Budget()
    for call in range(1_000):
        budget.count(answered=call % 10 != 0)
        assert not budget.spent
