"""What every payment company's adapter promises, held against the outside over real HTTP.

A new adapter joins by one line in `COMPANIES`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx
import pytest

from catering.domain.reports import ChargeWord
from catering.providers import registry
from catering.providers.paying import (
    Charged,
    Declined,
    PaymentCompany,
    PaymentRequest,
    Processing,
)
from catering.providers.ports import (
    Ambiguous,
    CannotTell,
    Forged,
    Found,
    Malformed,
    Missing,
    Notice,
    Unavailable,
)
from catering.simulator.kasa.hooks import signature
from tests.providers.conftest import account_at
from tests.providers.simulated import BROKEN, Outside

NUMBERS = count(1)
SECRET = "demo-kasa-signing-secret-0000000001"


@dataclass(frozen=True)
class Performs:
    provider: str
    create: str
    ask: str


COMPANIES = [Performs("kasa", "create_payment", "list_payments")]


@pytest.fixture(params=COMPANIES, ids=lambda company: company.provider)
def performs(request: pytest.FixtureRequest) -> Performs:
    found: Performs = request.param
    return found


@pytest.fixture
def company(performs: Performs, outside: Outside) -> PaymentCompany:
    account = account_at(performs.provider, f"{outside.url}/{performs.provider}", secrets=(SECRET,))
    return registry.payment_company(account, outside.http)


@pytest.fixture
def wanted() -> PaymentRequest:
    return PaymentRequest(f"pay-{next(NUMBERS)}", "C-1", 17_900, "UAH", "tok_visa")


async def held(company: PaymentCompany, wanted: PaymentRequest) -> str:
    answer = await company.authorise(wanted)
    assert isinstance(answer, Charged)
    return answer.report.external_id


def then(wanted: PaymentRequest, what: str, **changes: Any) -> PaymentRequest:
    return replace(wanted, reference=f"{wanted.reference}-{what}", **changes)


async def test_an_amount_is_set_aside_taken_in_part_and_given_back(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside
) -> None:
    hold = await held(company, wanted)
    capture = then(wanted, "capture", hold=hold, amount=12_000)
    assert isinstance(await company.capture(capture), Charged)
    for what in ("first", "second"):
        refund = then(wanted, what, hold=hold, amount=6_000)
        assert isinstance(await company.refund(refund), Charged)

    assert await outside.live_effects(wanted.reference) == 0
    too_much = then(wanted, "third", hold=hold, amount=1)
    assert isinstance(await company.refund(too_much), Declined)


async def test_what_is_set_aside_is_let_go_once(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside
) -> None:
    hold = await held(company, wanted)
    void = then(wanted, "void", hold=hold)
    assert isinstance(await company.void(void), Charged)
    assert isinstance(await company.void(void), Charged)
    assert await outside.live_effects(wanted.reference) == 0
    assert isinstance(await company.capture(then(wanted, "late", hold=hold)), Declined)


async def test_everything_is_found_by_our_reference_alone(
    company: PaymentCompany, wanted: PaymentRequest
) -> None:
    assert await company.find(wanted) == Missing()
    hold = await held(company, wanted)
    found = await company.find(wanted)
    assert isinstance(found, Found)
    assert found.report.external_id == hold

    capture = then(wanted, "capture", hold=hold)
    assert await company.find(capture) == Missing()
    await company.capture(capture)
    found = await company.find(capture)
    assert isinstance(found, Found)
    assert (found.report.status, found.report.amount) == (ChargeWord.DONE, wanted.amount)


async def test_a_request_sent_again_is_done_once(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside
) -> None:
    assert await held(company, wanted) == await held(company, wanted)
    assert await outside.live_effects(wanted.reference) == 1
    other = await company.authorise(replace(wanted, amount=1))
    assert isinstance(other, Unavailable)  # our own mistake, and no word about the card


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_lost_answer_is_ambiguous_and_can_be_looked_up(
    kind: str, company: PaymentCompany, wanted: PaymentRequest, outside: Outside, performs: Performs
) -> None:
    await outside.fail(performs.provider, performs.create, kind)

    assert isinstance(await company.authorise(wanted), Ambiguous)

    done = await outside.live_effects(wanted.reference)
    found = await company.find(wanted)
    assert isinstance(found, Found) if done else found == Missing()


async def test_a_company_that_cannot_be_asked_proves_nothing(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside, performs: Performs
) -> None:
    await outside.fail(performs.provider, performs.ask, "error")
    assert isinstance(await company.find(wanted), CannotTell)
    nobody = account_at(performs.provider, "http://127.0.0.1:9")
    silent = registry.payment_company(nobody, outside.http)
    assert isinstance(await silent.authorise(wanted), Unavailable)


@pytest.mark.parametrize(
    ("token", "amount", "code"),
    [
        ("tok_declined", 100, "insufficient_funds"),
        ("tok_lost", 100, "lost_card"),
        ("tok_visa", 5_000_001, "limit_exceeded"),
        ("no token", 100, "invalid_request"),
    ],
)
async def test_a_no_is_data(
    token: str, amount: int, code: str, company: PaymentCompany, wanted: PaymentRequest,
    outside: Outside,
) -> None:  # fmt: skip
    answer = await company.authorise(replace(wanted, token=token, amount=amount))
    assert isinstance(answer, Declined)
    assert answer.code == code
    assert await outside.live_effects(wanted.reference) == 0


async def test_a_bank_that_takes_its_time_is_waited_for(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside
) -> None:
    slow = replace(wanted, token="tok_slow_declined")
    assert isinstance(await company.authorise(slow), Processing)
    await outside.live(120)
    found = await company.find(slow)
    assert isinstance(found, Found)
    assert found.report.status is ChargeWord.DECLINED
    assert found.report.reason == "There is not enough money on the card."


async def test_webhooks_name_our_payment_and_are_signed(
    company: PaymentCompany, wanted: PaymentRequest, outside: Outside
) -> None:
    await outside.tell("dashboard", kasa_webhook_url="http://127.0.0.1:9/")
    await held(company, wanted)
    (sent,) = (await outside.ledger(provider="kasa"))["webhooks"]

    notice = company.receive(sent["body"].encode(), sent["headers"])

    assert isinstance(notice, Notice)
    assert [hint.reference for hint in notice.hints] == [wanted.reference]
    tampered = company.receive(sent["body"].encode() + b" ", sent["headers"])
    assert isinstance(tampered, Forged)


BODY = b'{"id": "evt_1", "type": "payment.captured", "data": {"id": "pay_1", "reference": "r"}}'
WRONG = [
    ("", "no signature"),
    ("t=soon,v1=00", "no time"),
    (signature(BODY, "another secret", int(time.time())), "another secret"),
    (signature(BODY, SECRET, int(time.time()) - 400), "an old one"),
    (signature(BODY, SECRET, int(time.time()) + 3_600), "one from the future"),
]


@pytest.mark.parametrize(("signed", "_"), WRONG, ids=[why for _, why in WRONG])
async def test_a_webhook_of_somebody_else_is_not_believed(
    signed: str, _: str, http: httpx.AsyncClient
) -> None:
    company = registry.payment_company(account_at("kasa", secrets=(SECRET,)), http)
    assert isinstance(company.receive(BODY, {"Kasa-Signature": signed}), Forged)


async def test_a_webhook_that_nobody_can_read_is_told_so(http: httpx.AsyncClient) -> None:
    company = registry.payment_company(account_at("kasa", secrets=(SECRET,)), http)
    raw = b"[]"
    headers = {"kasa-signature": signature(raw, SECRET, int(time.time()))}
    assert isinstance(company.receive(raw, headers), Malformed)


def test_a_signature_is_computed_as_by_hand() -> None:
    """Worked out with `openssl dgst -sha256 -hmac whsec_sim`."""
    shown = signature(b'{"id":"evt_1","object":"event"}', "whsec_sim", 1_700_000_000)
    digest = "73c02b6c8ed3374c475c7792efa4af16bf9c5014daa118e2fca784c5f1cf1800"
    assert shown == f"t=1700000000,v1={digest}"
