"""What Uklon tells us, in our words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from catering.domain.reports import CourierStatus
from catering.providers.calling import Response, document
from catering.providers.ports import (
    QUOTE_EXPIRED,
    CourierReport,
    Forged,
    Hint,
    Malformed,
    Notice,
    NotServiceable,
    Quote,
    Receipt,
    Rejected,
    Unavailable,
)
from catering.providers.reading import epoch, minor, part, parts, text
from catering.providers.signing import from_base64, from_hex, header, signed

MEANING = {
    "placed": CourierStatus.PENDING,
    "waiting_for_processing": CourierStatus.PENDING,
    "processing": CourierStatus.PENDING,
    # A flag more than a state: it may come at any time and goes away again. Ranked lowest, it
    # moves nothing that has begun.
    "suspended": CourierStatus.PENDING,
    "accepted": CourierStatus.COURIER_ASSIGNED,
    "arrived": CourierStatus.AT_PICKUP,
    "running": CourierStatus.EN_ROUTE,
    "returning": CourierStatus.EN_ROUTE,  # the end of it, `returned` or not, is told by the door
    "canceled": CourierStatus.CANCELLED,
}
AT_THE_DOOR = {
    "delivered": CourierStatus.DELIVERED,
    "not_delivered": CourierStatus.UNDELIVERED,
    "return_requested": CourierStatus.UNDELIVERED,
    "returning": CourierStatus.UNDELIVERED,
    "returned": CourierStatus.RETURNED,
}


def report(order: Mapping[str, Any], currency: str) -> CourierReport | None:
    external_id, word = text(order.get("id")), text(order.get("status"))
    if external_id is None or word is None:
        return None
    door, driver = _door(order), part(order, "driver")
    return CourierReport(
        external_id,
        _meaning(word, door),
        f"{word}, {door}" if door else word,
        courier_name=text(driver.get("name")),
        courier_phone=text(driver.get("phone")),
        fee=minor(part(order, "cost").get("total"), currency),
        reference=_reference(order),
    )


def quote(answer: Response, product: str, currency: str) -> Quote | NotServiceable | Unavailable:
    read = answer.document or {}
    if answer.status >= 300:
        return NotServiceable(_code(answer), _message(answer))
    priced = part(read, "estimated_products", product)
    if error := part(priced, "error"):
        code = text(error.get("sub_code")) or "not_serviceable"
        return NotServiceable(code, text(error.get("message")) or code)
    number = text(read.get("id"))
    fee = minor(part(priced, "estimation", "cost").get("recommended"), currency)
    if number is None or fee is None or fee < 0:
        return Unavailable("their answer is no fare")
    if (theirs := (text(read.get("currency")) or currency).upper()) != currency:
        return NotServiceable("currency_mismatch", f"They quote in {theirs}.")
    return Quote(number, fee, currency, epoch(read.get("expires_at")), agreed=fee)


def refusal(answer: Response) -> Rejected:
    """A refused order. Not all their words are known; those about the price speak of these."""
    code = _code(answer)
    stale = "fare" in code.lower() or "cost" in code.lower()
    return Rejected(QUOTE_EXPIRED if stale else code, _message(answer))


def news(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...]) -> Receipt:
    """A batch of orders, as hints. Nobody says whether they sign in hex or base64: take both."""
    given = header(headers, "x-signature")
    if not any(signed(raw, read(given), secrets) for read in (from_hex, from_base64)):
        return Forged("the signature is of no secret in force")
    read = document(raw)
    if read is None:
        return Malformed("no JSON object")
    items = parts(read, "items") or [read]
    keys = [text(item.get("event_id")) for item in items]
    if None in keys:
        return Malformed("an event without an id")
    return Notice(_key(list(filter(None, keys))), tuple(_hint(item) for item in items))


def _key(events: list[str]) -> str:
    """One key for a batch, as short as one for a single event."""
    if len(events) == 1:
        return events[0]
    return hashlib.sha256("\n".join(events).encode()).hexdigest()


def _meaning(word: str, door: str | None) -> CourierStatus:
    """`completed` says only that the journey is over: what came of it is told at the door."""
    if word == "completed":
        return AT_THE_DOOR.get(door or "", CourierStatus.UNKNOWN)
    if word == "running" and door == "arrived":
        return CourierStatus.AT_DROPOFF
    return MEANING.get(word, CourierStatus.UNKNOWN)


def _door(order: Mapping[str, Any]) -> str | None:
    """The status of our one drop-off."""
    stops = parts(part(order, "route", "points"), "dropoffs")
    return text(stops[0].get("status")) if stops else None


def _reference(order: Mapping[str, Any]) -> str | None:
    for receiver in parts(order, "receivers"):
        if number := text(part(receiver, "extra_parameters").get("external_tracking_number")):
            return number
    return None


def _hint(item: Mapping[str, Any]) -> Hint:
    order = part(item, "order") or part(item, "order_context")
    return Hint(text(order.get("id")), _reference(order))


def _code(answer: Response) -> str:
    read = answer.document or {}
    return text(read.get("subcode")) or text(read.get("sub_code")) or f"http_{answer.status}"


def _message(answer: Response) -> str:
    return text((answer.document or {}).get("message")) or _code(answer)
