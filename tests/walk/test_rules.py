"""The small rules of the play: what is ordered, who is killed, what counts as twice."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from catering.walk.choosing import basket
from catering.walk.driver import between
from catering.walk.ending import Failed, Refused, failures
from catering.walk.killing import Killer, of_role
from catering.walk.ledger import doubles, live
from catering.walk.stage import Stage
from catering.walk.telling import Timeline


def _product(id: str, amount: str, availability: str = "AVAILABLE") -> dict[str, Any]:
    return {"id": id, "availability": availability, "price": {"amount": amount}}


def _menu(*products: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Сільпо", "menu": [{"products": [product]} for product in products]}


def test_the_cheapest_that_can_be_had_is_chosen() -> None:
    menu = _menu(
        _product("a", "100.00"), _product("b", "9.00"), _product("c", "20.00"),
        _product("d", "1.00", "SNOOZED"), _product("e", "2.00", "LIMITED"),
    )  # fmt: skip
    assert [product["id"] for product in basket(menu)] == ["b", "c"]


def test_what_is_limited_is_better_than_nothing() -> None:
    menu = _menu(_product("a", "5.00"), _product("b", "2.00", "LIMITED"))
    assert [product["id"] for product in basket(menu)] == ["a", "b"]


def test_a_menu_that_is_sold_out_ends_the_walk() -> None:
    with pytest.raises(Failed, match="Сільпо has fewer than 2"):
        basket(_menu(_product("a", "5.00", "UNAVAILABLE")))


def test_a_driver_rides_straight_and_arrives() -> None:
    start, end = {"latitude": 50.0, "longitude": 30.0}, {"latitude": 50.5, "longitude": 31.0}
    assert list(between(start, end, 2)) == [{"latitude": 50.25, "longitude": 30.5}, end]


def test_a_role_has_all_its_processes() -> None:
    processes = {"relay-1": 11, "relay-2": 12, "worker": 13, "api": 14}
    assert of_role("relay", processes) == {"relay-1": 11, "relay-2": 12}
    assert of_role("worker", processes) == {"worker": 13}


def test_only_the_instance_that_is_walked_through_is_killed(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text(json.dumps({"port": 8000, "simulator_port": 8100}))
    timeline = Timeline(StringIO())
    assert Killer(tmp_path, "http://127.0.0.1:8000/graphql", timeline).simulator.endswith(":8100")
    with pytest.raises(Failed, match="another instance"):
        Killer(tmp_path, "http://127.0.0.1:8001/graphql", timeline)


def _effect(
    reference: str | None, kind: str = "submission", *, live: bool = True
) -> dict[str, Any]:
    return {"provider": "poster", "kind": kind, "reference": reference, "live": live}


def test_each_reference_once_is_not_twice() -> None:
    effects = [_effect("cat-1"), _effect("cat-2"), _effect("cat-1", "booking")]
    assert doubles(effects) == []


def test_a_reference_that_came_twice_is_told_even_if_one_was_called_off() -> None:
    effects = [_effect("cat-1"), _effect("cat-1", live=False)]
    assert doubles(effects) == ["cat-1 reached poster as 2 submissions"]
    assert live(effects, "submission") == 1


def test_orders_that_are_not_ours_are_not_counted() -> None:
    assert doubles([_effect(None), _effect(None)]) == []


def test_the_reason_is_found_however_deep_it_lies() -> None:
    refused = Refused("Дарина", "GoOnline", [{"message": "No.", "code": "DRIVER_NOT_APPROVED"}])
    group = BaseExceptionGroup("", [ValueError(), BaseExceptionGroup("", [refused])])
    (found,) = failures(group)
    assert str(found) == "Дарина was refused GoOnline: No. (DRIVER_NOT_APPROVED)"


def test_an_order_is_accepted_when_every_kitchen_has_said_yes() -> None:
    stage = Stage()
    assert not stage.accepted()
    stage.tickets = {"a": "READY", "b": "SUBMITTED"}
    assert not stage.accepted()
    stage.tickets["b"] = "ACCEPTED"
    assert stage.accepted()
    assert not stage.collected()
