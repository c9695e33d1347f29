"""What happened to an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from catering import models
from catering.domain.people import Role

from .exposing import Info, View, exposes
from .loaders import rows
from .paging import Among, Edge, PageInfo, Slice, Sort, page
from .people import User


@exposes(models.Event)
class OrderHistoryEntry(View):
    """What happened to an order."""

    kind: str
    actor_role: Role | None
    occurred_at: datetime
    note: str | None

    @strawberry.field(description="Hand it back as `after` to any stream that tells of it.")
    def position(self) -> str:
        return str(self.row.position)

    @strawberry.field(description="The person who did it; null where it was the system.")
    async def actor(self, info: Info) -> User | None:
        return User.maybe(await info.context.loaders.one(models.User, self.row.actor_id))


@strawberry.type(description="One thing that happened, and its place.")
class OrderHistoryEdge:
    """As Relay wants it."""

    cursor: str
    node: OrderHistoryEntry | None


@strawberry.type(description="What happened to an order, in order.")
class OrderHistoryConnection:
    """As Relay wants it."""

    edges: list[OrderHistoryEdge] | None
    nodes: list[OrderHistoryEntry] | None
    page_info: PageInfo


async def history_of(info: Info, order_id: UUID, part: Slice) -> OrderHistoryConnection:
    """What the caller may know of it, in order."""
    event = models.Event
    told = rows(event, info.context.actor)
    here = Among(event.order_id, order_id)
    found = await page(info, OrderHistoryEntry, told, Sort((event.position,)), part, here)
    edges: list[Edge[Any]] = found.edges or []
    return OrderHistoryConnection(
        edges=[OrderHistoryEdge(cursor=edge.cursor, node=edge.node) for edge in edges],
        nodes=found.nodes,
        page_info=found.page_info,
    )
