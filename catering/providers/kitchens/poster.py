"""Poster, a point-of-sale system: https://dev.joinposter.com/en/docs/v3 (read as of 2023-11).

Credentials: `token`, which goes into the address; `account`, the word before `.joinposter.com`.
The webhook secret is the application's. The account's address ends before `/api`.

Poster knows no idempotency, no cancelling and no "ready", so our reference lives in the order's
comment. It sends numbers as text or not, as it likes, and an error may come with any HTTP status.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from catering.domain.reports import KitchenStatus
from catering.providers.accounts import Account
from catering.providers.answering import told, understood
from catering.providers.calling import Outcome, Response, call, document
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    Cancellation,
    CannotTell,
    Change,
    Forged,
    Found,
    Hint,
    KitchenCapabilities,
    KitchenReport,
    KitchenTicket,
    Malformed,
    Missing,
    Notice,
    Pending,
    Receipt,
    Rejected,
    Reply,
    Submission,
    TicketItem,
    Unavailable,
    Unsupported,
)
from catering.providers.reading import part, parts, text, wall, whole
from catering.providers.signing import same
from catering.providers.values import told_in_words

REFUSALS = {
    32: "not_found",
    34: "invalid_fields",
    41: "product_not_found",
    42: "modification_not_found",
    60: "location_not_found",
    88: "sum_mismatch",
    400: "invalid_request",
    404: "not_found",
    4001: "currency_mismatch",
}
# Our token or their rate limit: they looked no further, so nothing was done.
NOT_NOW = {10: "no token", 11: "bad token", 12: "old token", 20: "forbidden", 700: "rate limit"}

EARLIER = timedelta(minutes=2)  # their clock may be behind ours
COMMENT = 1000


class Poster:
    """The cash desk of a restaurant that runs on Poster."""

    capabilities = KitchenCapabilities(
        idempotent_submit=False,
        resolve_by="list_scan",
        cancel=False,
        tells_ready=False,
        webhooks=True,
        poll_every=timedelta(seconds=30),
    )
    acknowledgement = Reply(200, b'{"status":"accept"}', "application/json")

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._account, self._http = account, http
        self._token = {"token": str(account.credentials["token"])}
        self._name = str(account.credentials["account"])
        self._zone = ZoneInfo(account.time_zone)

    async def submit(self, ticket: KitchenTicket) -> Submission:
        if ticket.currency != self._account.currency:
            return Rejected("currency_mismatch", f"This account takes {self._account.currency}.")
        order = _order(ticket, self._zone)
        outcome = await self._call("POST", "incomingOrders.createIncomingOrder", json=order)
        answer = understood(outcome, idempotent=False)
        if not isinstance(answer, Response):
            return answer
        read = answer.document or {}
        return _refused(read, ticket) if "error" in read else self._submitted(read)

    async def find(self, ticket: KitchenTicket) -> Found[KitchenReport] | Missing | CannotTell:
        since = _search_from(ticket.submitted_after, self._zone)
        read = await self._ask("incomingOrders.getIncomingOrders", date_from=since)
        if isinstance(read, CannotTell):
            return read
        if not isinstance(read["response"], list):
            return CannotTell("their answer is no list of orders")
        ours = _ours(parts(read, "response"), ticket.reference)
        if ours is None:
            return Missing()
        report = await self._report(ours)
        return Found(report) if report else CannotTell("our order is there, but has no number")

    async def read(self, external_id: str, reference: str) -> KitchenReport | CannotTell:
        read = await self._ask("incomingOrders.getIncomingOrder", incoming_order_id=external_id)
        if isinstance(read, CannotTell):
            return read
        return await self._report(_only(read)) or CannotTell("their answer is no order")

    async def cancel(self, external_id: str, reference: str, reason: str) -> Cancellation:
        return Unsupported()

    async def change(self, external_id: str, ticket: KitchenTicket) -> Change:
        return Unsupported()

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        """A thin hint. The signature is inside, so here alone the body is read before it.

        It is an MD5 and proves little; therefore nothing is believed but "look again".
        """
        news = document(raw)
        if news is None or not isinstance(given := news.get("verify"), str):
            return Malformed("no JSON object with a signature")
        if not any(same(given, _verify(news, secret)) for secret in self._account.webhook_secrets):
            return Forged("the signature is of no secret in force")
        if news.get("account") != self._name:
            return Forged("it is about another account")
        return Notice(given, _hints(news))

    def _submitted(self, read: Mapping[str, Any]) -> Submission:
        report = self._ordered(part(read, "response"))
        if report is None:
            return Ambiguous("they took it and did not say under which number")
        match report.status:
            case KitchenStatus.ACCEPTED:
                return Accepted(report)
            case KitchenStatus.REJECTED:
                return Rejected("refused", "The restaurant will not make it.")
        return Pending(report)

    async def _report(self, order: Mapping[str, Any]) -> KitchenReport | None:
        """The order, and behind a taken one its bill: only that tells that the food has left."""
        report = self._ordered(order)
        bill = text(order.get("transaction_id"))
        if report is None or bill in (None, "0") or report.status is not KitchenStatus.ACCEPTED:
            return report
        read = await self._ask("dash.getTransaction", transaction_id=bill)
        paid = None if isinstance(read, CannotTell) else whole(_only(read).get("status"))
        return _billed(report, paid)

    def _ordered(self, order: Mapping[str, Any]) -> KitchenReport | None:
        number, status = text(order.get("incoming_order_id")), whole(order.get("status"))
        if number is None or status is None:
            return None
        return KitchenReport(
            number,
            _meaning(status, order),
            str(status),
            occurred_at=wall(order.get("updated_at"), self._zone),
        )

    async def _ask(self, method: str, **parameters: str) -> dict[str, Any] | CannotTell:
        read = told(await self._call("GET", method, params=parameters))
        if isinstance(read, CannotTell) or "response" in read:
            return read
        return CannotTell(f"they answered with error {_code(read)}")

    async def _call(
        self, verb: str, method: str, *, params: Mapping[str, str] | None = None, **content: Any
    ) -> Outcome:
        url = f"{self._account.base_url.rstrip('/')}/api/{method}"
        asked = {**self._token, **(params or {})}
        return await call(self._http, verb, url, params=asked, **content)


adapter = Poster


def _order(ticket: KitchenTicket, zone: ZoneInfo) -> dict[str, Any]:
    paid = sum(item.quantity * item.unit_price for item in ticket.items)
    return {
        "spot_id": _id(ticket.location),
        "phone": ticket.phone,
        "comment": _comment(ticket, zone),
        "products": [_product(item) for item in ticket.items],
        # Type 1 says that the guest has paid. He has, or will: to us and not at this cash desk.
        "payment": {"type": 1, "sum": paid, "currency": ticket.currency},
    }


def _product(item: TicketItem) -> dict[str, Any]:
    """Modifiers that Poster knows are `modification`, a JSON text inside the JSON; `m` is which,
    `a` how many. Of those that it does not know, the comment tells."""
    product: dict[str, Any] = {
        "product_id": _id(item.external_id), "count": item.quantity, "price": item.unit_price,
    }  # fmt: skip
    if item.variant_id is not None:
        product["modificator_id"] = _id(item.variant_id)
    if known := [one for one in item.modifiers if one.external_id is not None]:
        told = [{"m": _id(str(one.external_id)), "a": one.quantity} for one in known]
        product["modification"] = json.dumps(told, separators=(",", ":"))
    return product


def _words(item: TicketItem) -> str | None:
    unknown = (one for one in item.modifiers if one.external_id is None)
    return told_in_words(unknown, item.note)


def _id(ours: str) -> int | str:
    return int(ours) if ours.isdecimal() and ours.isascii() else ours


def _comment(ticket: KitchenTicket, zone: ZoneInfo) -> str:
    """Our reference has the first line to itself; no customer's words can start a line."""
    lines = [f"ref {ticket.reference}", f"№ {ticket.number}"]
    if ticket.wanted_at:
        lines.append(f"{ticket.wanted_at.astimezone(zone):%d.%m %H:%M}")
    lines += [f"{item.name}: {words}" for item in ticket.items if (words := _words(item))]
    lines += filter(None, [ticket.comment])
    first, *rest = (" ".join(line.split()) for line in lines)
    return "\n".join([first, *(f"– {line}" for line in rest)])[:COMMENT]


