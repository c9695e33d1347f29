"""What the schema says about its fields: who may ask for them, and what they will cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry
from strawberry.schema_directive import Location

from catering.domain.people import Role

FieldT = TypeVar("FieldT", bound=Any)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many things a list is reckoned to hold: as many as the largest of the slicing "
    "arguments says (one that is a list says it by its length), or else as is assumed. With sized "
    "fields it is they that are so long.",
)
class ListSize:
    assumed_size: int | None = strawberry.UNSET
    slicing_arguments: list[str] | None = strawberry.UNSET
    sized_fields: list[str] | None = strawberry.UNSET
    require_one_slicing_argument: bool | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="The points that a field costs, besides what is selected in it. Without it: 1 for "
    "an object, nothing for a value.",
)
class Cost:
    weight: str


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="auth",
    description="One of these roles is needed. None is where there are none: everybody may ask, "
    "signed in or not. Whose things one sees is another question.",
)
class Auth:
    requires: list[Role]


def about(size: int, by: str | None = None) -> Callable[[FieldT], FieldT]:
    """The field is a list of about so many things, or of as many as the argument `by` names."""
    if by is None:
        return marked(ListSize(assumed_size=size))
    sized = ListSize(assumed_size=size, slicing_arguments=[by], require_one_slicing_argument=False)
    return marked(sized)


def costs(points: int) -> Callable[[FieldT], FieldT]:
    """The field costs so many points."""
    return marked(Cost(weight=str(points)))


def marked(directive: object) -> Callable[[FieldT], FieldT]:
    """The field carries a directive."""

    def mark(field: FieldT) -> FieldT:
        field.directives = (*field.directives, directive)
        return field

    return mark
