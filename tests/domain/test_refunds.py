"""What may be given back: after the end, not more than was charged, not more than was earned."""

from __future__ import annotations

from typing import Any

import pytest

from catering.domain import ids
from catering.domain.ledger import Bearer
from catering.domain.orders import ENDS, OrderStatus
from catering.domain.refunds import Books, Claim, RefundReason, must_be_refundable
from catering.domain.refusals import ForbiddenStep, InvalidInput, Refused


def books(**facts: Any) -> Books:
    usual = {"status": OrderStatus.DELIVERED, "currency": "UAH", "left": 10_000}
    return Books(**{**usual, **facts})


def claim(amount: int, bearer: Bearer = Bearer.PLATFORM, currency: str = "UAH") -> Claim:
    return Claim((amount, currency), RefundReason.BAD, bearer, ids.new())


def rules(asked: Claim, here: Books) -> list[str]:
    try:
        must_be_refundable(asked, here)
    except Refused as refused:
        return [r.rule if isinstance(r, InvalidInput) else type(r).__name__
                for r in refused.refusals]  # fmt: skip
    return []


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("stuck", [True, False])
def test_only_what_has_ended_and_while_the_bank_gives_anything_back(
    status: OrderStatus, stuck: bool
) -> None:
    allowed = status in ENDS and not stuck
    found = rules(claim(1), books(status=status, stuck=stuck))
    assert found == ([] if allowed else [ForbiddenStep.__name__])


@pytest.mark.parametrize(
    ("amount", "limits", "broken"),
    [
        (1, {}, []),
        (10_000, {}, []),
        (10_001, {}, ["charged"]),
        (1, {"left": 0}, ["charged"]),
        (1, {"left": -5}, ["charged"]),
        (0, {}, ["amount"]),
        (-1, {}, ["amount"]),
        (500, {"left_of_line": 500}, []),
        (501, {"left_of_line": 500}, ["charged"]),
        (300, {"left_of_line": 500, "earned": 300}, []),
        (301, {"left_of_line": 500, "earned": 300}, ["earned"]),
        (1, {"earned": 0}, ["earned"]),
        (1, {"earned": -7}, ["earned"]),
    ],
)
def test_never_more_than_was_charged_or_earned(
    amount: int, limits: dict[str, int], broken: list[str]
) -> None:
    assert rules(claim(amount), books(**limits)) == broken


def test_it_is_given_back_in_the_money_that_it_was_paid_in() -> None:
    assert rules(claim(1, currency="EUR"), books()) == ["currency"]


def test_who_is_given_something_does_not_bear_it() -> None:
    assert rules(claim(1, Bearer.CUSTOMER), books()) == ["bearer"]
    assert rules(claim(0, Bearer.CUSTOMER), books()) == ["bearer", "amount"]
