from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.simulator.conftest import Outside

KEY = {"Authorization": "Bearer demo-silpo-key-0123456789abcdef0123"}
BORSCHT = {"sku": "SLP-0007", "name": "Борщ", "quantity": 2, "unit_price_minor": 12_000}
TICKET: dict[str, Any] = {
    "spot": "gulliver",
    "number": "A-91",
    "items": [BORSCHT],
    "currency": "UAH",
    "phone": "+380501112233",
}


def put(outside: Outside, reference: str = "t-1", **changes: Any) -> httpx.Response:
    path = f"/open-kitchen/v1/tickets/{reference}"
    return outside.http.put(path, json=TICKET | changes, headers=KEY)


def get(outside: Outside, reference: str = "t-1") -> dict[str, Any]:
    return dict(outside.http.get(f"/open-kitchen/v1/tickets/{reference}", headers=KEY).json())


def cancel(outside: Outside, reference: str = "t-1") -> httpx.Response:
    path = f"/open-kitchen/v1/tickets/{reference}/cancel"
    return outside.http.post(path, json={"reason": "plans changed"}, headers=KEY)


def test_a_ticket_waits_until_somebody_looks_at_it(outside: Outside) -> None:
    answer = put(outside)

    assert answer.status_code == 201
    assert answer.json() | {"ticket_id": "?"} == {
        "reference": "t-1",
        "ticket_id": "?",
        "status": "waiting",
        "reason": None,
        "ready_at": None,
        "unavailable": [],
        "version": 1,
    }


def test_a_ticket_lives_by_the_clock_and_its_version_grows(outside: Outside) -> None:
    put(outside)
    lives = []
    for seconds in (0, 90, 30, 900):
        outside.advance(seconds)
        ticket = get(outside)
        lives.append((ticket["status"], ticket["version"]))

    assert lives == [("waiting", 1), ("confirmed", 2), ("cooking", 3), ("packed", 4)]
    assert get(outside)["ready_at"].endswith("Z")


def test_food_is_handed_over_only_when_the_kitchen_was_told_to(outside: Outside) -> None:
    outside.tell("restaurant/open-kitchen:gulliver", hand_over_seconds=60)
    put(outside)
    outside.advance(90 + 900 + 60)

    assert get(outside)["status"] == "handed_over"


def test_the_same_ticket_twice_is_cooked_once(outside: Outside) -> None:
    first, again = put(outside), put(outside, comment=None)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(outside.effects("t-1")) == 1


def test_another_ticket_under_the_same_reference_is_refused(outside: Outside) -> None:
    put(outside)
    answer = put(outside, number="B-1")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "reference_taken"
    assert len(outside.effects("t-1")) == 1


def test_a_ticket_with_a_missing_item_names_it_and_leaves_the_reference_free(
    outside: Outside,
) -> None:
    outside.tell("catalog/open-kitchen/SLP-0007", available=False)
    answer = put(outside)

    assert (answer.status_code, answer.json()["unavailable"]) == (422, ["SLP-0007"])
    assert outside.effects("t-1") == []
    outside.tell("catalog/open-kitchen/SLP-0007", available=True)
    assert put(outside, number="B-1").status_code == 201


def test_stock_is_set_aside_and_comes_back_with_a_cancelled_ticket(outside: Outside) -> None:
    outside.tell("catalog/open-kitchen/SLP-0007", stock=3)
    put(outside)
    assert put(outside, "t-2").status_code == 422

    assert cancel(outside).json()["status"] == "cancelled"
    assert put(outside, "t-2").status_code == 201


def test_stock_tells_what_can_be_had(outside: Outside) -> None:
    outside.tell("catalog/open-kitchen/SLP-0007", name="Борщ", price=12_000, stock=3)
    path = "/open-kitchen/v1/stock"

    stock = outside.http.get(path, params={"spot": "gulliver"}, headers=KEY).json()

    assert stock["items"] == [
        {
            "sku": "SLP-0007",
            "name": "Борщ",
            "available": True,
            "quantity": 3,
            "unit_price_minor": 12_000,
            "currency": "UAH",
        }
    ]
    assert outside.http.get(path, params={"spot": "moon"}, headers=KEY).status_code == 404


def test_cancelling_twice_is_as_good_as_once(outside: Outside) -> None:
    put(outside)

    assert cancel(outside).json() == cancel(outside).json()
    assert [effect["live"] for effect in outside.effects("t-1")] == [False]


