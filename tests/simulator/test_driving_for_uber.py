"""A delivery of the simulated Uber Direct: driven, given up, listed and told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catering.simulator.uber.hooks import signature
from tests.simulator.conftest import Listener, Outside
from tests.simulator.uber import Uber

KEY = "demo-uber-signing-key-00000000000001"


def test_a_delivery_is_driven_from_door_to_door(outside: Outside, uber: Uber) -> None:
    outside.tell(
        "courier/uber",
        assign_seconds=60,
        to_pickup_seconds=300,
        wait_seconds=60,
        to_dropoff_seconds=600,
    )
    number = uber.book().json()["id"]
    seen = []
    for seconds in (0, 60, 250, 50, 60, 500, 100):
        outside.advance(seconds)
        delivery = uber.get(f"/deliveries/{number}").json()
        seen.append((delivery["status"], delivery["courier_imminent"]))

    assert seen == [
        ("pending", False),
        ("pickup", False),
        ("pickup", True),
        ("pickup", True),
        ("dropoff", False),
        ("dropoff", True),
        ("delivered", False),
    ]
    assert outside.effects("d-1")[0] | {"external_id": "?"} == {
        "provider": "uber",
        "kind": "booking",
        "reference": "d-1",
        "external_id": "?",
        "status": "delivered",
        "live": True,
    }


def test_the_courier_drives_in_a_straight_line(outside: Outside, uber: Uber) -> None:
    outside.tell(
        "courier/uber",
        assign_seconds=0,
        to_pickup_seconds=300,
        wait_seconds=0,
        to_dropoff_seconds=600,
    )
    number = uber.book().json()["id"]
    outside.advance(300 + 300)
    location = uber.get(f"/deliveries/{number}").json()["courier"]["location"]

    assert location == pytest.approx({"lat": 50.455, "lng": 30.525})


def test_the_food_is_not_collected_before_it_is_ready(outside: Outside, uber: Uber) -> None:
    ready = datetime.now(UTC) + timedelta(hours=1)
    number = uber.book(pickup_ready_dt=ready.isoformat()).json()["id"]
    outside.advance(3_500)
    assert uber.status(number) in ("pending", "pickup")
    outside.advance(300)
    assert uber.status(number) == "dropoff"


def test_a_delivery_can_be_called_off_until_it_is_collected(outside: Outside, uber: Uber) -> None:
    number = uber.book().json()["id"]
    outside.advance(200)
    assert uber.post(f"/deliveries/{number}/cancel", {}).json()["status"] == "canceled"
    assert [effect["live"] for effect in outside.effects("d-1")] == [False]

    other = uber.book(external_id="d-2", idempotency_key="d-2").json()["id"]
    outside.advance(900)
    answer = uber.post(f"/deliveries/{other}/cancel", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "noncancelable_delivery")
    assert outside.effects("d-2")[0]["live"]


def test_without_a_courier_the_delivery_is_canceled_in_the_end(
    outside: Outside, uber: Uber
) -> None:
    outside.tell("courier/uber", no_courier=True)
    number = uber.book().json()["id"]
    outside.advance(899)
    assert uber.status(number) == "pending"
    outside.advance(1)
    assert uber.status(number) == "canceled"


def test_a_courier_may_give_up_on_the_way(outside: Outside, uber: Uber) -> None:
    outside.tell("courier/uber", cancel_next=1)
    first, second = (uber.book(external_id=x, idempotency_key=x).json()["id"] for x in "ab")
    outside.advance(3_600)

    assert (uber.status(first), uber.status(second)) == ("canceled", "delivered")


def test_a_delivery_that_nobody_takes_is_returned(outside: Outside, uber: Uber) -> None:
    outside.tell("courier/uber", fail_next=1)
    number = uber.book().json()["id"]
    outside.advance(3_600)

    assert uber.status(number) == "returned"


def test_every_status_is_told_signed_and_in_order(
    outside: Outside, uber: Uber, listener: Listener
) -> None:
    number = uber.book().json()["id"]
    outside.advance(3_600)

    told = [body for body in listener.bodies() if body["kind"] == "event.delivery_status"]
    statuses = [body["status"] for body in told]
    assert list(dict.fromkeys(statuses)) == ["pickup", "pickup_complete", "dropoff", "delivered"]
    assert {body["delivery_id"] for body in told} == {number}
    assert told[-1]["data"]["external_id"] == "d-1"
    assert all(
        signature(raw, KEY) == headers["x-uber-signature"] for headers, raw in listener.heard
    )
    assert len({body["id"] for body in listener.bodies()}) == len(listener.heard)


def test_the_courier_is_told_of_every_twenty_seconds(
    outside: Outside, uber: Uber, listener: Listener
) -> None:
    outside.tell("courier/uber", assign_seconds=0, to_pickup_seconds=300)
    uber.book()
    outside.advance(100)

    told = [body for body in listener.bodies() if body["kind"] == "event.courier_update"]
    assert len(told) == 6
    assert set(told[0]["location"]) == {"lat", "lng"}


def test_uber_tries_seven_times_ever_slower(
    outside: Outside, uber: Uber, listener: Listener
) -> None:
    listener.answers += [(500, {})] * 8
    number = uber.book().json()["id"]
    uber.post(f"/deliveries/{number}/cancel", {})
    outside.advance(62)
    assert len(listener.heard) == 6
    outside.advance(10)

    (sent,) = outside.ledger()["webhooks"]
    assert (len(listener.heard), sent["state"]) == (7, "given_up")
