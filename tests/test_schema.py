"""The schema in the repository is the schema that is served."""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema

from catering.resolvers.root import schema, sdl

COMMITTED = Path(__file__).parent.parent / "schema.graphql"


def test_the_schema_is_committed_as_it_is() -> None:
    assert COMMITTED.read_text() == sdl(), "Run `make schema`, and read what has changed."


def test_the_text_can_be_read_again_and_lacks_nothing() -> None:
    assert set(build_schema(sdl()).type_map) == set(schema._schema.type_map)
