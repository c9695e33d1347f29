"""What the schema says about its fields, for those who reckon what a document costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry
from strawberry.schema_directive import Location

FieldT = TypeVar("FieldT", bound=Any)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many things a list without pages is reckoned to hold.",
)
class ListSize:
    assumed_size: int


def about(size: int) -> Callable[[FieldT], FieldT]:
    """The field is a list of about so many things."""

    def mark(field: FieldT) -> FieldT:
        field.directives = (*field.directives, ListSize(assumed_size=size))
        return field

    return mark
