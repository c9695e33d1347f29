from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from catering.domain.dispatch import Bid, asked_at_once, best, vehicle

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNKNOWN = timedelta(minutes=9)
ROCKETS, SNAILS = UUID(int=1), UUID(int=2)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(("wave", "asked"), [(1, 1), (2, 3), (3, 50), (9, 50)])
def test_waves_grow(wave: int, asked: int) -> None:
    assert asked_at_once(wave) == asked


@pytest.mark.parametrize(
    ("bids", "who"),
    [
        ([Bid(ROCKETS, 9_000, at(0)), Bid(SNAILS, 5_000, at(8))], ROCKETS),  # who is in time
        ([Bid(ROCKETS, 9_000, at(1)), Bid(SNAILS, 5_000, at(2))], SNAILS),  # no real difference
        ([Bid(ROCKETS, 9_000, at(-9)), Bid(SNAILS, 5_000, at(0))], SNAILS),  # early is in time
        ([Bid(ROCKETS, 9_000, at(4)), Bid(SNAILS, 5_000, None)], ROCKETS),  # who says nothing
        ([Bid(ROCKETS, 9_000, at(30)), Bid(SNAILS, 5_000, None)], SNAILS),
        ([Bid(ROCKETS, 5_000, at(0), 7), Bid(SNAILS, 5_000, at(0), 2)], SNAILS),  # who has time
        ([Bid(None, 5_000, at(0)), Bid(SNAILS, 6_000, at(0))], None),  # our own fleet
    ],
)
def test_the_best_bid_is_least_late_then_cheapest_then_least_busy(
    bids: list[Bid], who: UUID | None
) -> None:
    for order in (bids, bids[::-1]):
        winner = best(order, NOON, UNKNOWN)
        assert winner is not None
        assert winner.company == who


def test_without_bids_nobody_is_best() -> None:
    assert best([], NOON, UNKNOWN) is None


def test_who_walks_does_not_go_far_and_any_vehicle_moves() -> None:
    assert vehicle("foot").reach < vehicle("Bicycle ").reach < vehicle("CAR").reach
    assert vehicle("unicycle").speed > 0
