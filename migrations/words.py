"""Teaching a column new words: the CHECK of a `models.base.word` grows, whatever it knows already."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


def learn(table: str, column: str, kind: str, *words: str) -> None:
    """The column may hold these words, too. `kind` is the name of the enum in lower case.

    Migrations of several branches teach the same column, so none of them writes the whole list.
    """
    _know(table, column, kind, [*_known(table, kind), *words])


def forget(table: str, column: str, kind: str, *words: str) -> None:
    """The way back: rows that hold these words are deleted, and it may not hold them any more."""
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"DELETE FROM {table} WHERE {column} IN ({listed})")  # noqa: S608 - our own words
    _know(table, column, kind, [word for word in _known(table, kind) if word not in words])


def _known(table: str, kind: str) -> list[str]:
    told = op.get_bind().scalar(
        sa.text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = CAST(:table AS regclass) AND conname = :name"
        ),
        {"table": table, "name": f"ck_{table}_{kind}"},
    )
    return re.findall(r"'([A-Z_]+)'", str(told))


def _know(table: str, column: str, kind: str, words: list[str]) -> None:
    listed = ", ".join(f"'{word}'" for word in dict.fromkeys(words))
    op.drop_constraint(op.f(f"ck_{table}_{kind}"), table)
    # What is there already passes: it obeyed a stricter rule, or was deleted just now.
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{kind} "
        f"CHECK ({column} IN ({listed})) NOT VALID"
    )
