from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from catering.simulator.uber.hooks import signature
from tests.simulator.conftest import Listener, Outside

KEY = "demo-uber-signing-key-00000000000001"
HOME = "/uber/v1/customers/demo-customer"
GRANT = {
    "grant_type": "client_credentials",
    "client_id": "demo-uber-client",
    "client_secret": "demo-uber-client-secret-000000000001",
    "scope": "eats.deliveries",
}


def address(line: str) -> str:
    return json.dumps({"street_address": [line], "city": "Київ", "country": "UA"})


ROUTE: dict[str, Any] = {
    "pickup_address": address("Хрещатик, 1"),
    "pickup_latitude": 50.45,
    "pickup_longitude": 30.52,
    "dropoff_address": address("Сагайдачного, 25"),
    "dropoff_latitude": 50.46,
    "dropoff_longitude": 30.53,
}
DELIVERY: dict[str, Any] = ROUTE | {
    "pickup_name": "Кухня",
    "pickup_phone_number": "+380501112233",
    "dropoff_name": "Ганна",
    "dropoff_phone_number": "+380501112244",
    "external_id": "d-1",
    "idempotency_key": "d-1",
    "manifest_items": [{"name": "Борщ", "quantity": 1, "size": "small", "price": 12_000}],
}


class Uber:
    def __init__(self, outside: Outside) -> None:
        self.http = outside.http
        token = self.http.post("/uber/oauth/v2/token", data=GRANT).json()
        self.bearer = {"Authorization": f"Bearer {token['access_token']}"}

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.http.post(HOME + path, json=body, headers=self.bearer)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(HOME + path, params=query, headers=self.bearer)

    def book(self, **changes: Any) -> httpx.Response:
        return self.post("/deliveries", DELIVERY | changes)

    def status(self, delivery_id: str) -> str:
        return str(self.get(f"/deliveries/{delivery_id}").json()["status"])


@pytest.fixture
def uber(outside: Outside) -> Uber:
    return Uber(outside)


def test_the_signature_is_ubers() -> None:
    body = b'{"kind":"event.delivery_status","id":"evt_1","delivery_id":"del_1","status":"pickup"}'
    expected = "5c4e07f26b4b59568c1d73e3b44cd6ca3058baca4696d070627c33309c286a9a"
    assert signature(body, "sim-secret-1") == expected


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "no"}, 401, "invalid_client"),
        ({"scope": "direct.organizations"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_grant_gets_no_token(
    outside: Outside, changes: dict[str, str], status: int, error: str
) -> None:
    answer = outside.http.post("/uber/oauth/v2/token", data=GRANT | changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_tokens_are_rationed_by_the_hour(outside: Outside) -> None:
    answers = [outside.http.post("/uber/oauth/v2/token", data=GRANT) for _ in range(101)]
    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    outside.advance(3_600)
    assert outside.http.post("/uber/oauth/v2/token", data=GRANT).status_code == 200


def test_a_token_lives_thirty_days(outside: Outside, uber: Uber) -> None:
    assert uber.get("/deliveries").status_code == 200
    outside.advance(30 * 86_400)
    assert uber.get("/deliveries").status_code == 401


def test_a_quote_is_good_for_one_delivery(uber: Uber) -> None:
    quote = uber.post("/delivery_quotes", ROUTE).json()
    assert (quote["currency"], quote["currency_type"]) == ("uah", "UAH")

    booked = uber.book(quote_id=quote["id"]).json()
    again = uber.book(quote_id=quote["id"], external_id="d-2", idempotency_key="d-2")

    assert booked["fee"] == quote["fee"]
    assert (again.status_code, again.json()["code"]) == (400, "used_quote")


def test_a_quote_ends_after_fifteen_minutes(outside: Outside, uber: Uber) -> None:
    quote = uber.post("/delivery_quotes", ROUTE).json()
    outside.advance(900)

    assert uber.book(quote_id=quote["id"]).json()["code"] == "expired_quote"
    assert outside.effects("d-1") == []


def test_a_quote_for_another_street_is_refused(uber: Uber) -> None:
    quote = uber.post("/delivery_quotes", ROUTE).json()
    answer = uber.book(quote_id=quote["id"], dropoff_address=address("Інша, 2"))
    assert answer.json()["code"] == "mismatched_price_quote"


def test_a_repeated_booking_answers_409_with_the_first_id(outside: Outside, uber: Uber) -> None:
    first = uber.book().json()
    again = uber.book()

    assert again.status_code == 409
    assert again.json()["code"] == "duplicate_delivery"
    assert again.json()["metadata"] == {"delivery_id": first["id"]}
    assert len(outside.effects("d-1")) == 1


def test_the_reference_is_remembered_longer_than_the_key(outside: Outside, uber: Uber) -> None:
    uber.book()
    outside.advance(3_600)

    assert uber.book().status_code == 409
    assert uber.book(external_id="d-2").status_code == 200


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


def test_deliveries_are_listed_newest_first_in_pages(uber: Uber) -> None:
    numbers = [uber.book(external_id=x, idempotency_key=x).json()["id"] for x in "abc"]
    page = uber.get("/deliveries", limit=2).json()

    assert [each["id"] for each in page["data"]] == [numbers[2], numbers[1]]
    assert (page["total_count"], bool(page["next_href"])) == (-1, True)
    assert uber.get("/deliveries", limit=2, offset=2).json()["next_href"] == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pickup_address": {"street_address": ["Хрещатик, 1"]}}, "pickup_address"),
        ({"pickup_address": "Хрещатик, 1"}, "pickup_address"),
        ({"dropoff_phone_number": "0501112233"}, "dropoff_phone_number"),
        ({"dropoff_notes": "x" * 281}, "dropoff_notes"),
        ({"pickup_name": None}, "pickup_name"),
        ({"manifest_items": []}, "manifest_items"),
        ({"manifest_items": [{"name": "Борщ", "quantity": 0}]}, "manifest_items.0.quantity"),
        ({"undeliverable_action": "throw"}, "undeliverable_action"),
        ({"pickup_ready_dt": "2026-01-01T10:00:00"}, "pickup_ready_dt"),
    ],
)
def test_a_malformed_booking_is_refused_field_by_field(
    outside: Outside, uber: Uber, changes: dict[str, Any], field: str
) -> None:
    answer = uber.book(**changes)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_params")
    assert list(answer.json()["metadata"]) == [field]
    assert outside.effects("d-1") == []


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ({"pickup_ready_dt": -10}, "pickup_ready_too_early"),
        ({"pickup_ready_dt": 31 * 24 * 60}, "pickup_ready_too_late"),
        ({"pickup_deadline_dt": 15}, "pickup_deadline_too_early"),
        ({"pickup_ready_dt": 30, "pickup_deadline_dt": 35}, "pickup_window_too_small"),
        ({"pickup_deadline_dt": 30, "dropoff_ready_dt": 40}, "dropoff_ready_after_pickup_deadline"),
        ({"dropoff_ready_dt": 30, "dropoff_deadline_dt": 40}, "dropoff_window_too_small"),
    ],
)
def test_windows_have_an_order_and_a_least_width(
    uber: Uber, minutes: dict[str, int], code: str
) -> None:
    now = datetime.now(UTC)
    windows = {name: (now + timedelta(minutes=m)).isoformat() for name, m in minutes.items()}

    assert uber.book(**windows).json()["code"] == code


def test_another_customer_does_not_exist(outside: Outside, uber: Uber) -> None:
    answer = outside.http.get("/uber/v1/customers/other/deliveries", headers=uber.bearer)
    assert (answer.status_code, answer.json()["code"]) == (404, "customer_not_found")


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
