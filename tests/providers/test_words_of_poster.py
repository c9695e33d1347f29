"""Every number and word of Poster that we were taught, and what it is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from catering.domain.reports import KitchenStatus
from catering.providers import registry
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    Found,
    KitchenReport,
    KitchenTicket,
    Missing,
    Pending,
    Rejected,
    Submission,
    TicketItem,
    TicketModifier,
)
from catering.simulator.poster import reading
from tests.providers.conftest import account_at, answering
from tests.providers.words import TICKET, rows, saying

POSTER = """
0  -     -  WAITING
1  -     -  ACCEPTED
1  9876  1  ACCEPTED
1  9876  2  HANDED_OVER
1  9876  3  CANCELLED
7  -     -  REJECTED
7  9876  3  CANCELLED
5  -     -  UNKNOWN
"""
REFUSED = """
10    Unavailable
11    Unavailable
12    Unavailable
20    Unavailable
700   Unavailable
34    Rejected
41    Rejected
42    Rejected
60    Rejected
88    Rejected
4001  Rejected
99    Ambiguous
1     Ambiguous
"""


@pytest.mark.parametrize(("status", "bill", "paid", "means"), rows(POSTER))
@pytest.mark.parametrize("kind", [str, int])
async def test_the_numbers_of_poster(
    status: str, bill: str, paid: str, means: str, kind: Any
) -> None:
    order = {
        "incoming_order_id": kind(106),
        "status": kind(status),
        "transaction_id": None if bill == "-" else kind(bill),
        "updated_at": "2026-01-01 19:30:00",
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("dash.getTransaction"):
            return httpx.Response(200, json={"response": [{"status": kind(paid)}]})
        return httpx.Response(200, json={"response": order})

    report = await registry.kitchen(account_at("poster"), answering(answer)).read("106", "")
    assert isinstance(report, KitchenReport)
    assert (report.external_id, report.status) == ("106", KitchenStatus[means])
    assert report.occurred_at == datetime(2026, 1, 1, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(("code", "answer"), rows(REFUSED))
@pytest.mark.parametrize("nested", [True, False])
async def test_the_errors_of_poster(code: str, answer: str, nested: bool) -> None:
    error: Any = {"code": int(code), "message": "No."} if nested else int(code)
    submission = await submitted({"error": error})
    assert type(submission).__name__ == answer
    if code == "41":
        assert isinstance(submission, Rejected)
        assert (submission.code, submission.items) == ("product_not_found", ("169",))


@pytest.mark.parametrize(
    ("status", "kind"), [(0, Pending), (1, Accepted), (7, Rejected), (5, Pending)]
)
async def test_what_poster_makes_of_an_order(status: int, kind: type) -> None:
    answer = await submitted({"response": {"incoming_order_id": "106", "status": status}})
    assert isinstance(answer, kind)


@pytest.mark.parametrize("body", [{}, {"response": {}}, {"response": []}, {"response": None}])
async def test_an_order_without_a_number_is_ambiguous(body: dict[str, Any]) -> None:
    assert isinstance(await submitted(body), Ambiguous)


async def test_a_foreign_currency_never_reaches_poster() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500)

    account = account_at("poster")
    kitchen = registry.kitchen(account, answering(answer))
    in_euros = KitchenTicket(**{**_fields(TICKET), "currency": "EUR"})
    assert isinstance(await kitchen.submit(in_euros), Rejected)
    assert asked == []


async def test_no_customer_can_pretend_to_be_another_order() -> None:
    comment = await written_comment()
    assert comment.splitlines()[0] == "ref cat-91-1"
    for reference, found in (("cat-91-1", True), ("cat-92-1", False), ("cat-91", False)):
        orders = [{"incoming_order_id": "1", "status": 0, "comment": comment}]
        kitchen = registry.kitchen(account_at("poster"), saying({"response": orders}))
        answer = await kitchen.find(KitchenTicket(**{**_fields(TICKET), "reference": reference}))
        assert isinstance(answer, Found if found else Missing)


async def test_poster_reads_our_wishes_on_its_own_wall_clock() -> None:
    assert "01.01 19:30" in await written_comment()
    assert "Борщ: без сметани" in await written_comment()


@pytest.mark.parametrize(
    ("submitted_after", "since"),
    [
        ("2026-01-01T17:00:00+00:00", "2026-01-01 18:58:00"),
        ("2026-07-01T17:00:00+00:00", "2026-07-01 19:58:00"),
        # Clocks go back at 04:00 on 25 October: an order of 03:10 may follow one of 03:50.
        ("2026-10-25T00:50:00+00:00", "2026-10-25 02:48:00"),
        ("2026-03-29T00:50:00+00:00", "2026-03-29 02:48:00"),
    ],
)
async def test_the_search_at_poster_begins_early_enough(submitted_after: str, since: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["date_from"])
        return httpx.Response(200, json={"response": []})

    moment = datetime.fromisoformat(submitted_after)
    ticket = KitchenTicket(**{**_fields(TICKET), "submitted_after": moment})
    await registry.kitchen(account_at("poster"), answering(answer)).find(ticket)
    assert asked == [since]


async def submitted(body: dict[str, Any]) -> Submission:
    return await registry.kitchen(account_at("poster"), saying(body)).submit(TICKET)


async def written_comment() -> str:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(httpx.Response(200, content=request.content).json()["comment"])
        return httpx.Response(500)

    await registry.kitchen(account_at("poster"), answering(answer)).submit(TICKET)
    return sent[0]


def _fields(ticket: KitchenTicket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in KitchenTicket.__slots__}


async def test_poster_is_told_of_modifiers_it_knows_as_ids_and_of_others_in_words() -> None:
    item = TicketItem(
        "7", "Борщ (500 мл)", 2, 13_500, "без сметани", variant_id="71",
        modifiers=(
            TicketModifier("Пампушка", 2, 500, "70"), TicketModifier("Часник", 1, 500),
        ),
    )  # fmt: skip
    sent: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(200, json={"response": {"incoming_order_id": "1", "status": 0}})

    ticket = KitchenTicket(**{**_fields(TICKET), "items": (item,)})
    await registry.kitchen(account_at("poster"), answering(answer)).submit(ticket)

    (product,) = sent[0]["products"]
    assert (product["modificator_id"], product["modification"]) == (71, '[{"m":70,"a":2}]')
    assert "Борщ (500 мл): + Часник; без сметани" in sent[0]["comment"]
    assert reading.checked(sent[0], (1,), "UAH")["products"][0]["product_id"] == 7
