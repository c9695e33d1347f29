from __future__ import annotations

from typing import Any

import pytest

from catering.simulator import Configuration, application
from tests.simulator.conftest import Listener, Outside, running
from tests.simulator.test_open_kitchen import get, put
from tests.simulator.test_poster import create

ACCEPTED = "incoming_order"


def orders_told(listener: Listener) -> list[int]:
    return [body["object_id"] for body in listener.bodies()]


def test_the_same_seed_lives_the_same_life(outside: Outside) -> None:
    lives = [_ready_after(outside, seed) for seed in (1, 1, 2)]

    assert lives[0] == lives[1] != lives[2]


def test_a_reset_forgets_everything_but_numbers_it_gave(outside: Outside) -> None:
    first = put(outside).json()["ticket_id"]
    outside.fault("uber", "*", "error")
    outside.tell("restaurant/poster", reject_next=3)
    outside.tell("reset", seed=5)

    state = outside.http.get("/_sim/state").json()
    assert (state["seed"], state["faults"]) == (5, [])
    assert state["restaurants"]["poster"]["reject_next"] == 0
    assert outside.ledger() == {"effects": [], "requests": [], "webhooks": []}
    assert put(outside).json()["ticket_id"] != first


def test_time_that_is_told_to_run_runs_by_itself(outside: Outside, listener: Listener) -> None:
    outside.tell("restaurant/poster", accept_seconds=1)
    outside.tell("clock", speed=100_000)
    create(outside)

    assert listener.rang.wait(10)
    assert listener.bodies()[0]["object"] == ACCEPTED


def test_a_strict_restaurant_sells_only_what_it_has() -> None:
    items = (("open-kitchen", "SLP-0001", "Котлета", 12_900), ("poster", "169", "Суп", 34_950))
    with running(application(Configuration(speed=0, items=items, sells_anything=False))) as url:
        outside = Outside(url)
        soup = {"product_id": 170, "count": 1}
        assert put(outside).json()["unavailable"] == ["SLP-0007"]
        assert create(outside, products=[soup], payment=None)["error"]["code"] == 41
        assert "response" in create(outside)
        outside.http.close()


def test_the_front_door_says_what_is_here(outside: Outside) -> None:
    providers = outside.http.get("/").json()["providers"]
    assert providers == ["/open-kitchen", "/poster", "/uklon", "/uber", "/kasa"]


def test_time_does_not_run_backwards(outside: Outside) -> None:
    assert outside.http.post("/_sim/clock", json={"advance": -1}).status_code == 400


def test_held_webhooks_go_when_they_are_released(outside: Outside, listener: Listener) -> None:
    outside.tell("webhooks/hold")
    create(outside)
    outside.advance(90)
    assert listener.heard == []
    assert outside.ledger()["webhooks"][0]["state"] == "held"

    outside.tell("webhooks/release")
    outside.advance(0)
    assert len(listener.heard) == 1


def test_a_dropped_webhook_never_comes(outside: Outside, listener: Listener) -> None:
    outside.tell("webhooks/drop", times=1)
    create(outside)
    outside.advance(90)

    assert listener.heard == []
    assert outside.ledger()["webhooks"][0]["state"] == "dropped"


def test_a_duplicated_webhook_comes_twice_byte_for_byte(
    outside: Outside, listener: Listener
) -> None:
    outside.tell("webhooks/duplicate", times=1)
    create(outside)
    outside.advance(90)

    assert len(listener.heard) == 2
    assert listener.heard[0][1] == listener.heard[1][1]


def test_reordered_webhooks_come_backwards(outside: Outside, listener: Listener) -> None:
    outside.tell("restaurant/poster", accept_seconds=10)
    outside.tell("webhooks/reorder", times=2)
    first, second = (create(outside)["response"]["incoming_order_id"] for _ in range(2))
    outside.advance(20)

    assert orders_told(listener) == [second, first]


def test_a_webhook_to_nobody_is_an_attempt_without_status(outside: Outside) -> None:
    outside.tell("dashboard", poster_webhook_url="http://127.0.0.1:9/hook")
    create(outside)
    outside.advance(90)

    attempts = outside.ledger()["webhooks"][0]["attempts"]
    assert (attempts[0]["status"], attempts[0]["answer"]) == (None, "ConnectError")


def test_without_an_address_in_the_dashboard_nothing_is_sent(outside: Outside) -> None:
    create(outside)
    outside.advance(90)
    assert outside.ledger()["webhooks"] == []


def test_the_ledger_narrows_to_a_provider_and_a_reference(outside: Outside) -> None:
    put(outside)
    put(outside, "t-2")
    create(outside)
    query = {"provider": "open-kitchen", "reference": "t-1"}
    found = outside.http.get("/_sim/ledger", params=query).json()

    assert [effect["provider"] for effect in found["effects"]] == ["open-kitchen"]
    assert {request["provider"] for request in found["requests"]} == {"open-kitchen"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("courier/bolt", {}),
        ("courier/uber", {"speed": 1}),
        ("restaurant/moon", {}),
        ("restaurant/poster", {"mood": "bad"}),
        ("catalog/uber/1", {}),
        ("catalog/poster/1", {"colour": "red"}),
        ("webhooks/eat", {}),
        ("dashboard", {"wolt_webhook_url": "x"}),
        ("clock", {"advance": "soon"}),
    ],
)
def test_the_control_refuses_what_it_does_not_know(
    outside: Outside, path: str, body: dict[str, Any]
) -> None:
    answer = outside.http.post(f"/_sim/{path}", json=body)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def _ready_after(outside: Outside, seed: int) -> int:
    outside.tell("reset", seed=seed)
    outside.tell("clock", advance=0)
    put(outside)
    seconds = 0
    while get(outside)["status"] == "waiting":
        outside.advance(1)
        seconds += 1
    return seconds
