from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import Outside

HOME = "/uklon/api/v1"
CREDENTIALS = {
    "app_uid": "demo-uklon-app",
    "client_id": "demo-uklon-client",
    "client_secret": "demo-uklon-client-secret-000000001",
}
ESTIMATE: dict[str, Any] = {
    "city": 1,
    "pickup_point": {"latitude": 50.45, "longitude": 30.52, "address": "Хрещатик, 1"},
    "dropoff_points": [{"latitude": 50.46, "longitude": 30.53, "address": "Поділ, 2"}],
    "products": {"courier": {}, "car": {}},
}


class Uklon:
    def __init__(self, outside: Outside) -> None:
        self.http = outside.http
        token = self.http.post(f"{HOME}/auth", json=CREDENTIALS).json()
        self.bearer = {"Authorization": f"Bearer {token['access_token']}"}

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        return self.http.request(method, HOME + path, json=body, params=query, headers=self.bearer)

    def fare(self, **changes: Any) -> dict[str, Any]:
        return dict(self.call("POST", "/fares/estimate", ESTIMATE | changes).json())

    def order(self, reference: str = "d-1", **changes: Any) -> httpx.Response:
        fare = self.fare()
        cost = fare["estimated_products"]["courier"]["estimation"]["cost"]
        receiver = {
            "name": "Ганна",
            "phone": "+380501112233",
            "extra_parameters": {"external_tracking_number": reference},
        }
        body = {
            "fare_id": fare["id"],
            "product": "courier",
            "agreed_cost": cost["recommended"],
            "sender": {"name": "Кухня", "phone": "+380501112244"},
            "receivers": [receiver],
        }
        return self.call("POST", "/orders", body | changes)

    def read(self, number: str) -> dict[str, Any]:
        return dict(self.call("GET", f"/orders/{number}").json())


@pytest.fixture
def uklon(outside: Outside) -> Uklon:
    return Uklon(outside)


def test_wrong_credentials_get_no_token(outside: Outside) -> None:
    answer = outside.http.post(f"{HOME}/auth", json=CREDENTIALS | {"app_uid": "no"})
    assert (answer.status_code, answer.json()["subcode"]) == (401, "invalid_credentials")


def test_a_fare_is_a_band_of_prices_with_an_end(outside: Outside, uklon: Uklon) -> None:
    fare = uklon.fare()
    cost = fare["estimated_products"]["courier"]["estimation"]["cost"]

    assert cost["minimum"] < cost["recommended"] < cost["maximum"]
    now = outside.http.get("/_sim/state").json()["now"]
    assert fare["expires_at"] > 0 < len(now)


def test_a_courier_does_not_go_to_another_city(uklon: Uklon) -> None:
    far = [{"latitude": 49.84, "longitude": 24.03}]
    products = uklon.fare(dropoff_points=far)["estimated_products"]
    assert products["courier"] == {"error": {"sub_code": "route_too_long"}}


def test_an_order_is_answered_with_its_number_only(uklon: Uklon) -> None:
    assert list(uklon.order().json()) == ["id"]


def test_a_price_outside_the_band_is_refused(outside: Outside, uklon: Uklon) -> None:
    answer = uklon.order(agreed_cost=1)

    assert (answer.status_code, answer.json()["subcode"]) == (422, "invalid_agreed_cost")
    assert outside.effects("d-1") == []


def test_a_fare_that_is_over_is_refused(outside: Outside, uklon: Uklon) -> None:
    fare = uklon.fare()
    outside.advance(900)
    assert uklon.order(fare_id=fare["id"]).json()["subcode"] == "invalid_fare"


def test_uklon_cannot_tell_that_it_had_an_order_before(outside: Outside, uklon: Uklon) -> None:
    uklon.order()
    uklon.order()
    assert [effect["live"] for effect in outside.effects("d-1")] == [True, True]


def test_an_order_is_found_by_our_reference_among_the_active_ones(uklon: Uklon) -> None:
    number = uklon.order().json()["id"]
    (found,) = uklon.call("GET", "/orders/active").json()["items"]

    assert found["id"] == number
    assert found["receivers"][0]["extra_parameters"] == {"external_tracking_number": "d-1"}


