"""The documents are those that clients were promised, and the schema knows all they ask."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from catering.walk.documents import document

ROOT = Path(__file__).parents[2]
WALK = files("catering.walk")
TEXTS = [WALK.joinpath(name).read_text("utf-8") for name in ("walk.graphql", "more.graphql")]
OPERATIONS = re.findall(r"^(?:query|mutation|subscription) (\w+)", "\n".join(TEXTS), re.MULTILINE)


def test_the_walk_sends_the_promised_documents() -> None:
    assert TEXTS[0] == (ROOT / "tests" / "walk.graphql").read_text("utf-8")


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_valid_with_just_the_fragments_it_needs(
    name: str, schema: GraphQLSchema
) -> None:
    assert validate(schema, parse(document(name))) == []


def test_a_document_brings_the_fragments_of_its_fragments() -> None:
    sent = document("PlaceOrder")
    assert "fragment OrderCard" in sent
    assert "fragment Sum" in sent
    assert "fragment Tokens" not in sent
    assert "#" not in sent
