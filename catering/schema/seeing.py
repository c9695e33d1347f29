"""Single fields of what may be seen: the matrix says who sees them, and the schema says so, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryList
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from catering.domain.permissions import FIELDS, Reach, Sight


class Seen(FieldExtension):
    """Asks the matrix before a field is read. Who may not see it is told nothing: null, or an
    empty list, because a list of things that two roles share would else be a list of errors."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._is_list = False

    def apply(self, field: StrawberryField) -> None:
        self._is_list = isinstance(field.type, StrawberryList)

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        actor = info.context.actor
        reach = self._sight.of(actor.role if actor else None)
        if reach is Reach.ALL or (reach is Reach.OWN and await source.is_own(info)):
            return await next_(source, info, **given)
        return [] if self._is_list else None


def guard(type_name: str, field: StrawberryField) -> None:
    """Put the matrix before a field that it names. Raises `TypeError` for a bare column."""
    sight = FIELDS.get(f"{type_name}.{to_camel_case(field.python_name)}")
    if sight is None:
        return
    if field.is_basic_field:
        raise TypeError(f"{type_name}.{field.python_name} is guarded, so it has to be a method.")
    field.extensions = [*field.extensions, Seen(sight)]
    field.description = f"{field.description} {_told(sight)}"


def _told(sight: Sight) -> str:
    everybodys, own = _names(sight.everybodys), _names(sight.own - sight.everybodys)
    return f"Seen by {everybodys}{f'; on their own also by {own}' if own else ''}."


def _names(roles: frozenset[Any]) -> str:
    *first, last = sorted(roles) or [""]
    return f"{', '.join(first)} and {last}" if first else str(last)
