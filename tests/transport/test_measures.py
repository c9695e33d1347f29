"""What is too much is refused with its numbers, before anything expensive looks at it."""

from __future__ import annotations

from itertools import pairwise
from string import ascii_uppercase
from typing import Any

import pytest
from graphql import get_introspection_query

from catering.resolvers.root import schema
from catering.transport.documents import NotGood, prepared
from catering.transport.measuring import CEILING

TOO_MUCH = [
    ("characters", "{ __typename } #" + "x" * 65_521, 65_537),
    ("tokens", "{" + " a" * 30_000 + "}", 2_001),
    ("tokens", "#\n" * 3_000 + "{ __typename }", 2_001),
    ("depth", "{ a" * 13 + "}" * 13, 13),
    ("nesting", "{ ... " * 61 + "{ a }" + "}" * 61, 61),
    ("nesting", "{ a(b: " + "[" * 900 + "]" * 900 + ") }", 61),
    ("aliases", "{" + "".join(f" a{n}: __typename" for n in range(31)) + "}", 31),
    ("fields", "{" + "".join(f" a{n}" for n in range(751)) + "}", 751),
    ("directives", "{ a @skip(if: true) @skip(if: true) @skip(if: true) @skip(if: true) }", 4),
    ("operations", "".join(f" query Q{n} {{ __typename }}" for n in range(51)), 51),
    ("variables", "query(" + "".join(f"$a{n}: Int " for n in range(201)) + ") { a }", 201),
    ("values", "{ node(id: [" + "1 " * 500 + "]) { id } }", 501),
    ("values", "{ node(id: [" + "{a: 1} " * 250 + "]) { id } }", 501),
    ("values", "{ a @skip(if: [" + "1 " * 600 + "]) }", 601),
    ("values", "query($a: [Int] = [" + "1 " * 600 + "]) { a }", 601),
    ("overlaps", "{" + " __typename" * 36 + "}", 630),
    ("overlaps", "{" + " viewer { user { id } }" * 21 + "}", 630),
    (
        "overlaps",
        "{" + "".join(f" ...F{n}" for n in range(21)) + "}"
        + "".join(f" fragment F{n} on Query {{ viewer {{ user {{ id }} }} }}" for n in range(21)),
        630,
    ),
    (
        "fields",  # 2^50 of them, each fragment looked at once
        "{ ...F0 }"
        + "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(50))
        + " fragment F50 on Query { __typename }",
        CEILING,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "actual"), TOO_MUCH)
def test_too_much_is_told_with_the_numbers(what: str, text: str, actual: int) -> None:
    told = refused(text)
    assert (told["code"], told["measure"], told["actual"]) == ("QUERY_TOO_COMPLEX", what, actual)
    assert told["limit"] < told["actual"]


def test_fragments_in_a_circle_or_of_one_name_are_told_by_the_rules_of_graphql() -> None:
    circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    assert refused(circle)["code"] == "GRAPHQL_VALIDATION_FAILED"
    pairs = pairwise(ascii_uppercase)
    bomb = "".join(f"fragment {a} on Query {{ ...{b} ...{b} }} " for a, b in pairs)
    twice = "{ ...A } fragment A on Query { __typename } fragment Z on Query { __typename } "
    assert refused(twice + bomb)["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_introspection_may_go_deep() -> None:
    assert prepared(schema._schema, get_introspection_query(descriptions=True)).operations


def refused(text: str) -> dict[str, Any]:
    with pytest.raises(NotGood) as caught:
        prepared(schema._schema, text)
    return caught.value.errors[0].extensions or {}
