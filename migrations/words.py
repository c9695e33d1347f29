"""The words that a column may hold: a CHECK on top of text, which grows from release to release."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


def admit(table: str, column: str, kind: str, *words: str) -> None:
    """Let the column hold these words as well as those that it may hold already."""
    _guard(table, column, kind, {*_held(table, kind), *words})


def dismiss(table: str, column: str, kind: str, *words: str) -> None:
    """The other way round. Rows that hold one of them have to be gone before."""
    _guard(table, column, kind, {*_held(table, kind)} - {*words})


def _held(table: str, kind: str) -> list[str]:
    query = sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name")
    definition = op.get_bind().scalar(query, {"name": f"ck_{table}_{kind}"})
    return re.findall(r"'(\w+)'", str(definition))


def _guard(table: str, column: str, kind: str, words: set[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in sorted(words))
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{kind}")
    # NOT VALID: every row is known to fit, and a second look would lock the table for its length.
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{kind} "
        f"CHECK ({column} IN ({listed})) NOT VALID"
    )
