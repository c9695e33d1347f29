"""What all tables share: names of constraints, types of columns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import DateTime, Enum, MetaData, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Word = TypeVar("Word", bound=StrEnum)


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
    }


def word(kind: type[Word], **options: Any) -> Mapped[Word]:
    """A column that holds one of our words, as text, guarded by a CHECK."""
    return mapped_column(
        Enum(
            kind, native_enum=False, length=32, create_constraint=True, name=kind.__name__.lower()
        ),
        **options,
    )


def among(column: str, kind: type[StrEnum]) -> str:
    """The rule that a list holds none but our words."""
    words = ", ".join(f"'{word}'" for word in kind)
    return f"{column} <@ ARRAY[{words}]::text[]"


def moment(**options: Any) -> Mapped[datetime]:
    """A column that is set to the database's clock when the row is written."""
    return mapped_column(server_default=func.catering_now(), **options)


def bare(kind: type[Base]) -> Table:
    """The table of a class, for statements that are built once and touch no objects: to the ORM,
    which would look for those, each of them costs more than PostgreSQL needs for it."""
    return cast(Table, kind.__table__)