def _ours(orders: list[dict[str, Any]], reference: str) -> dict[str, Any] | None:
    """The order whose comment carries this reference as a whole word, at the start of a line."""
    mark = re.compile(rf"^\s*ref {re.escape(reference)}(?!\S)", re.MULTILINE)
    return next((order for order in orders if mark.search(text(order.get("comment")) or "")), None)


def _search_from(moment: datetime, zone: ZoneInfo) -> str:
    """The wall time to list from. It may be too early, as the reference decides.

    In the night when clocks go back, an order placed after the change bears an earlier wall time
    than one placed before it; so the search starts earlier by what the clocks lose in a day.
    """
    start = (moment - EARLIER).astimezone(zone)
    later = (moment + timedelta(days=1)).astimezone(zone)
    before, after = start.utcoffset(), later.utcoffset()
    lost = before - after if before and after and after < before else timedelta()
    return f"{start.replace(tzinfo=None) - lost:%Y-%m-%d %H:%M:%S}"


def _refused(read: Mapping[str, Any], ticket: KitchenTicket) -> Submission:
    code = _code(read)
    if code in NOT_NOW:
        return Unavailable(f"they answered with error {code}: {NOT_NOW[code]}")
    if code not in REFUSALS:
        return Ambiguous(f"they answered with error {code}, which nobody has explained to us")
    message = text(part(read, "error").get("message")) or text(read.get("message"))
    return Rejected(REFUSALS[code], message or REFUSALS[code], _lacking(code, ticket))


