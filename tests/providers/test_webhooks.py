from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from catering.domain.reports import CourierStatus
from catering.providers import registry
from catering.providers.accounts import Account
from catering.providers.ports import CourierReport, Forged, Hint, Malformed, Notice, Receipt
from tests.providers.conftest import account_at, answering

UBER_BODY = b'{"kind":"event.delivery_status","id":"evt_1","delivery_id":"del_1","status":"pickup"}'
UBER_SIGNATURE = "5c4e07f26b4b59568c1d73e3b44cd6ca3058baca4696d070627c33309c286a9a"
STOCK = '{"type":1,"element_id":7,"storage_id":1,"value_relative":-1,"value_absolute":0}'
POSTER_ORDER = {
    "account": "demo",
    "object": "incoming_order",
    "object_id": 42,
    "action": "changed",
    "time": "1700000000",
    "verify": "23d835b86bd3ca837ab2e4b55f2d9b98",
}
POSTER_STOCK = {
    "account": "demo",
    "object": "stock",
    "object_id": 7,
    "action": "changed",
    "data": STOCK,
    "time": "1700000000",
    "verify": "20822a1326355b34fc2baa13449997d2",
}
NOBODY = answering(lambda _: httpx.Response(500))
PROVIDERS = ("open_kitchen", "poster", "uklon", "uber_direct")


def receive(account: Account, raw: bytes, headers: dict[str, str]) -> Receipt:
    return registry.open(account, NOBODY).receive(raw, headers)


def test_uber_signs_in_hex() -> None:
    notice = receive(account_at("uber_direct"), UBER_BODY, {"X-Uber-Signature": UBER_SIGNATURE})

    report = CourierReport("del_1", CourierStatus.COURIER_ASSIGNED, "pickup")
    assert notice == Notice("evt_1", (Hint("del_1", None, report),))


@pytest.mark.parametrize("secrets", [("new", "sim-secret-1"), ("sim-secret-1", "new")])
def test_a_secret_that_is_being_changed_still_counts(secrets: tuple[str, ...]) -> None:
    account = account_at("uber_direct", secrets=secrets)
    headers = {"x-uber-signature": UBER_SIGNATURE}
    assert isinstance(receive(account, UBER_BODY, headers), Notice)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-uber-signature": ""},
        {"x-uber-signature": "zz"},
        {"x-uber-signature": "é"},
        {"x-uber-signature": UBER_SIGNATURE[:-2]},
        {"x-uber-signature": UBER_SIGNATURE.replace("5", "6")},
    ],
)
def test_a_wrong_signature_is_a_forgery(headers: dict[str, str]) -> None:
    assert isinstance(receive(account_at("uber_direct"), UBER_BODY, headers), Forged)


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean() -> None:
    again = json.dumps(json.loads(UBER_BODY)).encode()
    headers = {"x-uber-signature": UBER_SIGNATURE}
    assert isinstance(receive(account_at("uber_direct"), again, headers), Forged)


@pytest.mark.parametrize("secrets", [(), ("",), ("old",)])
def test_without_the_right_secret_everything_is_a_forgery(secrets: tuple[str, ...]) -> None:
    for provider, raw in (("uber_direct", UBER_BODY), ("poster", _json(POSTER_ORDER))):
        headers = {"x-uber-signature": UBER_SIGNATURE}
        assert isinstance(receive(account_at(provider, secrets=secrets), raw, headers), Forged)


def test_uber_sends_the_whole_delivery() -> None:
    event = {
        "id": "evt_2",
        "kind": "event.courier_update",
        "delivery_id": "del_1",
        "status": "dropoff",
        "created": "2026-01-01T17:42:00Z",
        "location": {"lat": 50.45, "lng": 30.52},
        "data": {
            "id": "del_1",
            "status": "dropoff",
            "external_id": "trip-1",
            "fee": 620,
            "courier": {"name": "Олена", "phone_number": "+380501112233"},
        },
    }
    (hint,) = _notice(_signed_uber(event)).hints

    assert hint.reference == "trip-1"
    assert isinstance(hint.report, CourierReport)
    assert hint.report.status is CourierStatus.EN_ROUTE
    assert (hint.report.latitude, hint.report.longitude) == (50.45, 30.52)
    assert (hint.report.courier_name, hint.report.fee) == ("Олена", 620)