def test_a_ticket_that_is_cooking_cannot_be_called_off(outside: Outside) -> None:
    put(outside)
    outside.advance(130)
    answer = cancel(outside)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "too_late")
    assert answer.json()["ticket"] == get(outside)
    assert outside.effects("t-1")[0]["live"]


def test_a_refused_ticket_says_why_and_is_not_live(outside: Outside) -> None:
    outside.tell("restaurant/open-kitchen", reject_next=1, reason="Піч зламалась")
    put(outside)
    outside.advance(90)

    assert (get(outside)["status"], get(outside)["reason"]) == ("refused", "Піч зламалась")
    assert not outside.effects("t-1")[0]["live"]


def test_a_kitchen_may_give_up_while_it_cooks(outside: Outside) -> None:
    outside.tell("restaurant/open-kitchen", abandon_next=1)
    put(outside)
    outside.advance(130)
    assert get(outside)["status"] == "cooking"
    outside.advance(30)
    assert get(outside)["status"] == "refused"


@pytest.mark.parametrize("silent", [{"never_answer": True}, {"auto_accept": False}])
def test_a_kitchen_may_never_answer(outside: Outside, silent: dict[str, bool]) -> None:
    outside.tell("restaurant/open-kitchen", **silent)
    put(outside)
    outside.advance(86_400)

    assert get(outside)["status"] == "waiting"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"spot": "moon"}, "spot"),
        ({"phone": "050 111 22 33"}, "phone"),
        ({"currency": "uah"}, "currency"),
        ({"wanted_at": "2026-01-01T10:00:00"}, "wanted_at"),
        ({"items": []}, "items"),
        ({"items": [BORSCHT, BORSCHT]}, "items"),
        ({"items": [BORSCHT | {"quantity": 0}]}, "items.0.quantity"),
        ({"items": [BORSCHT | {"unit_price_minor": 120.5}]}, "items.0.unit_price_minor"),
    ],
)
def test_a_malformed_ticket_is_refused_field_by_field(
    outside: Outside, changes: dict[str, Any], field: str
) -> None:
    answer = put(outside, **changes)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert outside.effects("t-1") == []


def test_nobody_gets_in_without_the_key(outside: Outside) -> None:
    path = "/open-kitchen/v1/tickets/t-1"

    assert outside.http.get(path).status_code == 401
    assert outside.http.get(path, headers={"Authorization": "Bearer no"}).status_code == 401
    assert outside.http.get(path, headers=KEY).json()["error"]["code"] == "unknown_ticket"


BREAD = {"sku": "SLP-0021", "name": "Пампушка", "quantity": 4, "unit_price_minor": 1_800}


def cook_instead(outside: Outside, *items: dict[str, Any]) -> httpx.Response:
    path = "/open-kitchen/v1/tickets/t-1/items"
    return outside.http.put(path, json={"items": list(items)}, headers=KEY)


def test_a_kitchen_that_finds_something_gone_waits_to_hear_what_to_cook_instead(
    outside: Outside,
) -> None:
    outside.tell("restaurant/open-kitchen:gulliver", miss_next=1)
    put(outside, items=[BORSCHT, BREAD])
    outside.advance(90 + 30)
    assert (get(outside)["status"], get(outside)["unavailable"]) == ("cooking", ["SLP-0007"])
    outside.advance(3_600)
    assert get(outside)["status"] == "cooking"

    assert cook_instead(outside, BORSCHT).json()["unavailable"] == ["SLP-0007"]
    for _ in range(2):
        answer = cook_instead(outside, BREAD)
        assert (answer.status_code, answer.json()["unavailable"]) == (200, [])

    outside.advance(900)
    assert get(outside)["status"] == "packed"
    late = cook_instead(outside, BORSCHT)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "too_late")


def test_what_is_cooked_instead_has_to_be_there_and_its_stock_is_set_aside(
    outside: Outside,
) -> None:
    outside.tell("catalog/open-kitchen/SLP-0021", stock=4)
    put(outside)
    more = cook_instead(outside, BREAD | {"quantity": 5})
    assert (more.status_code, more.json()["unavailable"]) == (422, ["SLP-0021"])

    assert cook_instead(outside, BREAD).status_code == 200
    assert put(outside, "t-2", items=[BREAD]).status_code == 422
    assert cook_instead(outside, BORSCHT).status_code == 200
    assert put(outside, "t-2", items=[BREAD]).status_code == 201
    assert cook_instead(outside).status_code == 400
