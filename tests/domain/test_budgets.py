"""Budgets: what is taken comes back evenly, and several are taken together or not at all."""

from __future__ import annotations

import pytest

from catering.domain.budgets import Budget, Draw, draw

TEN_A_MINUTE = Budget(10, 60)


def wanted(points: int, budget: Budget = TEN_A_MINUTE) -> Draw:
    return Draw("cost", "anna", budget, points)


@pytest.mark.parametrize(
    ("until_full", "points", "remaining", "wait"),
    [
        (0, 1, 9, 0),
        (0, 10, 0, 0),
        (6, 9, 0, 0),
        (6, 10, 9, 6),
        (54, 1, 0, 0),
        (60, 1, 0, 6),
        (-100, 1, 9, 0),  # more than full is full
        (0, 11, 0, 0),  # more than there ever is takes everything
        (30, 99, 5, 30),
    ],
)
def test_points_are_granted_while_there_are_some(
    until_full: float, points: int, remaining: int, wait: float
) -> None:
    told = draw((wanted(points),), (1_000 + until_full,), 1_000)
    assert (told.standings[0].remaining, told.wait, told.granted) == (remaining, wait, wait == 0)


def test_of_several_budgets_none_is_touched_when_one_is_spent() -> None:
    spent, full = wanted(1), Draw("signIn", "here", Budget(5, 60))
    told = draw((full, spent), (0.0, 60.0), 0)
    assert not told.granted
    assert [each.until_full for each in told.standings] == [0, 60]


def test_ten_single_points_are_as_many_as_ten_at_once() -> None:
    full_at = 0.0
    for _ in range(10):
        told = draw((wanted(1, Budget(10, 7)),), (full_at,), 0)
        assert told.granted
        full_at = told.standings[0].until_full
    assert told.standings[0].remaining == 0
    assert not draw((wanted(1, Budget(10, 7)),), (full_at,), 0).granted
