"""The schema in the repository is the schema that is served."""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema, lexicographic_sort_schema, print_schema

from catering.resolvers.root import schema, sdl

COMMITTED = Path(__file__).parent.parent / "schema.graphql"


def test_the_schema_is_committed_as_it_is() -> None:
    assert COMMITTED.read_text() == sdl(), "Run `make schema`, and read what has changed."


def test_what_is_printed_is_what_is_run() -> None:
    printed, run = (lexicographic_sort_schema(one) for one in (build_schema(sdl()), schema._schema))
    assert print_schema(printed) == print_schema(run)