def test_news_of_an_unknown_kind_are_a_hint_to_look() -> None:
    event = {"id": "evt_3", "kind": "event.moon_phase", "delivery_id": "del_1"}
    assert _signed_uber(event) == Notice("evt_3", (Hint("del_1", None),))


def test_an_unknown_status_is_kept_and_moves_nothing() -> None:
    event = {"id": "evt_4", "delivery_id": "del_1", "status": "beamed_up"}
    (hint,) = _notice(_signed_uber(event)).hints
    assert hint.report == CourierReport("del_1", CourierStatus.UNKNOWN, "beamed_up")


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{}", b'{"id": []}', b"<html>"])
def test_signed_nonsense_is_malformed(raw: bytes) -> None:
    signature = hmac.new(b"sim-secret-1", raw, hashlib.sha256).hexdigest()
    for provider, name in (("uber_direct", "x-uber-signature"), ("uklon", "x-signature")):
        assert isinstance(receive(account_at(provider), raw, {name: signature}), Malformed)


def test_poster_gives_a_hint_and_nothing_to_believe() -> None:
    account = account_at("poster", secrets=("appsecret",))
    notice = receive(account, _json(POSTER_ORDER), {})
    assert notice == Notice("23d835b86bd3ca837ab2e4b55f2d9b98", (Hint("42", None),))


def test_poster_signs_the_data_as_it_came() -> None:
    account = account_at("poster", secrets=("appsecret",))
    assert receive(account, _json(POSTER_STOCK), {}) == Notice("20822a1326355b34fc2baa13449997d2")


@pytest.mark.parametrize("name", ["account", "object", "object_id", "action", "time", "data"])
def test_poster_signs_every_field(name: str) -> None:
    account = account_at("poster", secrets=("appsecret",))
    changed = _json({**POSTER_STOCK, name: "other"})
    assert isinstance(receive(account, changed, {}), Forged)


def test_news_of_another_poster_account_are_a_forgery() -> None:
    account = account_at("poster", secrets=("appsecret",), credentials={"account": "other"})
    assert isinstance(receive(account, _json(POSTER_ORDER), {}), Forged)


@pytest.mark.parametrize(
    "encode", [lambda digest: digest.hex(), lambda digest: base64.b64encode(digest).decode()]
)
def test_uklon_may_sign_in_hex_or_base64(encode: Any) -> None:
    raw = _json({"items": [{"event_id": "e1", "order": {"id": "o1", "status": "accepted"}}]})
    signature = encode(hmac.digest(b"sim-secret-1", raw, "sha256"))
    notice = receive(account_at("uklon"), raw, {"X-Signature": signature})
    assert notice == Notice("e1", (Hint("o1", None),))


def test_the_open_kitchen_never_calls() -> None:
    assert isinstance(receive(account_at("open_kitchen"), b"{}", {}), Forged)


@pytest.mark.parametrize("provider", PROVIDERS)
@given(
    raw=some.binary(),
    name=some.sampled_from(["x-uber-signature", "x-signature"]),
    value=some.text(),
)
def test_no_webhook_from_a_stranger_makes_us_fail(
    provider: str, raw: bytes, name: str, value: str
) -> None:
    assert isinstance(receive(account_at(provider), raw, {name: value}), Forged | Malformed)


FIELD = some.text() | some.sampled_from(
    [
        "id",
        "status",
        "data",
        "courier",
        "location",
        "items",
        "order",
        "event_id",
        "created",
        "fee",
        "account",
        "object",
        "object_id",
        "action",
        "time",
        "verify",
        "delivery_id",
        "receivers",
    ]
)
JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(FIELD, inner, max_size=4),
    max_leaves=6,
)


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=50, deadline=None)
@given(body=some.dictionaries(FIELD, JUNK, max_size=6))
def test_no_signed_webhook_makes_us_fail(provider: str, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    signature = hmac.new(b"sim-secret-1", raw, hashlib.sha256).hexdigest()
    headers = {"x-uber-signature": signature, "x-signature": signature}
    assert isinstance(receive(account_at(provider), raw, headers), Notice | Forged | Malformed)


def _signed_uber(event: dict[str, Any]) -> Receipt:
    raw = _json(event)
    signature = hmac.new(b"sim-secret-1", raw, hashlib.sha256).hexdigest()
    return receive(account_at("uber_direct"), raw, {"x-uber-signature": signature})


def _notice(receipt: Receipt) -> Notice:
    assert isinstance(receipt, Notice)
    return receipt


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
