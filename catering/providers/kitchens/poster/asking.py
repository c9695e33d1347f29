"""What we send to Poster."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catering.providers.ports import KitchenTicket, TicketItem
from catering.providers.values import told_in_words

EARLIER = timedelta(minutes=2)  # their clock may be behind ours
COMMENT = 1000


def order(ticket: KitchenTicket, zone: ZoneInfo) -> dict[str, Any]:
    paid = sum(item.quantity * item.unit_price for item in ticket.items)
    return {
        "spot_id": _id(ticket.location),
        "phone": ticket.phone,
        "comment": _comment(ticket, zone),
        "products": [_product(item) for item in ticket.items],
        # Type 1 says that the guest has paid. He has, or will: to us and not at this cash desk.
        "payment": {"type": 1, "sum": paid, "currency": ticket.currency},
    }


def search_from(moment: datetime, zone: ZoneInfo) -> str:
    """The wall time to list from. It may be too early, as the reference decides.

    In the night when clocks go back, an order placed after the change bears an earlier wall time
    than one placed before it; so the search starts earlier by what the clocks lose in a day.
    """
    start = (moment - EARLIER).astimezone(zone)
    later = (moment + timedelta(days=1)).astimezone(zone)
    before, after = start.utcoffset(), later.utcoffset()
    lost = before - after if before and after and after < before else timedelta()
    return f"{start.replace(tzinfo=None) - lost:%Y-%m-%d %H:%M:%S}"


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
