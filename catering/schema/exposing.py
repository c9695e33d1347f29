"""Say it once: a type names the columns that it shows, and is checked when it is imported."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

import strawberry
from strawberry import ID

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.models import Base

from .context import Context
from .seeing import guard

Info = strawberry.Info[Context, None]
ViewT = TypeVar("ViewT", bound="type[View]")


class View:
    """A plain row, as clients see it. Fields that are not columns are methods."""

    row: Any
    _plain: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def of(cls, row: Any) -> Self:
        """The view of a row."""
        view = cls.__new__(cls)
        view.row = row
        for name in cls._plain:
            setattr(view, name, getattr(row, name))
        return view

    @classmethod
    def maybe(cls, row: Any | None) -> Self | None:
        """The view of a row that may not be there."""
        return None if row is None else cls.of(row)

    @classmethod
    def each(cls, rows: Any) -> list[Self]:
        """The views of rows."""
        return [cls.of(row) for row in rows]

    async def is_own(self, info: Info) -> bool:  # noqa: ARG002 - some have to ask
        """Whether this is the caller's own, for the fields that only its owner sees."""
        return False


@strawberry.interface(description="Anything with an id of its own; ask `node` for it.")
class Node:
    """Every type that is a node says which prefix its ids have."""

    prefix: ClassVar[Prefix]

    @strawberry.field(description="Opaque, and unique across all types.")
    def id(self) -> ID:
        return encoded(self.prefix, self.row.id)  # type: ignore[attr-defined]


def exposes(source: type[Base]) -> Callable[[ViewT], ViewT]:
    """A type whose plain fields are columns of `source`. Raises `TypeError` where they are not."""

    def decorate(view: ViewT) -> ViewT:
        plain = tuple(n for n, told in inspect.get_annotations(view).items() if _is_field(told))
        if missing := [name for name in plain if not hasattr(source, name)]:
            raise TypeError(f"{view.__name__} shows {missing}, which {source.__name__} lacks.")
        view._plain = plain
        made = strawberry.type(view, description=inspect.getdoc(view))
        for field in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            guard(view.__name__, field)
        return made

    return decorate


def _is_field(annotation: object) -> bool:
    return "ClassVar" not in str(annotation)


def encoded(prefix: Prefix, id: Any) -> ID:
    """The id that clients see."""
    return ID(ids.encode(prefix, id))
