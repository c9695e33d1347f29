from __future__ import annotations

from itertools import accumulate
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catering.domain.reports import CourierStatus, KitchenStatus, advances, is_final

S = TypeVar("S", KitchenStatus, CourierStatus)

FINAL_KITCHEN = [status for status in KitchenStatus if is_final(status)]
FINAL_COURIER = [status for status in CourierStatus if is_final(status)]
ONGOING_KITCHEN = [status for status in KitchenStatus if not is_final(status)]
ONGOING_COURIER = [status for status in CourierStatus if not is_final(status)]


def test_a_ticket_goes_forward_and_never_back() -> None:
    forward = (
        KitchenStatus.WAITING,
        KitchenStatus.ACCEPTED,
        KitchenStatus.PREPARING,
        KitchenStatus.READY,
        KitchenStatus.HANDED_OVER,
    )
    for index, status in enumerate(forward):
        assert [advances(status, other) for other in forward] == [
            other > index for other in range(len(forward))
        ]


def test_a_trip_goes_forward_and_never_back() -> None:
    forward = list(CourierStatus)[: list(CourierStatus).index(CourierStatus.DELIVERED) + 1]
    for index, status in enumerate(forward):
        assert [advances(status, other) for other in forward] == [
            other > index for other in range(len(forward))
        ]


@pytest.mark.parametrize("reported", FINAL_COURIER)
@pytest.mark.parametrize("current", ONGOING_COURIER)
def test_a_trip_may_end_from_anywhere(current: CourierStatus, reported: CourierStatus) -> None:
    assert advances(current, reported)


@pytest.mark.parametrize("current", FINAL_COURIER)
@pytest.mark.parametrize("reported", CourierStatus)
def test_an_end_is_an_end(current: CourierStatus, reported: CourierStatus) -> None:
    assert not advances(current, reported)


@pytest.mark.parametrize("current", CourierStatus)
def test_an_unknown_word_moves_nothing(current: CourierStatus) -> None:
    assert not advances(current, CourierStatus.UNKNOWN)


@given(
    ongoing=some.lists(some.sampled_from(ONGOING_COURIER)),
    end=some.sampled_from(FINAL_COURIER),
    data=some.data(),
)
def test_a_trip_ends_the_same_in_whatever_order_it_is_told(
    ongoing: list[CourierStatus], end: CourierStatus, data: some.DataObject
) -> None:
    log = data.draw(some.permutations([*ongoing, *ongoing, end, end]))
    assert _follow(CourierStatus.PENDING, log)[-1] is end


@given(
    ongoing=some.lists(some.sampled_from(ONGOING_KITCHEN)),
    end=some.sampled_from(FINAL_KITCHEN),
    data=some.data(),
)
def test_a_ticket_ends_the_same_in_whatever_order_it_is_told(
    ongoing: list[KitchenStatus], end: KitchenStatus, data: some.DataObject
) -> None:
    log = data.draw(some.permutations([*ongoing, *ongoing, end, end]))
    assert _follow(KitchenStatus.WAITING, log)[-1] is end


def _follow(start: S, log: list[S]) -> list[S]:
    def step(current: S, reported: S) -> S:
        return reported if advances(current, reported) else current

    return list(accumulate(log, step, initial=start))
