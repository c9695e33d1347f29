"""What Uber Direct tells us, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from catering.domain.reports import CourierStatus
from catering.providers.calling import Outcome, Response, document
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
from catering.providers.reading import fraction, instant, part, text, whole
from catering.providers.signing import from_hex, header, signed

# `pickup` means "on the way to the pickup"; they never say that the courier stands there.
MEANING = {
    "pending": CourierStatus.PENDING,
    "pickup": CourierStatus.COURIER_ASSIGNED,
    "pickup_complete": CourierStatus.PICKED_UP,
    "dropoff": CourierStatus.EN_ROUTE,
    "delivered": CourierStatus.DELIVERED,
    "canceled": CourierStatus.CANCELLED,
    "returned": CourierStatus.RETURNED,
}

A_NEW_QUOTE_HELPS = frozenset({"expired_quote", "used_quote", "mismatched_price_quote"})
NOBODY_FREE = frozenset({"couriers_busy", "robo_couriers_busy"})


def report(read: Mapping[str, Any]) -> CourierReport | None:
    external_id, word = text(read.get("id")), text(read.get("status"))
    if external_id is None or word is None:
        return None
    courier, place = part(read, "courier"), part(read, "courier", "location")
    return CourierReport(
        external_id,
        MEANING.get(word, CourierStatus.UNKNOWN),
        word,
        occurred_at=instant(read.get("updated")),
        latitude=fraction(place.get("lat")),
        longitude=fraction(place.get("lng")),
        courier_name=text(courier.get("name")),
        courier_phone=text(courier.get("phone_number")),
        eta=instant(read.get("dropoff_eta")),
        tracking_url=text(read.get("tracking_url")),
        fee=whole(read.get("fee")),
        reference=text(read.get("external_id")),
    )


def quote(answer: Response, currency: str) -> Quote | NotServiceable | Unavailable:
    read = answer.document or {}
    if answer.status >= 300:
        return NotServiceable(code(answer), text(read.get("message")) or code(answer))
    number, fee = text(read.get("id")), whole(read.get("fee"))
    theirs = (text(read.get("currency_type")) or text(read.get("currency")) or currency).upper()
    if number is None or fee is None or fee < 0:
        return Unavailable("their answer is no quote")
    if theirs != currency:
        return NotServiceable("currency_mismatch", f"They quote in {theirs}.")
    return Quote(
        number,
        fee,
        currency,
        instant(read.get("expires")),
        agreed=fee,
        pickup_eta=_after_minutes(read.get("created"), read.get("pickup_duration")),
        dropoff_eta=instant(read.get("dropoff_eta")),
    )


def no_courier(outcome: Outcome) -> NotServiceable | None:
    """A 503 that says "nobody is free" is an answer: another courier company may have somebody."""
    if not isinstance(outcome, Response) or code(outcome) not in NOBODY_FREE:
        return None
    return NotServiceable(code(outcome), "No courier is free.")


def no_courier_to_book(outcome: Outcome) -> Rejected | None:
    busy = no_courier(outcome)
    return Rejected(busy.code, busy.message) if busy else None


def duplicate(answer: Response) -> str | None:
    """The delivery they already have under our reference."""
    if code(answer) != "duplicate_delivery":
        return None
    return text(part(answer.document, "metadata").get("delivery_id"))


def refusal(answer: Response) -> Rejected:
    read, theirs = answer.document or {}, code(answer)
    details = "".join(f" {name}: {text(why)}." for name, why in part(read, "metadata").items())
    ours = QUOTE_EXPIRED if theirs in A_NEW_QUOTE_HELPS else theirs
    return Rejected(ours, (text(read.get("message")) or theirs) + details)


def code(answer: Response) -> str:
    return text((answer.document or {}).get("code")) or f"http_{answer.status}"


def news(raw: bytes, headers: Mapping[str, str], secrets: tuple[str, ...]) -> Receipt:
    """A webhook. It carries the whole delivery; a bare one still says which one and what."""
    signature = from_hex(header(headers, "x-uber-signature"))
    if not signed(raw, signature, secrets):
        return Forged("the signature is of no secret in force")
    read = document(raw)
    event = text(read.get("id")) if read else None
    if read is None or event is None:
        return Malformed("no JSON object with an id")
    delivery = _delivery(read)
    heard = report(delivery)
    number = text(delivery.get("id"))
    if heard is None:
        return Notice(event, (Hint(number, None),) if number else ())
    return Notice(event, (Hint(heard.external_id, heard.reference, heard),))


def _delivery(read: Mapping[str, Any]) -> dict[str, Any]:
    """The delivery inside an event, with the event's own word and time where it has them.

    The status beside the delivery is what the event is about; the delivery is how things stood
    when it was sent, and may be newer. A position stands outside the delivery.
    """
    whole_one = part(read, "data")
    told = {
        "id": read.get("delivery_id"),
        "status": read.get("status"),
        "updated": read.get("created"),
        **whole_one,
    }
    if place := part(read, "location"):
        told["courier"] = {**part(whole_one, "courier"), "location": place}
    return told


def _after_minutes(start: Any, minutes: Any) -> Any:
    begun, passed = instant(start), whole(minutes)
    if begun is None or passed is None or not 0 <= passed < 10_000:
        return None
    return begun + timedelta(minutes=passed)
