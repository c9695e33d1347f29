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
    description="How many things a list without pages is reckoned to hold.",
)
class ListSize:
    assumed_size: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="auth",
    description="One of these roles is needed. None is where there are none: everybody may ask, "
    "signed in or not. Whose things one sees is another question.",
)
class Auth:
    requires: list[Role]


def about(size: int) -> Callable[[FieldT], FieldT]:
    """The field is a list of about so many things."""

    def mark(field: FieldT) -> FieldT:
        field.directives = (*field.directives, ListSize(assumed_size=size))
        return field

    return mark