def _lacking(code: int, ticket: KitchenTicket) -> tuple[str, ...]:
    """Poster does not say which product it lacks. Where there is only one, it need not."""
    asked = {item.external_id for item in ticket.items}
    return tuple(asked) if code == 41 and len(asked) == 1 else ()


def _code(read: Mapping[str, Any]) -> int | None:
    """An error is `{code, message}`, or in older parts of their API the bare code."""
    error = read.get("error")
    return whole(part(read, "error").get("code")) if isinstance(error, dict) else whole(error)


def _meaning(status: int, order: Mapping[str, Any]) -> KitchenStatus:
    match status:
        case 0:
            return KitchenStatus.WAITING
        case 1:
            return KitchenStatus.ACCEPTED
        case 7:  # one word for both; only an order that was taken ever had a bill
            taken = text(order.get("transaction_id")) not in (None, "0")
            return KitchenStatus.CANCELLED if taken else KitchenStatus.REJECTED
    return KitchenStatus.UNKNOWN


def _billed(report: KitchenReport, bill: int | None) -> KitchenReport:
    meaning = {2: KitchenStatus.HANDED_OVER, 3: KitchenStatus.CANCELLED}
    if bill is None:
        return report
    return KitchenReport(
        report.external_id,
        meaning.get(bill, report.status),
        f"{report.word}, bill {bill}",
        occurred_at=report.occurred_at,
    )


def _only(read: Mapping[str, Any]) -> dict[str, Any]:
    """The one object they were asked for; some methods put it into a list."""
    return next(iter(parts(read, "response")), None) or part(read, "response")


def _verify(news: Mapping[str, Any], secret: str) -> str:
    """MD5 over the fields as their sample code has it: with `time`, and `data` as it came."""
    names = ("account", "object", "object_id", "action", *(["data"] if news.get("data") else []))
    fields = [text(news.get(name)) or "" for name in (*names, "time")]
    return hashlib.md5(";".join([*fields, secret]).encode(), usedforsecurity=False).hexdigest()


def _hints(news: Mapping[str, Any]) -> tuple[Hint, ...]:
    number = text(news.get("object_id"))
    if news.get("object") != "incoming_order" or number is None:
        return ()
    return (Hint(number, None),)
