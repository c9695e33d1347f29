"""The open kitchen protocol: `docs/kitchen-protocol.md`.

Credentials: `key`. Every call is safe to repeat, and the kitchen never calls back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from catering.domain.reports import KitchenStatus
from catering.providers.accounts import Account
from catering.providers.answering import told, unclear, understood
from catering.providers.calling import Outcome, Response, call
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    Cancellation,
    Cancelled,
    CannotTell,
    Change,
    Forged,
    Found,
    KitchenCapabilities,
    KitchenReport,
    KitchenTicket,
    Missing,
    Pending,
    Receipt,
    Rejected,
    Reply,
    Submission,
    TooLate,
)
from catering.providers.reading import clipped, instant, part, text

MEANING = {
    "waiting": KitchenStatus.WAITING,
    "confirmed": KitchenStatus.ACCEPTED,
    "cooking": KitchenStatus.PREPARING,
    "packed": KitchenStatus.READY,
    "handed_over": KitchenStatus.HANDED_OVER,
    "refused": KitchenStatus.REJECTED,
    "cancelled": KitchenStatus.CANCELLED,
}
NUMBER, NOTE, COMMENT = 32, 280, 1000  # the longest texts the protocol takes


class OpenKitchen:
    """A kitchen that serves the open kitchen protocol."""

    capabilities = KitchenCapabilities(
        idempotent_submit=True,
        resolve_by="reference",
        cancel=True,
        tells_ready=True,
        webhooks=False,
        poll_every=timedelta(seconds=5),
        changes=True,
    )
    acknowledgement = Reply(status=404)

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._base, self._http = account.base_url.rstrip("/"), http
        self._key = {"authorization": f"Bearer {account.credentials['key']}"}

    async def submit(self, ticket: KitchenTicket) -> Submission:
        outcome = await self._call("PUT", ticket.reference, json=_ticket(ticket))
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return answer
        return _submitted(answer.document or {}) if answer.status < 300 else _rejected(answer)

    async def find(self, ticket: KitchenTicket) -> Found[KitchenReport] | Missing | CannotTell:
        outcome = await self._call("GET", ticket.reference)
        if _says(outcome, 404, "unknown_ticket"):
            return Missing()
        report = _reported(outcome)
        return report if isinstance(report, CannotTell) else Found(report)

    async def read(self, external_id: str, reference: str) -> KitchenReport | CannotTell:
        return _reported(await self._call("GET", reference))

    async def cancel(self, external_id: str, reference: str, reason: str) -> Cancellation:
        because = {"reason": clipped(reason, NOTE) or "No reason was given."}
        outcome = await self._call("POST", reference, "/cancel", json=because)
        if _says(outcome, 409, "too_late"):
            return TooLate(_error(outcome)["message"])
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return unclear(answer)
        report = _report(answer.document or {})
        if report is None or report.status is not KitchenStatus.CANCELLED:
            return Ambiguous(f"they answered {answer.status} and did not say it is called off")
        return Cancelled()

    async def change(self, external_id: str, ticket: KitchenTicket) -> Change:
        outcome = await self._call(
            "PUT", ticket.reference, "/items", json={"items": _items(ticket)}
        )
        if _says(outcome, 409, "too_late"):
            return TooLate(_error(outcome)["message"])
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return answer
        return _submitted(answer.document or {}) if answer.status < 300 else _rejected(answer)

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        return Forged("This kitchen never calls us.")

    async def _call(self, method: str, reference: str, then: str = "", **content: Any) -> Outcome:
        url = f"{self._base}/v1/tickets/{quote(reference, safe='')}{then}"
        return await call(self._http, method, url, headers=self._key, **content)


adapter = OpenKitchen


def _ticket(ticket: KitchenTicket) -> dict[str, Any]:
    return {
        "spot": ticket.location,
        "number": ticket.number[:NUMBER],
        "items": _items(ticket),
        "currency": ticket.currency,
        "wanted_at": ticket.wanted_at.isoformat() if ticket.wanted_at else None,
        "phone": ticket.phone,
        "comment": clipped(ticket.comment, COMMENT),
    }


def _items(ticket: KitchenTicket) -> list[dict[str, Any]]:
    """One entry for each SKU and note: the protocol refuses the same pair twice."""
    items: dict[tuple[str, str | None], dict[str, Any]] = {}
    for item in ticket.items:
        sku, note = item.variant_id or item.external_id, clipped(item.wishes, NOTE)
        entry = {
            "sku": sku,
            "name": item.name,
            "quantity": 0,
            "unit_price_minor": item.unit_price,
            "note": note,
        }
        items.setdefault((sku, note), entry)["quantity"] += item.quantity
    return list(items.values())


def _submitted(read: Mapping[str, Any]) -> Submission:
    report = _report(read)
    if report is None:
        return Ambiguous("they took it and did not say under which number")
    match report.status:
        case KitchenStatus.WAITING | KitchenStatus.UNKNOWN:
            return Pending(report)
        case KitchenStatus.REJECTED | KitchenStatus.CANCELLED:
            return Rejected(report.word, report.reason or "The kitchen will not make it.")
    return Accepted(report)


def _rejected(answer: Response) -> Rejected:
    error, read = _error(answer), answer.document or {}
    fields, missing = part(read, "fields"), _unavailable(read)
    details = "".join(f" {field}: {text(wrong)}." for field, wrong in fields.items())
    return Rejected(error["code"], error["message"] + details, missing)


def _reported(outcome: Outcome) -> KitchenReport | CannotTell:
    read = told(outcome)
    if isinstance(read, CannotTell):
        return read
    return _report(read) or CannotTell("their answer is no ticket")


def _report(read: Mapping[str, Any]) -> KitchenReport | None:
    external_id, word = text(read.get("ticket_id")), text(read.get("status"))
    if external_id is None or word is None:
        return None
    return KitchenReport(
        external_id,
        MEANING.get(word, KitchenStatus.UNKNOWN),
        word,
        ready_at=instant(read.get("ready_at")),
        reason=text(read.get("reason")),
        missing=_unavailable(read),
    )


def _unavailable(read: Mapping[str, Any]) -> tuple[str, ...]:
    skus = read.get("unavailable")
    return tuple(filter(None, map(text, skus))) if isinstance(skus, list) else ()


def _says(outcome: Outcome, status: int, code: str) -> bool:
    """Whether the kitchen itself said this: a stranger's 404 page proves nothing."""
    answered = isinstance(outcome, Response) and outcome.status == status
    return answered and _error(outcome)["code"] == code


def _error(outcome: Outcome) -> dict[str, str]:
    error = part(outcome.document, "error") if isinstance(outcome, Response) else {}
    code = text(error.get("code")) or "unknown"
    return {"code": code, "message": text(error.get("message")) or code}
