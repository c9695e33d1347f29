"""What a ticket must look like, as `docs/kitchen-protocol.md` says."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from catering.simulator.checks import broken, maybe, moment, phone, text, whole

REFERENCE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def _currency(value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch("[A-Z]{3}", value)
    return None if good else "must be an upper-case ISO 4217 code"


TICKET = {
    "spot": text(64),
    "number": text(32),
    "currency": _currency,
    "wanted_at": maybe(moment),
    "phone": phone,
    "comment": maybe(text(1000)),
}
ITEM = {
    "sku": text(64),
    "name": text(200),
    "quantity": whole(1, 999),
    "unit_price_minor": whole(0, 100_000_000),
    "note": maybe(text(280)),
}


def faulty_fields(ticket: dict[str, Any], spots: Collection[str]) -> dict[str, str]:
    """Field → the rule that it breaks."""
    faulty = broken(ticket, TICKET)
    if "spot" not in faulty and ticket["spot"] not in spots:
        faulty["spot"] = "is not a spot of this kitchen"
    return faulty | faulty_items(ticket.get("items"))


def canonical(ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket's known fields, absent ones as null: what makes two tickets the same."""
    return {name: ticket.get(name) for name in TICKET} | {"items": canonical_items(ticket["items"])}


def canonical_items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Their known fields, absent ones as null."""
    return [{name: item.get(name) for name in ITEM} for item in items]


def faulty_items(items: Any) -> dict[str, str]:
    """Field → the rule that it breaks."""
    if not isinstance(items, list) or not items:
        return {"items": "must be a list of at least one item"}
    faulty: dict[str, str] = {}
    for position, item in enumerate(items):
        if isinstance(item, dict):
            faulty |= broken(item, ITEM, f"items.{position}.")
        else:
            faulty[f"items.{position}"] = "must be an object"
    return faulty or _repeated(items)


def _repeated(items: list[dict[str, Any]]) -> dict[str, str]:
    names = [(item["sku"], item.get("note")) for item in items]
    if len(set(names)) == len(names):
        return {}
    return {"items": "must not name the same sku twice with the same note"}
