"""What is proposed instead of something that ran out, and how long its customer is waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catering.domain import ids
from catering.domain.deliveries import DeliveryStatus
from catering.domain.lines import ResolutionChoice, StandByKind
from catering.domain.products import ProductKind
from catering.domain.proposing import Candidate, of_its_kind, proposed
from catering.domain.resolving import answer_by, is_his_to_choose, may_join, on_silence
from catering.domain.tickets import TicketStatus

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HERE, THERE, SOUPS, DRINKS = (ids.new() for _ in range(4))
DISH, GOODS = ProductKind.DISH, ProductKind.GOODS


def thing(price: int = 100, rank: int = 0, **more: object) -> Candidate:
    facts = {"restaurant": HERE, "chapter": SOUPS, "kind": DISH, **more}
    return Candidate(id=ids.new(), price=price, rank=rank, **facts)  # type: ignore[arg-type]


def test_what_is_nearest_is_proposed_first() -> None:
    missing = thing()
    same_chapter, dearer = thing(90), thing(140)
    from_the_shelf_of_the_chapter = thing(kind=GOODS)
    other_dish = thing(chapter=DRINKS)
    from_the_shelf = thing(chapter=DRINKS, kind=GOODS)
    next_door = thing(restaurant=THERE)
    in_order = (
        same_chapter, dearer, from_the_shelf_of_the_chapter, other_dish, from_the_shelf, next_door,
    )  # fmt: skip

    there = [*reversed(in_order), missing]

    assert proposed(missing, there) == tuple(one.id for one in in_order[:3])
    for behind, ahead in zip(in_order[1:], in_order, strict=False):
        assert proposed(missing, (behind, ahead)) == (ahead.id, behind.id)


def test_the_menu_decides_between_two_at_one_price() -> None:
    first, second = thing(110, rank=1), thing(90, rank=2)
    assert proposed(thing(), (second, first)) == (first.id, second.id)


@pytest.mark.parametrize(("price", "fits"), [(150, True), (151, False)])
def test_from_farther_away_nothing_comes_that_is_much_dearer(price: int, fits: bool) -> None:
    for more in ({"chapter": DRINKS}, {"restaurant": THERE}, {"chapter": DRINKS, "kind": GOODS}):
        assert bool(proposed(thing(), [thing(price, **more)])) is fits
    assert proposed(thing(), [thing(price)]), "of the same chapter it may"


def test_unasked_comes_only_what_is_of_its_kind() -> None:
    missing = thing()
    assert of_its_kind(missing, thing(900))
    for other in ({"kind": GOODS}, {"chapter": DRINKS}, {"restaurant": THERE}):
        assert not of_its_kind(missing, thing(**other))


@pytest.mark.parametrize(
    ("ready", "minutes"), [([], 5), ([4], 4), ([1, 4], 4), ([20, 3], 5), ([1], 2), ([-9], 2)]
)
def test_he_has_five_minutes_or_the_slack_that_is_left(ready: list[int], minutes: int) -> None:
    others = [NOON + timedelta(minutes=count) for count in ready]
    assert answer_by(NOON, others) == NOON + timedelta(minutes=minutes)


def test_he_is_asked_where_something_else_comes_and_has_not_left() -> None:
    cooking, lost = TicketStatus.PREPARING, TicketStatus.CANCELLED
    assert is_his_to_choose([lost, cooking], left=True, on_the_road=False)
    assert not is_his_to_choose([lost], left=True, on_the_road=False)
    assert not is_his_to_choose([cooking], left=True, on_the_road=True)
    assert not is_his_to_choose([cooking], left=False, on_the_road=False)


def test_a_kitchen_joins_until_a_courier_is_asked() -> None:
    joined = {status for status in (None, *DeliveryStatus) if may_join(status)}
    assert joined == {None, DeliveryStatus.PLANNED, DeliveryStatus.CANCELLED}


def test_one_line_that_is_worth_all_the_rest_speaks_for_its_part() -> None:
    rest = [kind for kind in StandByKind if kind is not StandByKind.CANCEL_ORDER]
    assert on_silence(rest) is ResolutionChoice.REMOVE
    assert on_silence([*rest, StandByKind.CANCEL_ORDER]) is ResolutionChoice.CANCEL_ORDER
