"""What Poster tells us, in our words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from catering.domain.reports import KitchenStatus
from catering.providers.calling import document
from catering.providers.ports import (
    Accepted,
    Ambiguous,
    Forged,
    Hint,
    KitchenReport,
    KitchenTicket,
    Malformed,
    Notice,
    Pending,
    Receipt,
    Rejected,
    Submission,
    Unavailable,
)
from catering.providers.reading import part, parts, text, wall, whole
from catering.providers.signing import same

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


def submission(read: Mapping[str, Any], ticket: KitchenTicket, zone: ZoneInfo) -> Submission:
    """What became of the ticket that they were given."""
    if "error" in read:
        return _refused(read, ticket)
    answer = report(part(read, "response"), zone)
    if answer is None:
        return Ambiguous("they took it and did not say under which number")
    match answer.status:
        case KitchenStatus.ACCEPTED:
            return Accepted(answer)
        case KitchenStatus.REJECTED:
            return Rejected("refused", "The restaurant will not make it.")
    return Pending(answer)


def report(order: Mapping[str, Any], zone: ZoneInfo) -> KitchenReport | None:
    """An order of theirs; None where it says neither its number nor how far it is."""
    number, status = text(order.get("incoming_order_id")), whole(order.get("status"))
    if number is None or status is None:
        return None
    return KitchenReport(
        number,
        _meaning(status, order),
        str(status),
        occurred_at=wall(order.get("updated_at"), zone),
    )


def with_bill(order: KitchenReport, status: int | None) -> KitchenReport:
    """What an order is when its bill has this status; None where they did not say."""
    meaning = {2: KitchenStatus.HANDED_OVER, 3: KitchenStatus.CANCELLED}
    if status is None:
        return order
    return KitchenReport(
        order.external_id,
        meaning.get(status, order.status),
        f"{order.word}, bill {status}",
        occurred_at=order.occurred_at,
    )


def ours(orders: list[dict[str, Any]], reference: str) -> dict[str, Any] | None:
    """The order whose comment carries this reference as a whole word, at the start of a line."""
    mark = re.compile(rf"^\s*ref {re.escape(reference)}(?!\S)", re.MULTILINE)
    return next((order for order in orders if mark.search(text(order.get("comment")) or "")), None)


def only(read: Mapping[str, Any]) -> dict[str, Any]:
    """The one object they were asked for; some methods put it into a list."""
    return next(iter(parts(read, "response")), None) or part(read, "response")


def error(read: Mapping[str, Any]) -> int | None:
    """An error is `{code, message}`, or in older parts of their API the bare code."""
    told = read.get("error")
    return whole(part(read, "error").get("code")) if isinstance(told, dict) else whole(told)


def bill(order: Mapping[str, Any]) -> str | None:
    """The bill of an order that was taken, and no other ever had one."""
    found = text(order.get("transaction_id"))
    return None if found == "0" else found


def news(raw: bytes, account: str, secrets: Sequence[str]) -> Receipt:
    """A thin hint. The signature is inside, so here alone the body is read before it.

    It is an MD5 and proves little; therefore nothing is believed but "look again".
    """
    told = document(raw)
    if told is None or not isinstance(given := told.get("verify"), str):
        return Malformed("no JSON object with a signature")
    if not any(same(given, _verify(told, secret)) for secret in secrets):
        return Forged("the signature is of no secret in force")
    if told.get("account") != account:
        return Forged("it is about another account")
    return Notice(given, _hints(told))


def _refused(read: Mapping[str, Any], ticket: KitchenTicket) -> Submission:
    code = error(read)
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


def _meaning(status: int, order: Mapping[str, Any]) -> KitchenStatus:
    match status:
        case 0:
            return KitchenStatus.WAITING
        case 1:
            return KitchenStatus.ACCEPTED
        case 7:  # one word for both; only an order that was taken ever had a bill
            taken = bill(order) is not None
            return KitchenStatus.CANCELLED if taken else KitchenStatus.REJECTED
    return KitchenStatus.UNKNOWN


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
