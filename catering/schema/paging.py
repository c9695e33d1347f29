"""Relay connections with keyset cursors: stable while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError
from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_

from .exposing import Info, View

DEFAULT, MOST = 20, 100

NodeT = TypeVar("NodeT")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """As Relay wants it."""

    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None


@strawberry.type(description="One element of a list, and its place.")
class Edge(Generic[NodeT]):
    """As Relay wants it."""

    cursor: str
    node: NodeT | None


@strawberry.type(description="A page of a list.")
class Connection(Generic[NodeT]):
    """As Relay wants it, with a shortcut to the nodes."""

    edges: list[Edge[NodeT]] | None
    nodes: list[NodeT] | None
    page_info: PageInfo
    query: strawberry.Private[Select[Any]]

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int | None:
        unordered = self.query.order_by(None)
        counted = await info.context.loaders.read(
            select(func.count().label("total")).select_from(unordered.subquery())
        )
        return int(counted[0].total)


@dataclass(frozen=True)
class Slice:
    """The part of a list that a client asks for."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def backwards(self) -> bool:
        """Whether it is counted from the end."""
        return self.last is not None and self.first is None

    @property
    def size(self) -> int:
        """How many. Raises a `GraphQLError` for what cannot be."""
        size = self.last if self.backwards else self.first
        if size is None:
            return DEFAULT
        if not 0 <= size <= MOST:
            raise misused(f"Ask for 0 to {MOST} at once.")
        return size


@dataclass(frozen=True)
class Sort:
    """A column to sort by, with the id to tell equals apart; never null."""

    column: Any
    id: Any
    descending: bool = False
    read: Callable[[Any], Any] = str

    def placed(self, query: Select[Any], *, backwards: bool) -> Select[Any]:
        """The query in this order, or from its end."""
        down = self.descending != backwards
        order = [c.desc() if down else c.asc() for c in (self.column, self.id)]
        return query.add_columns(self.column.label("sort_key")).order_by(*order)

    def beyond(self, cursor: str, *, before: bool) -> ColumnElement[bool]:
        """What comes after a cursor, or before it."""
        key, id = _opened(cursor, self.read)
        here, there = tuple_(self.column, self.id), tuple_(key, id)
        return here < there if self.descending != before else here > there


def moment(value: Any) -> datetime:
    """A sort key that is a moment."""
    return datetime.fromisoformat(value)


async def page(
    info: Info, view: type[View], query: Select[Any], sort: Sort, part: Slice
) -> Connection[Any]:
    """A page of the rows of a query, as views. One statement."""
    rows, more = await _rows(info, query, sort, part)
    edges = [Edge[Any](cursor=_cursor(row), node=view.of(row)) for row in rows]
    return Connection[Any](
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
            has_next_page=bool(part.before) if part.backwards else more,
            has_previous_page=more if part.backwards else bool(part.after),
        ),
        query=query,
    )


async def _rows(
    info: Info, query: Select[Any], sort: Sort, part: Slice
) -> tuple[Sequence[Row[Any]], bool]:
    if part.after is not None:
        query = query.where(sort.beyond(part.after, before=False))
    if part.before is not None:
        query = query.where(sort.beyond(part.before, before=True))
    size = part.size
    placed = sort.placed(query, backwards=part.backwards).limit(size + 1)
    rows = await info.context.loaders.read(placed)
    shown = rows[:size]
    return (shown[::-1] if part.backwards else shown), len(rows) > size


def _cursor(row: Row[Any]) -> str:
    key = row.sort_key
    text = key.isoformat() if isinstance(key, datetime) else key
    raw = json.dumps([text, str(row.id)], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _opened(cursor: str, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key, id = json.loads(raw)
        return read(key), UUID(id) if "-" in id else int(id)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise misused("This cursor is none of ours. Start from the beginning.") from None


def misused(message: str) -> GraphQLError:
    """An error of whoever wrote the request."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})
