"""Every word of every provider that we were taught, and one that nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from catering.domain.reports import CourierStatus, KitchenStatus
from catering.providers import registry
from catering.providers.couriers.uber_direct import asking
from catering.providers.ports import (
    CourierReport,
    KitchenReport,
    NotServiceable,
    Place,
    Quote,
    Rejected,
    Trip,
    Unavailable,
)
from tests.providers.conftest import account_at, answering
from tests.providers.words import TICKET, rows, saying

OPEN_KITCHEN = """
waiting      WAITING
confirmed    ACCEPTED
cooking      PREPARING
packed       READY
handed_over  HANDED_OVER
refused      REJECTED
cancelled    CANCELLED
dreaming     UNKNOWN
"""
UBER = """
pending          PENDING
pickup           COURIER_ASSIGNED
pickup_complete  PICKED_UP
dropoff          EN_ROUTE
delivered        DELIVERED
canceled         CANCELLED
returned         RETURNED
levitating       UNKNOWN
"""
UKLON = """
placed                  delivering        PENDING
waiting_for_processing  delivering        PENDING
processing              delivering        PENDING
suspended               delivering        PENDING
accepted                delivering        COURIER_ASSIGNED
arrived                 delivering        AT_PICKUP
running                 delivering        EN_ROUTE
running                 arrived           AT_DROPOFF
returning               return_requested  EN_ROUTE
returning               returning         EN_ROUTE
completed               delivered         DELIVERED
completed               not_delivered     UNDELIVERED
completed               returned          RETURNED
completed               vanished          UNKNOWN
canceled                delivering        CANCELLED
wandering               delivering        UNKNOWN
"""
TRIP = Trip(
    reference="d-1",
    number="A-91",
    pickup=Place("Кухня", "Хрещатик 1", 50.45, 30.52, "+380501112233"),
    dropoff=Place("Ганна", "Сумська 2", 50.46, 30.51, "+380501112234"),
    items=TICKET.items,
    value=34_950,
    currency="UAH",
    pin="4711",
)


@pytest.mark.parametrize(
    ("door", "proof"),
    [
        ({"pin": "4711"}, {"pincode": {"enabled": True, "value": "4711"}}),
        ({"pin": None, "signed": True},
         {"signature_requirement": {"enabled": True, "collect_signer_name": True}}),
        ({"pin": None}, None),
    ],
)  # fmt: skip
def test_uber_is_told_what_proves_that_it_was_handed_over(
    door: dict[str, Any], proof: dict[str, Any] | None
) -> None:
    wanted = asking.delivery(replace(TRIP, **door), None, {})
    assert wanted.get("dropoff_verification") == proof


@pytest.mark.parametrize(("word", "means"), rows(OPEN_KITCHEN))
async def test_the_words_of_the_open_kitchen(word: str, means: str) -> None:
    kitchen = registry.kitchen(
        account_at("open_kitchen"), saying({"ticket_id": "sk-1", "status": word, "reason": None})
    )
    report = await kitchen.read("sk-1", "t-1")
    assert report == KitchenReport("sk-1", KitchenStatus[means], word)


@pytest.mark.parametrize(("word", "means"), rows(UBER))
async def test_the_words_of_uber(word: str, means: str) -> None:
    delivery = {"id": "del_1", "status": word, "fee": 620, "external_id": "d-1"}
    grant = {"access_token": "t", "expires_in": 2_592_000}
    courier = registry.courier(account_at("uber_direct"), saying({**grant, **delivery}))
    report = await courier.read("del_1")
    assert report == CourierReport("del_1", CourierStatus[means], word, fee=620, reference="d-1")


@pytest.mark.parametrize(("word", "door", "means"), rows(UKLON))
async def test_the_words_of_uklon(word: str, door: str, means: str) -> None:
    order = {
        "id": "o1",
        "status": word,
        "route": {"points": {"dropoffs": [{"id": 1, "status": door}]}},
        "receivers": [{"extra_parameters": {"external_tracking_number": "d-1"}}],
        "cost": {"total": 120.5},
    }
    grant = {"access_token": "t", "expires_in": 3_600}
    courier = registry.courier(account_at("uklon"), saying({**grant, **order}))
    report = await courier.read("o1")
    assert isinstance(report, CourierReport)
    assert (report.status, report.word) == (CourierStatus[means], f"{word}, {door}")
    assert (report.fee, report.reference) == (12_050, "d-1")


@pytest.mark.parametrize("code", ["couriers_busy", "robo_couriers_busy"])
async def test_no_free_courier_is_an_answer(code: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        return httpx.Response(503, json={"code": code, "message": "Busy.", "kind": "error"})

    courier = registry.courier(account_at("uber_direct"), answering(answer))
    assert await courier.quote(TRIP) == NotServiceable(code, "No courier is free.")
    assert await courier.book(TRIP, None) == Rejected(code, "No courier is free.")


@pytest.mark.parametrize("status", [503, 429])
async def test_a_courier_company_in_need_of_rest_has_done_nothing(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 60})
        return httpx.Response(status, headers={"retry-after": "9"}, content=b"<html>")

    courier = registry.courier(account_at("uber_direct"), answering(answer))
    booked = await courier.book(TRIP, None)
    assert booked == Unavailable(f"they answered {status}", timedelta(seconds=9))


async def test_a_quote_in_another_currency_is_none() -> None:
    fare = {"access_token": "t", "expires_in": 60, "id": "f", "fee": 5, "currency": "usd"}
    courier = registry.courier(account_at("uber_direct"), saying(fare))
    assert await courier.quote(TRIP) == NotServiceable("currency_mismatch", "They quote in USD.")


async def test_the_pin_is_not_told_to_a_courier_who_could_read_it() -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(200, json={"access_token": "t", "expires_in": 60, "id": "o1"})

    courier = registry.courier(account_at("uklon"), answering(answer))
    await courier.book(TRIP, Quote("f1", 12_000, "UAH", None, 12_000))
    assert b"d-1" in sent[-1]
    assert b"4711" not in sent[-1]