def test_an_order_is_driven_and_archived(outside: Outside, uklon: Uklon) -> None:
    outside.tell(
        "courier/uklon",
        assign_seconds=60,
        to_pickup_seconds=300,
        wait_seconds=60,
        to_dropoff_seconds=600,
    )
    number = uklon.order().json()["id"]
    seen = []
    for seconds in (0, 60, 300, 60, 600):
        outside.advance(seconds)
        order = uklon.read(number)
        seen.append((order["status"], order["route"]["points"]["dropoffs"][0]["status"]))

    assert seen == [
        ("processing", "delivering"),
        ("accepted", "delivering"),
        ("arrived", "delivering"),
        ("running", "delivering"),
        ("completed", "delivered"),
    ]
    assert uklon.call("GET", "/orders/active").json()["items"] == []
    assert uklon.call("GET", "/orders/archived").json()["items"][0]["id"] == number


def test_completed_can_hide_that_nothing_was_delivered(outside: Outside, uklon: Uklon) -> None:
    outside.tell("courier/uklon", fail_next=1)
    number = uklon.order().json()["id"]
    outside.advance(3_600)
    order = uklon.read(number)

    assert order["status"] == "completed"
    assert order["route"]["points"]["dropoffs"][0]["status"] == "not_delivered"


def test_the_driver_is_somewhere_only_on_the_way(outside: Outside, uklon: Uklon) -> None:
    outside.tell("courier/uklon", assign_seconds=60)
    number = uklon.order().json()["id"]
    path = f"/orders/{number}/driver/location"
    assert uklon.call("GET", path).status_code == 404

    outside.advance(60)
    location = uklon.call("GET", path).json()
    assert set(location) == {"latitude", "longitude", "bearing", "next_point_eta"}
    assert 0 <= location["bearing"] < 360

    outside.advance(3_600)
    assert uklon.call("GET", path).status_code == 404


def test_an_order_can_be_called_off_until_it_is_collected(outside: Outside, uklon: Uklon) -> None:
    number = uklon.order().json()["id"]
    path = f"/orders/{number}/cancel"

    assert uklon.call("PUT", path, {"reason": "bored"}).status_code == 400
    assert uklon.call("PUT", path, {"reason": "plans_changed"}).status_code == 204
    assert uklon.read(number)["status"] == "canceled"
    assert [effect["live"] for effect in outside.effects("d-1")] == [False]


def test_an_order_on_the_way_cannot_be_called_off(outside: Outside, uklon: Uklon) -> None:
    number = uklon.order().json()["id"]
    outside.advance(780)
    answer = uklon.call("PUT", f"/orders/{number}/cancel", {"reason": "plans_changed"})

    assert (answer.status_code, answer.json()["subcode"]) == (409, "order_not_cancellable")
    assert outside.effects("d-1")[0]["live"]


def test_pages_do_not_shift_when_new_orders_come(uklon: Uklon) -> None:
    numbers = [uklon.order(f"d-{n}").json()["id"] for n in range(3)]
    first = uklon.call("GET", "/orders/active", limit=2).json()
    uklon.order("d-9")
    rest = uklon.call("GET", "/orders/active", limit=2, cursor=first["next_cursor"]).json()

    assert [each["id"] for each in first["items"] + rest["items"]] == numbers[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"city": 99}, "city"),
        ({"pickup_point": {"latitude": "50", "longitude": 30.5}}, "pickup_point.latitude"),
        ({"dropoff_points": []}, "dropoff_points"),
        ({"products": {"boat": {}}}, "products"),
    ],
)
def test_a_malformed_estimate_is_refused(uklon: Uklon, changes: dict[str, Any], field: str) -> None:
    assert list(uklon.fare(**changes)["descriptions"]) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agreed_cost": "100.00"}, "agreed_cost"),
        ({"sender": {"name": "Кухня", "phone": "050"}}, "sender.phone"),
        ({"receivers": []}, "receivers"),
        ({"product": "boat"}, "product"),
    ],
)
def test_a_malformed_order_is_refused(
    outside: Outside, uklon: Uklon, changes: dict[str, Any], field: str
) -> None:
    assert list(uklon.order(**changes).json()["descriptions"]) == [field]
    assert outside.effects("d-1") == []


def test_a_token_ends_after_a_day(outside: Outside, uklon: Uklon) -> None:
    assert uklon.call("GET", "/cities").json()[0] == {"id": 1, "name": "Київ"}
    outside.advance(86_400)
    assert uklon.call("GET", "/cities").status_code == 401
