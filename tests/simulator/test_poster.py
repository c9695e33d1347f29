from __future__ import annotations

import json
from typing import Any

import pytest

from catering.simulator.poster.hooks import verify
from tests.simulator.conftest import Listener, Outside

TOKEN = "demo:0123456789abcdef0123456789abcdef"
SECRET = "demo-poster-application-secret-0001"
ORDER: dict[str, Any] = {
    "spot_id": 1,
    "phone": "+380501112233",
    "comment": "ref t-1\nбез цибулі",
    "products": [{"product_id": 169, "count": 1, "price": 34_950}],
    "payment": {"type": 1, "sum": 34_950, "currency": "UAH"},
}


def create(outside: Outside, **changes: Any) -> dict[str, Any]:
    path = "/poster/api/incomingOrders.createIncomingOrder"
    answer = outside.http.post(path, params={"token": TOKEN}, json=ORDER | changes)
    assert answer.status_code == 200
    return dict(answer.json())


def read(outside: Outside, method: str, **query: Any) -> Any:
    answer = outside.http.get(f"/poster/api/{method}", params={"token": TOKEN, **query})
    assert answer.status_code == 200
    return answer.json()


def order(outside: Outside, order_id: int) -> dict[str, Any]:
    read_back = read(outside, "incomingOrders.getIncomingOrder", incoming_order_id=order_id)
    return dict(read_back["response"])


def test_the_verify_of_a_webhook_is_posters_own() -> None:
    signed = verify("demo", "incoming_order", 42, "changed", None, "1700000000", "appsecret")
    assert signed == "23d835b86bd3ca837ab2e4b55f2d9b98"


def test_the_verify_of_a_webhook_with_data_covers_the_text_of_the_data() -> None:
    data = '{"type":1,"element_id":7,"storage_id":1,"value_relative":-1,"value_absolute":0}'
    signed = verify("demo", "stock", 7, "changed", data, "1700000000", "appsecret")
    assert signed == "20822a1326355b34fc2baa13449997d2"


def test_an_order_is_new_then_accepted_then_its_bill_is_closed(outside: Outside) -> None:
    made = create(outside)["response"]
    assert (made["status"], made["transaction_id"]) == (0, None)

    outside.advance(90)
    accepted = order(outside, made["incoming_order_id"])
    assert accepted["status"] == 1
    bill = accepted["transaction_id"]
    opened = read(outside, "dash.getTransaction", transaction_id=bill)["response"]
    assert [each["status"] for each in opened] == ["1"]

    outside.advance(900)
    closed = read(outside, "dash.getTransaction", transaction_id=bill)["response"][0]
    assert (closed["status"], closed["payed_sum"]) == ("2", "34950")


def test_poster_cannot_tell_that_it_had_an_order_before(outside: Outside) -> None:
    create(outside)
    create(outside)

    assert [effect["live"] for effect in outside.effects("t-1")] == [True, True]


def test_a_refused_order_has_status_7_and_is_not_live(outside: Outside) -> None:
    outside.tell("restaurant/poster", reject_next=1)
    made = create(outside)["response"]
    outside.advance(90)

    assert order(outside, made["incoming_order_id"])["status"] == 7
    assert [effect["live"] for effect in outside.effects("t-1")] == [False]


def test_an_abandoned_order_has_its_bill_removed(outside: Outside) -> None:
    outside.tell("restaurant/poster", abandon_next=1)
    made = create(outside)["response"]
    outside.advance(300)
    after = order(outside, made["incoming_order_id"])

    bill = read(outside, "dash.getTransaction", transaction_id=after["transaction_id"])
    assert (after["status"], bill["response"][0]["status"]) == (7, "3")


def test_a_product_that_is_out_is_hidden_and_its_order_refused_by_people(outside: Outside) -> None:
    outside.tell("catalog/poster/169", available=False)
    made = create(outside)["response"]
    outside.advance(90)

    shown = read(outside, "menu.getProducts")["response"]
    assert {spot["visible"] for spot in shown[0]["spots"]} == {"0"}
    assert order(outside, made["incoming_order_id"])["status"] == 7


