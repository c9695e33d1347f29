"""What operations cost: by `@cost` and `@listSize`, and by what the variables ask for."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    build_schema,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from catering.resolvers.root import schema, sdl
from catering.transport.costing import LONGEST_LIST, MOST_COST
from catering.transport.documents import prepared
from catering.transport.measuring import CEILING

# A connection is a point, and each node another one.
PAGE = "query($n: Int = 7, $m: Int) { restaurants(first: $n, last: $m) { nodes { id } } }"
NODES = "fragment R on RestaurantConnection { nodes { id } }"
MENU = "... on Node { id } products(first: 9) { nodes { id } }"


TYPES = len(schema._schema.type_map)


def cost(text: str, **variables: Any) -> int:
    return prepared(schema._schema, text).operations[0].price.of(variables)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 0),
        ("{ viewer { user { id displayName } } }", 2),
        ("{ a: viewer { user { id } } b: viewer { user { id } } }", 4),
        ("{ restaurants { nodes { id } } }", 1 + 20),
        ("{ restaurants(first: 3) { nodes { id } pageInfo { hasNextPage } } }", 1 + 3 + 1),
        ("{ restaurants(first: 3) { edges { node { id } } } }", 1 + 3 * 2),
        ("{ restaurants(first: 3) { totalCount } }", 1 + 5),
        ("{ restaurants(first: 3) { ...R } } " + NODES, 1 + 3),
        ("{ restaurants(first: 2) { nodes { " + MENU + " } } }", 1 + 2 * (1 + 1 + 9)),
        ('{ nodes(ids: ["a", "b"]) { id } }', 2),
        ("{ restaurants(first: -5) { nodes { id } } }", 1 + 1),
        ("{ restaurants(first: 2147483647) { nodes { id } } }", 1 + LONGEST_LIST),
        ("mutation { signOut(input: {}) { errors { __typename } } }", 10 + 5),
        ("{ __schema { types { name } } }", 1 + TYPES),
        ('{ __type(name: "Order") { fields { name } } }', 1 + 5),
        ("query($yes: Boolean!) { viewer @include(if: $yes) { user { id } } }", 2),
    ],
)  # fmt: skip
def test_about_a_point_for_each_object(text: str, points: int) -> None:
    assert cost(text) == points


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({}, 7), ({"n": 30}, 30), ({"n": 30.0}, 30), ({"n": None}, 20), ({"n": 2, "m": 40}, 40),
        ({"n": 0}, 1), ({"n": -1}, 1), ({"n": 10**40}, LONGEST_LIST), ({"n": True}, 20),
        ({"n": "9"}, 20), ({"n": float("inf")}, 20), ({"n": {}}, 20),
    ],
)  # fmt: skip
def test_variables_say_how_many(variables: dict[str, Any], size: int) -> None:
    assert cost(PAGE, **variables) == 1 + size


def test_tools_may_ask_for_the_schema_and_nobody_for_what_its_types_are_made_of() -> None:
    assert cost(get_introspection_query(input_value_deprecation=True)) <= MOST_COST
    fields = "fields { type { fields { type { name } } } }"
    assert cost(f"{{ __schema {{ types {{ {fields} }} }} }}") > MOST_COST
    part = "fragment F on __Type { fields { type { ofType { fields { type { name } } } } } } "
    assert cost(part + "{ __schema { types { ...F } } }") > MOST_COST


def test_a_price_has_an_end() -> None:
    deep = "{ restaurants(first: $n) { nodes { %s } } }"
    inner = "products(first: $n) { nodes { restaurant { %s } } }"
    text = "query($n: Int) " + deep % (inner % (inner % (inner % "id")))
    assert cost(text, n=10**9) == CEILING


def test_the_printed_schema_says_how_long_every_list_is() -> None:
    silent = []
    for kind in build_schema(sdl()).type_map.values():
        for name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            marks = field.ast_node.directives or () if field.ast_node else ()
            named = get_named_type(field.type)
            is_page = kind.name.endswith("Connection")  # its parent speaks for it
            is_long = is_list_type(get_nullable_type(field.type)) and is_composite_type(named)
            is_long = is_long and not is_page and name != "errors"
            is_long = is_long or named.name.endswith("Connection")
            if is_long and "listSize" not in {mark.name.value for mark in marks}:
                silent.append(f"{kind.name}.{name}")
    assert [each for each in silent if not each.startswith("__")] == []
