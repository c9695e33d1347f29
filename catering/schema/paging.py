"""Relay connections with keyset cursors: stable while rows come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import strawberry
from graphql import GraphQLError
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    func,
    select,
    tuple_,
)
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from . import cursors
from .cursors import BrokenSeal, Seal
from .directives import FieldT, ListSize, costs, marked
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
    among: strawberry.Private[Among | None]

    @costs(5)
    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int | None:
        query = self.query.order_by(None)
        if self.among is not None:
            return await _counted_among(info, query, self.among)
        counted = await info.context.loaders.read(
            select(func.count().label("total")).select_from(query.subquery())
        )
        return int(counted[0].total)


def paged(*by: str) -> Callable[[FieldT], FieldT]:
    """The field is a connection, with pages as long as these arguments say. Its resolver is asked
    for a `part: Slice`."""
    page = ListSize(
        assumed_size=DEFAULT,
        slicing_arguments=list(by),
        sized_fields=["edges", "nodes"],
        require_one_slicing_argument=False,
    )

    def made(field: FieldT) -> FieldT:
        field.extensions = [*field.extensions, Parted(by)]
        return marked(page)(field)

    return made


@dataclass(frozen=True)
class Among:
    """That a list is of one of several parents. Whoever asks the `same` of his own is answered
    with the others, by one statement."""

    column: SQLColumnExpression[Any]
    parent: Any
    same: str = ""


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


class Parted(FieldExtension):
    """Gives a field the arguments that choose a part of its list, and its resolver the part."""

    def __init__(self, by: Sequence[str]) -> None:
        cursors = ["after", "before"] if "last" in by else ["after"]
        self._given = [_argument(name, str) for name in cursors] + [_argument(n, int) for n in by]

    def apply(self, field: StrawberryField) -> None:
        # A field can be made ready more than once, for a second schema.
        ours = {"part", *(argument.python_name for argument in self._given)}
        others = [each for each in field.arguments if each.python_name not in ours]
        field.arguments = [*self._given, *others]

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        part = Slice(
            **{each.python_name: given.pop(each.python_name, None) for each in self._given}
        )
        return await next_(source, info, part=part, **given)


def _argument(name: str, kind: type) -> StrawberryArgument:
    return StrawberryArgument(name, None, StrawberryAnnotation(kind | None), default=None)


@dataclass(frozen=True)
class Sort:
    """The columns to sort by, none of them ever null; the last one tells equals apart."""

    columns: tuple[SQLColumnExpression[Any], ...]
    descending: bool = False
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(f"sort_{n}" for n in range(len(self.columns))))

    def direction(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        down = self.descending != backwards
        return [column.desc() if down else column.asc() for column in self.columns]

    def keyed(self, query: Select[Any]) -> Select[Any]:
        """The query, with what cursors are made of."""
        pairs = zip(self.columns, self.names, strict=True)
        return query.add_columns(*(column.label(name) for column, name in pairs))

    def beyond(self, cursor: str, seal: Seal, *, before: bool) -> ColumnElement[bool]:
        """What comes after a cursor, or before it. Raises a `GraphQLError` for one not of ours."""
        try:
            place = seal.opened(cursor, self.columns)
        except BrokenSeal:
            told = "This cursor is none of ours, or of another list. Start from the beginning."
            raise misused(told) from None
        here, there = tuple_(*self.columns), tuple_(*place)
        return here < there if self.descending != before else here > there

    def cursor(self, row: Row[Any], seal: Seal) -> str:
        """The place of a row."""
        return seal.cursor([getattr(row, name) for name in self.names])


async def page(
    info: Info,
    view: type[View],
    query: Select[Any],
    sort: Sort,
    part: Slice,
    among: Among | None = None,
) -> Connection[Any]:
    """A page of the rows of a query, as views. One statement, also for many parents."""
    seal = Seal(await cursors.key(info.context), _of(view, sort, among))
    rows, more = await _rows(info, query, sort, part, among, seal)
    edges = [Edge[Any](cursor=sort.cursor(row, seal), node=view.of(row)) for row in rows]
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
        among=among,
    )


def _of(view: type[View], sort: Sort, among: Among | None) -> str:
    """Which list it is. Not how it is filtered: a place stays a place when more is shown."""
    whose = (_named(among.column), str(among.parent)) if among is not None else ()
    return repr((view.__name__, *whose, *map(_named, sort.columns), sort.descending))


def _named(column: Any) -> str:
    return column.key or str(column)


async def _rows(
    info: Info, query: Select[Any], sort: Sort, part: Slice, among: Among | None, seal: Seal
) -> tuple[Sequence[Row[Any]], bool]:
    size = part.size
    narrowed = sort.keyed(query)
    if part.after is not None:
        narrowed = narrowed.where(sort.beyond(part.after, seal, before=False))
    if part.before is not None:
        narrowed = narrowed.where(sort.beyond(part.before, seal, before=True))
    order = sort.direction(backwards=part.backwards)
    if among is None:
        rows = await info.context.loaders.read(narrowed.order_by(*order).limit(size + 1))
    else:
        rows = await _rows_among(info, narrowed, order, part, among)
    shown = rows[:size]
    return (shown[::-1] if part.backwards else shown), len(rows) > size


async def _rows_among(
    info: Info, query: Select[Any], order: list[ColumnElement[Any]], part: Slice, among: Among
) -> Sequence[Row[Any]]:
    async def load(parents: list[Any]) -> list[Sequence[Row[Any]]]:
        place = func.row_number().over(partition_by=among.column, order_by=order)
        each = query.where(among.column.in_(parents)).add_columns(
            among.column.label("parent"), place.label("place")
        )
        several = each.subquery()
        rows = await info.context.loaders.read(
            select(several).where(several.c.place <= part.size + 1).order_by(several.c.place)
        )
        found = defaultdict[Any, list[Row[Any]]](list)
        for row in rows:
            found[row.parent].append(row)
        return [found[parent] for parent in parents]

    same = ("page", str(among.column), among.same, part)
    rows: Sequence[Row[Any]] = await info.context.loaders.batched(same, load).load(among.parent)
    return rows


async def _counted_among(info: Info, query: Select[Any], among: Among) -> int:
    async def load(parents: list[Any]) -> list[int]:
        several = (
            query.where(among.column.in_(parents))
            .with_only_columns(among.column.label("parent"))
            .subquery()
        )
        total: Any = func.count().label("total")
        rows = await info.context.loaders.read(
            select(several.c.parent, total).group_by(several.c.parent)
        )
        found = {row.parent: row.total for row in rows}
        return [found.get(parent, 0) for parent in parents]

    same = ("count", str(among.column), among.same)
    total: int = await info.context.loaders.batched(same, load).load(among.parent)
    return total


def misused(message: str) -> GraphQLError:
    """An error of whoever wrote the request."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})