def test_lists_tell_as_text_what_single_orders_tell_as_numbers(outside: Outside) -> None:
    made = create(outside)["response"]
    day = made["created_at"][:10]
    window = {"date_from": f"{day} 00:00:00", "date_to": f"{day} 23:59:59", "status": 0}

    listed = read(outside, "incomingOrders.getIncomingOrders", **window)["response"]

    assert listed[0]["incoming_order_id"] == str(made["incoming_order_id"])
    assert listed[0]["products"][0]["count"] == "1.00000"
    assert listed[0]["comment"] == ORDER["comment"]
    assert read(outside, "incomingOrders.getIncomingOrders", status=7)["response"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spot_id": 99}, 60),
        ({"phone": "0501112233"}, 34),
        ({"phone": None}, 34),
        ({"products": []}, 34),
        ({"products": [{"product_id": "soup", "count": 1}]}, 41),
        ({"products": [{"product_id": 169, "modificator_id": "large", "count": 1}]}, 42),
        ({"products": [{"product_id": 169, "count": 1, "price": 349.5}]}, 34),
        ({"payment": {"type": 1, "sum": 1, "currency": "UAH"}}, 88),
        ({"payment": {"type": 1, "sum": 34_950, "currency": "EUR"}}, 4001),
    ],
)
def test_errors_come_with_200_and_leave_no_order(
    outside: Outside, changes: dict[str, Any], code: int
) -> None:
    assert create(outside, **changes)["error"]["code"] == code
    assert outside.effects("t-1") == []


def test_the_token_is_in_the_query_and_not_in_the_ledger(outside: Outside) -> None:
    path = "/poster/api/menu.getProducts"
    assert outside.http.get(path).json()["error"]["code"] == 10
    assert outside.http.get(path, params={"token": "no"}).json()["error"]["code"] == 11

    assert [each["query"] for each in outside.ledger()["requests"]] == [{}, {"token": "***"}]


def test_an_accepted_order_is_announced_and_signed(outside: Outside, listener: Listener) -> None:
    made = create(outside)["response"]
    outside.advance(90)

    (told,) = listener.bodies()
    assert (told["object"], told["object_id"]) == ("incoming_order", made["incoming_order_id"])
    assert told["verify"] == verify(
        "demo", "incoming_order", told["object_id"], "changed", None, told["time"], SECRET
    )


def test_the_closed_bill_is_announced_as_a_transaction(
    outside: Outside, listener: Listener
) -> None:
    made = create(outside)["response"]
    outside.advance(1_000)

    bill = order(outside, made["incoming_order_id"])["transaction_id"]
    told = listener.bodies()[-1]
    assert (told["object"], told["object_id"], told["action"]) == ("transaction", bill, "changed")


def test_a_webhook_is_repeated_until_the_right_body_comes_back(
    outside: Outside, listener: Listener
) -> None:
    listener.answers += [(500, {}), (200, {"status": "ok"})]
    create(outside)
    outside.advance(95)

    (sent,) = outside.ledger()["webhooks"]
    assert [attempt["accepted"] for attempt in sent["attempts"]] == [False, False, True]
    assert len({body for _, body in listener.heard}) == 1
    assert json.loads(sent["body"]) == listener.bodies()[0]


def test_poster_gives_up_after_fifteen_tries(outside: Outside, listener: Listener) -> None:
    listener.answers += [(200, {"status": "no"})] * 15
    create(outside)
    outside.advance(1_000)

    sent = outside.ledger()["webhooks"][0]
    assert (len(sent["attempts"]), sent["state"]) == (15, "given_up")


def test_a_changed_product_is_announced(outside: Outside, listener: Listener) -> None:
    outside.tell("catalog/poster/169", available=False)
    outside.advance(0)

    (told,) = listener.bodies()
    assert (told["object"], told["object_id"]) == ("dish", 169)
