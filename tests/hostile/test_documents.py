"""Documents that are a request, and a bomb."""

from __future__ import annotations

import pytest

from .conftest import Stranger, codes

DEEP = 100_000
TYPENAME = "{ __typename }"
ALL_FIELDS = " fragment A on __Schema { types { fields { args { name type { name } } } } }"


def chained(count: int, spreads: int, field: str = "") -> str:
    """Fragments that each spread the next one so many times: `spreads ** count` paths."""
    links = (
        f"fragment f{n} on Query {{ {field} {f'...f{n + 1} ' * spreads}}} " for n in range(count)
    )
    return "".join(links) + f"fragment f{count} on Query {TYPENAME} query {{ ...f0 }}"


@pytest.mark.parametrize(
    "document",
    [
        "[" * DEEP, "{" * DEEP, "{a" * 50_000, "(" * DEEP, '{node(id:' + "[" * DEEP,
        "{ a" * 900 + "}" * 900, "{ node(id: " + "{a: " * 400 + "1" + "}" * 400 + ") { id } }",
        "query ($a: " + "[" * 900 + "Int" + "]" * 900 + f") {TYPENAME}",
        "{" + "... on Query {" * 600 + "__typename" + "}" * 600 + "}",
        "{" + " a" * 50_000 + "}",
        "{" + "".join(f" a{n}: __typename" for n in range(1_000)) + "}",
        "{ __typename" + " @include(if: true)" * 1_000 + "}",
        chained(1_000, 1), chained(99, 20),
        "#" * 200_000, "," * 200_000, '"' * 50_001, '"""' + "\\n" * 50_000, "\ufeff" * 1_000, "\0",
        "{ viewer { user { id } } }" * 200,
        "fragment a on Query { ...b } fragment b on Query { ...a } { ...a }",
        "fragment a on Query { ...a } { ...a }",
        "{ __schema { types { fields { type { fields { type { fields { type { name }}}}}}}}}",
        "{" + "nothing " * 900 + "}", "{ nodes(ids: [" + '"a" ' * 1_900 + "]) { id } }",
        "{ __schema { types { fields { type { fields { type { name } } } } } } }",
        "{" + "".join(f" a{n}: __schema {{ ...A }}" for n in range(29)) + "}" + ALL_FIELDS,
    ],
    ids=range(28),
)  # fmt: skip
async def test_a_document_beyond_all_measure_is_400(stranger: Stranger, document: str) -> None:
    response = await stranger.asks(document)
    assert response.status_code == 400
    assert codes(response) <= {
        "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX",
        "OPERATION_RESOLUTION_FAILURE",
    }  # fmt: skip
    assert len(response.json()["errors"]) <= 10


@pytest.mark.parametrize(
    "document",
    [
        chained(60, 2), chained(40, 2, "viewer { user { id } }"),
        "{" + " viewer { __typename }" * 300 + "}",
        "{" + " viewer { user { id } }" * 200 + "}",
        "{" + " ... { __typename }" * 300 + "}",
        "{" + "".join(f" a{n}: viewer {{ __typename }}" for n in range(200)) + "}",
        " ".join(f"query q{n} {TYPENAME}" for n in range(200)),
    ],
    ids=range(7),
)  # fmt: skip
async def test_whatever_is_done_about_a_document_is_done_soon(
    stranger: Stranger, document: str
) -> None:
    """Answered or refused: the limits of the day decide. How soon is looked at in `posts`."""
    assert (await stranger.asks(document, operationName=None)).status_code in {200, 400}


@pytest.mark.parametrize(
    "value",
    [
        "x" * 200_000, "\ud800", "\0", {}, [], [[]], {"a": {"b": 1}}, 10**300, -1, 1.5, True,
        "ord_" + "z" * 26, "ord_" + "0" * 100_000, "' OR 1=1 --", "../../etc/passwd",
        "\u202e\u0000", "%s%n", "{{7*7}}",
    ],
    ids=range(18),
)  # fmt: skip
async def test_a_strange_value_is_told_so(stranger: Stranger, value: object) -> None:
    """`node` says null to what is no id, and the rest is no `ID` at all."""
    asked = "query ($id: ID!) { node(id: $id) { id } }"
    response = await stranger.asks(asked, variables={"id": value})
    told = response.json()
    assert told.get("data") == {"node": None} or codes(response) == {"BAD_USER_INPUT"}
    assert len(response.content) < 1_000_000


async def test_no_more_than_ten_errors_are_told(stranger: Stranger) -> None:
    several = "".join(f" a{n}: orders {{ nodes {{ id }} }}" for n in range(20))
    response = await stranger.asks("{" + several + "}")
    assert len(response.json()["errors"]) <= 10
