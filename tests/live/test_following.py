"""Between what a screen shows first and what it is told next there is no gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from uuid import UUID

import pytest

from catering.changes import Hub, wire
from catering.changes import hub as hubs
from catering.database import Transaction
from catering.domain.events import EventKind
from catering.domain.people import Actor
from catering.resolvers.screens import OrderScreen
from catering.resolvers.streaming import stream
from catering.schema.context import Context
from catering.settings import Settings

from .people import Person, Town


class Late:
    """Something happens, and is told to all who follow, right before somebody else does."""

    position: int | None = None

    def __init__(self, hub: Hub, town: Town, order: UUID) -> None:
        self._hub, self._town, self._order = hub, town, order

    @asynccontextmanager
    async def follow(
        self, *channels: str, patience: float | None = None
    ) -> AsyncIterator[AsyncIterator[None]]:
        async with self._hub.follow(*channels) as others:
            accepted, order = EventKind.TICKET_ACCEPTED, self._order
            self.position = await self._town.happens(accepted, order, order_id=order)
            await anext(others)
        async with self._hub.follow(*channels, patience=patience) as wakes:
            yield wakes


async def test_what_happens_until_he_follows_is_seen(
    hub: Hub, town: Town, transaction: Transaction, settings: Settings, anna: Person,
    order: UUID, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """He is woken for nothing that was told before; so what he sees first is read after it."""
    for name in ("PATIENCE", "IMPATIENCE"):  # nobody looks unless he was woken,
        monkeypatch.setattr(hubs, name, 1000)
    monkeypatch.setattr(wire, "SILENCE", 1000)  # and nobody is for want of a relay that beats
    late, actor = Late(hub, town, order), Actor(anna.id, anna.role)
    events = stream(
        Context(actor, transaction, late, settings), OrderScreen(order, actor), after=None
    )

    seen = -1
    with suppress(TimeoutError):
        async with asyncio.timeout(5), aclosing(events):
            while late.position is None or seen < late.position:
                seen = int((await anext(events)).position)

    assert seen == late.position
