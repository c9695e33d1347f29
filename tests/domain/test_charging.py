"""What a payment company is asked for next, and nothing else meanwhile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from catering.domain import ids
from catering.domain.orders import (
    PaymentMethod,
)
from catering.domain.payments import (
    ChargeKind,
    ChargeStatus,
    Errand,
    Hold,
    Standing,
    next_charge,
)
from tests.domain.living import call_off, placed

FIRST, SECOND = ids.new(), ids.new()


def standing(holds: list[tuple[int, int]], **facts: Any) -> Standing:
    """`holds`: what is still set aside of each, and what was taken and kept."""
    there = tuple(Hold(id, *each) for id, each in zip((FIRST, SECOND), holds, strict=False))
    usual = {"owed": 100, "collected": False, "ended": False}
    return Standing(**{"method": PaymentMethod.CARD, "holds": there, **usual, **facts})


CAPTURE, VOID, REFUND = ChargeKind.CAPTURE, ChargeKind.VOID, ChargeKind.REFUND
NEXT = [
    ([(100, 0)], {}, None),
    ([(100, 0)], {"collected": True}, (CAPTURE, 100, FIRST)),
    ([(120, 0)], {"collected": True}, (CAPTURE, 100, FIRST)),
    ([(80, 0)], {"collected": True}, (CAPTURE, 80, FIRST)),
    ([(100, 0)], {"owed": 0, "ended": True}, (VOID, 100, FIRST)),
    ([(100, 0)], {"owed": 40, "ended": True}, (CAPTURE, 40, FIRST)),
    ([(0, 100)], {"owed": 60}, None),
    ([(0, 100)], {"owed": 60, "ended": True}, (REFUND, 40, FIRST)),
    ([(0, 100)], {"ended": True}, None),
    ([], {"method": PaymentMethod.CASH, "ended": True}, None),
    # a dearer swap had the card asked twice
    ([(80, 0), (20, 0)], {"collected": True}, (CAPTURE, 80, FIRST)),
    ([(0, 80), (20, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
    ([(0, 80), (50, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
    ([(0, 100), (20, 0)], {"collected": True}, None),
    ([(0, 100), (20, 0)], {"ended": True}, (VOID, 20, SECOND)),
    ([(0, 80), (0, 20)], {"owed": 10, "ended": True}, (REFUND, 80, FIRST)),
    ([(0, 0), (0, 20)], {"owed": 10, "ended": True}, (REFUND, 10, SECOND)),
    ([(0, 0), (20, 0)], {"collected": True}, (CAPTURE, 20, SECOND)),
]


@pytest.mark.parametrize(("holds", "facts", "wanted"), NEXT)
def test_a_payment_company_is_asked_for_the_next_thing_only(
    holds: list[tuple[int, int]],
    facts: dict[str, Any],
    wanted: tuple[ChargeKind, int, UUID] | None,
) -> None:
    assert next_charge(standing(holds, **facts)) == (wanted and Errand(*wanted))


def test_only_one_thing_is_asked_at_a_time() -> None:
    order = placed(PaymentMethod.CARD, [[12_000]])
    call_off(order)
    assert [charge.status for charge in order.charges] == [ChargeStatus.REQUESTED]
