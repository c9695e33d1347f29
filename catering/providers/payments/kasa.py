"""Kasa, the payment company of our simulator; `docs/simulator.md` describes it.

Credentials: `key`. Everything that moves money is safe to repeat under its own reference.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from catering.domain.reports import ChargeWord
from catering.providers.accounts import Account
from catering.providers.answering import told, understood
from catering.providers.calling import Response, call, document
from catering.providers.paying import (
    Charged,
    Declined,
    PaymentAnswer,
    PaymentCapabilities,
    PaymentReport,
    PaymentRequest,
    Processing,
)
from catering.providers.ports import (
    Ambiguous,
    CannotTell,
    Forged,
    Found,
    Hint,
    Malformed,
    Missing,
    Notice,
    Receipt,
    Reply,
    Unavailable,
)
from catering.providers.reading import part, parts, text, whole
from catering.providers.signing import from_hex, header, signed

MEANING = {
    "processing": ChargeWord.PROCESSING,
    "authorized": ChargeWord.DONE,
    "captured": ChargeWord.DONE,
    "voided": ChargeWord.DONE,
    "refunded": ChargeWord.DONE,
    "partially_refunded": ChargeWord.DONE,
    "declined": ChargeWord.DECLINED,
}
OURS_TO_MEND = frozenset({"idempotency_key_required", "idempotency_mismatch", "payment_not_found"})
"""Refusals that say nothing of the customer's money: we must not act on them as on a no."""

OLDEST = 300


class Kasa:
    """Cards, through Kasa."""

    capabilities = PaymentCapabilities(
        idempotent=True,
        partial_capture=True,
        webhooks=True,
        look_again_after=timedelta(seconds=5),
    )
    acknowledgement = Reply()

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._base, self._http = f"{account.base_url.rstrip('/')}/v1/payments", http
        self._secrets = account.webhook_secrets
        self._key = {"authorization": f"Bearer {account.credentials['key']}"}

    async def authorise(self, wanted: PaymentRequest) -> PaymentAnswer:
        asked = {
            "reference": wanted.reference,
            "amount": wanted.amount,
            "currency": wanted.currency,
            "card_token": wanted.token,
            "description": wanted.number,
        }
        return await self._move("", wanted, asked)

    async def capture(self, wanted: PaymentRequest) -> PaymentAnswer:
        asked = {"reference": wanted.reference, "amount": wanted.amount}
        return await self._move(f"{_of(wanted)}/capture", wanted, asked)

    async def void(self, wanted: PaymentRequest) -> PaymentAnswer:
        return await self._move(f"{_of(wanted)}/void", wanted, {"reference": wanted.reference})

    async def refund(self, wanted: PaymentRequest) -> PaymentAnswer:
        asked = {"reference": wanted.reference, "amount": wanted.amount}
        return await self._move(f"{_of(wanted)}/refunds", wanted, asked)

    async def find(self, wanted: PaymentRequest) -> Found[PaymentReport] | Missing | CannotTell:
        """An authorisation by its reference; all else is told with the payment that it is about."""
        if wanted.hold is not None:
            read = told(await self._get(_of(wanted)))
            if isinstance(read, CannotTell):
                return read
            if not isinstance(read.get("operations"), list):
                return CannotTell("their answer is no payment")
            done = _report(read, wanted)
            return Found(done) if done else Missing()
        read = told(await self._get("", params={"reference": wanted.reference}))
        if isinstance(read, CannotTell):
            return read
        if not isinstance(read.get("data"), list):
            return CannotTell("their answer is no list of payments")
        payment = next(map(_payment, _named(read, "data", wanted)), None)
        return Found(payment) if payment else Missing()

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        if why := _forged(raw, header(headers, "kasa-signature"), self._secrets):
            return Forged(why)
        read = document(raw)
        event = text(read.get("id")) if read else None
        if read is None or event is None:
            return Malformed("no JSON object with an id")
        payment = part(read, "data")
        number, reference = text(payment.get("id")), text(payment.get("reference"))
        return Notice(event, (Hint(number, reference),) if number and reference else ())

    async def _move(self, path: str, wanted: PaymentRequest, asked: Any) -> PaymentAnswer:
        headers = {**self._key, "idempotency-key": wanted.reference}
        outcome = await call(self._http, "POST", self._base + path, headers=headers, json=asked)
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return answer
        if answer.status >= 300:
            return _refusal(answer)
        report = _report(answer.document or {}, wanted)
        if report is None:
            return Ambiguous("they answered and did not name what they did")
        return Charged(report) if report.status is ChargeWord.DONE else Processing(report)

    async def _get(self, path: str, **content: Any) -> Any:
        return await call(self._http, "GET", self._base + path, headers=self._key, **content)


adapter = Kasa


def _of(wanted: PaymentRequest) -> str:
    return f"/{quote(wanted.hold or '', safe='')}"


def _report(read: Mapping[str, Any], wanted: PaymentRequest) -> PaymentReport | None:
    """What was asked for, in a payment: the payment itself, or one of its operations.

    An operation is only listed once it has happened.
    """
    if wanted.hold is None:
        return _payment(read)
    for operation in _named(read, "operations", wanted):
        external_id, kind = text(operation.get("id")), text(operation.get("kind"))
        if external_id is not None and kind is not None:
            amount = whole(operation.get("amount"))
            return PaymentReport(external_id, ChargeWord.DONE, kind, amount)
    return None


def _named(read: Mapping[str, Any], of: str, wanted: PaymentRequest) -> list[dict[str, Any]]:
    return [each for each in parts(read, of) if text(each.get("reference")) == wanted.reference]


def _payment(read: Mapping[str, Any]) -> PaymentReport | None:
    external_id, word = text(read.get("id")), text(read.get("status"))
    if external_id is None or word is None:
        return None
    return PaymentReport(
        external_id,
        MEANING.get(word, ChargeWord.UNKNOWN),
        word,
        amount=whole(read.get("amount")),
        reason=text(part(read, "decline").get("message")),
    )


def _refusal(answer: Response) -> PaymentAnswer:
    error = part(answer.document, "error")
    code = text(error.get("code")) or f"http_{answer.status}"
    message = text(error.get("message")) or code
    if code in OURS_TO_MEND or not error:
        return Unavailable(f"they answered {answer.status} {code}: {message}")
    return Declined(code, message)


def _forged(raw: bytes, signature: str, secrets: tuple[str, ...]) -> str | None:
    """Why a webhook is not theirs. The time is signed with it, so an old one is a replay."""
    stated = dict(piece.partition("=")[::2] for piece in signature.split(","))
    at = stated.get("t", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 12):
        return "the signature names no time"
    if not signed(f"{at}.".encode() + raw, from_hex(stated.get("v1", "")), secrets):
        return "the signature is of no secret in force"
    if abs(time.time() - int(at)) > OLDEST:
        return "it was signed at another time"
    return None
