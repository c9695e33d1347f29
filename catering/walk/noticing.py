"""What is new about an order, in words: the difference between two cards of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Card = dict[str, Any]


class News(NamedTuple):
    """Something that changed; about the order itself or about its way to the door."""

    on_the_way: bool
    text: str


def news(before: Card, now: Card) -> Iterator[News]:
    """What changed from one card of an order to the next."""
    if before["status"] != now["status"]:
        yield News(False, f"order {before['status']} → {now['status']}")
    if now["needsAction"] and not before["needsAction"]:
        yield News(False, "order needs somebody to act")
    for text in _of_delivery(before.get("delivery") or _NO_DELIVERY, now.get("delivery")):
        yield News(True, text)


_NO_DELIVERY: Card = {"status": None, "driver": None, "carrier": None, "stops": []}


def carried_by(delivery: Card) -> str | None:
    """The name of the driver or of the courier company."""
    if delivery["driver"]:
        return str(delivery["driver"]["user"]["displayName"])
    return delivery["carrier"]["provider"] if delivery["carrier"] else None


def place(stop: Card) -> str:
    """Where a stop is, in a word."""
    return stop["ticket"]["restaurant"]["name"] if stop["ticket"] else "the door"


def _of_delivery(before: Card, now: Card | None) -> Iterator[str]:
    if now is None:
        return
    if not before["stops"]:
        yield f"delivery planned: {' → '.join(map(place, now['stops']))}"
    carrier = carried_by(now)
    if carrier and carrier != carried_by(before):
        yield f"delivery is carried by {carrier}"
    statuses = {stop["id"]: stop["status"] for stop in before["stops"]}
    for stop in now["stops"]:
        if stop["status"] != statuses.get(stop["id"], "PENDING"):
            yield f"stop at {place(stop)} {stop['status']}"
    if before["status"] and before["status"] != now["status"]:
        yield f"delivery {before['status']} → {now['status']}"
