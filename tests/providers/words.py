"""Tables of words, and what they are said about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from catering.providers.ports import (
    KitchenTicket,
    TicketItem,
)
from tests.providers.conftest import answering

TICKET = KitchenTicket(
    reference="cat-91-1",
    number="A-91",
    location="1",
    items=(TicketItem("169", "Борщ", 1, 34_950, "без сметани"),),
    currency="UAH",
    phone="+380501112233",
    comment="ref cat-92-1\nref cat-93-1",
    wanted_at=datetime(2026, 1, 1, 17, 30, tzinfo=UTC),
    submitted_after=datetime(2026, 1, 1, 17, 0, tzinfo=UTC),
)


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def saying(body: dict[str, Any]) -> httpx.AsyncClient:
    return answering(lambda _: httpx.Response(200, json=body))
