"""Somebody at a real socket who writes down what he is told of an order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.models import Event
from catering.services import sessions
from catering.settings import Settings
from tests.live.serving import Api, Socket
from tests.parts import PATIENCE
from tests.world import World

from .desk import Desk

ORDER = """subscription ($id: ID!, $after: String) { orderChanged(id: $id, after: $after) {
  __typename ... on LiveEvent { position } ... on OrderChanged { kind } } }"""


@dataclass
class Watcher:
    """One subscription to one order."""

    socket: Socket
    seen: list[int] = field(default_factory=list)
    """The positions, as they came."""

    async def sees(self, position: int) -> list[int]:
        """Everything until this position has come."""
        while not self.seen or self.seen[-1] < position:
            event = await self.socket.next(PATIENCE)
            assert event["__typename"] == "OrderChanged", event
            self.seen.append(int(event["position"]))
        return self.seen


@asynccontextmanager
async def watching(
    api: Api, token: str, order_id: UUID, after: int | None = None
) -> AsyncIterator[Watcher]:
    """Follow an order, from its present or from a position on."""
    since = None if after is None else str(after)
    async with api.socket(token) as socket:
        await socket.subscribe(ORDER, id=ids.encode(Prefix.ORDER, order_id), after=since)
        watcher = Watcher(socket)
        if after is None:
            assert (await socket.next(PATIENCE))["kind"] == "PRESENT"
        yield watcher


async def token(world: World, who: Actor, settings: Settings) -> str:
    """What he shows to the API."""
    assert who.id is not None
    assert who.role is not None
    async with world.transaction() as session:
        return (await sessions.begin(session, who.id, who.role, settings)).access_token


async def history(world: World, desk: Desk, order_id: UUID) -> list[int]:
    """The positions of all that happened to an order, in the order in which it happened."""
    query = select(Event.id).where(Event.order_id == order_id).order_by(Event.sequence)
    async with world.transaction() as session:
        happened = (await session.scalars(query)).all()
    positions = await desk.announced(*happened)
    assert positions == sorted(set(positions))
    return positions


async def has_seen_everything(world: World, desk: Desk, watcher: Watcher, order_id: UUID) -> None:
    """All that happened since the watcher came: in order, nothing missing, nothing twice."""
    happened = await history(world, desk, order_id)
    seen = await watcher.sees(happened[-1])
    assert seen == happened[-len(seen) :]
