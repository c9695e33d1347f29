"""Tokens, quotes and bookings of the simulated Uber Direct, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catering.simulator.uber.hooks import signature
from tests.simulator.conftest import Outside
from tests.simulator.uber import GRANT, ROUTE, Uber, address


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
