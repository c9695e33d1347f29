"""Who approves an order of an organisation, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from catering.domain.approvals import must_be_decidable, somebody_can
from catering.domain.facilities import (
    APPROVE_BEFORE,
    MemberPart,
)
from catering.domain.orders import OrderStatus
from catering.domain.refusals import Refused
from tests.domain.sites import MAY, site, span, utc

APPROVALS = [
    # now, until when somebody has to say yes to an order for noon: 09:00 UTC, its last call
    (f"{MAY} 05:00", f"{MAY} 08:30"),  # half an hour before the last call
    (f"{MAY} 08:20", f"{MAY} 08:50"),  # but there is half an hour for it
    (f"{MAY} 08:59", f"{MAY} 09:20"),  # and never longer than until the kitchens begin
]


@pytest.mark.parametrize(("now", "until"), APPROVALS)
def test_an_approver_has_time_but_not_the_kitchens(now: str, until: str) -> None:
    latest = utc(f"{MAY} 09:20")
    assert site().approve_by(span(f"{MAY} 09:00", 120), utc(now), latest) == utc(until)
    assert timedelta(minutes=30) == APPROVE_BEFORE


@pytest.mark.parametrize(
    ("above", "total", "asked", "may_cost"),
    [(None, 10**9, False, None), (0, 0, False, 0), (0, 1, True, 1), (500, 500, False, 500),
     (500, 501, True, 501)],
)  # fmt: skip
def test_what_is_dearer_is_approved(
    above: int | None, total: int, asked: bool, may_cost: int | None
) -> None:
    here = replace(site(), approval_above=above)
    assert (here.needs_approval(total), here.may_cost(total)) == (asked, may_cost)


def test_only_an_approver_who_has_not_ordered_it_decides_and_only_while_it_waits() -> None:
    every = [frozenset(), *map(frozenset, ({"ORDERER"}, {"APPROVER"}, {"ORDERER", "APPROVER"}))]
    for status, parts, is_orderer in product(OrderStatus, every, (True, False)):
        may = "APPROVER" in parts and not is_orderer and status == "AWAITING_APPROVAL"
        told = frozenset(MemberPart(part) for part in parts)
        try:
            must_be_decidable(status, told, is_orderer=is_orderer)
        except Refused:
            assert not may
        else:
            assert may


def test_an_approver_is_somebody_else() -> None:
    assert not somebody_can([], 1)
    assert not somebody_can([1], 1)
    assert somebody_can([1, 2], 1)
