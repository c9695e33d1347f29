"""Documents that the schema allows, invented by hypothesis: any field, any argument, any value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

DEEPEST = 5

_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "x" * 5_000, "0670000003", "a@b.test", "%", "1e400", "\u202e", "👩‍🍳"]),
)
_VALUES: Mapping[str, SearchStrategy[Any]] = {
    "Int": st.one_of(st.integers(-5, 200), st.integers(-(2**31), 2**31 - 1)),
    "Float": st.one_of(st.floats(-180, 180), st.floats(allow_nan=False, allow_infinity=False)),
    "Boolean": st.booleans(),
    "DateTime": st.sampled_from(
        ["2026-05-01T12:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now"]
    ),
    "Decimal": st.sampled_from(["1.00", "0", "-1", "1e99", "NaN", "0.001", "9" * 40]),
    "CurrencyCode": st.sampled_from(["UAH", "USD", "XXX", "uah"]),
    "Duration": st.sampled_from(["PT1S", "PT0S", "P1Y", "-PT5M", "PT99999999999H"]),
    "PhoneNumber": st.sampled_from(["+380671000003", "067 100 00 03", "911", "+"]),
}


@st.composite
def documents(
    draw: DrawFn, schema: GraphQLSchema, kind: str, known: Callable[[], list[str]]
) -> str:
    """An operation of this kind; `known` are ids of things that are there."""
    root = {"query": schema.query_type, "mutation": schema.mutation_type}[kind]
    assert root is not None
    inventor = _Inventor(draw, schema, known())
    names = draw(
        st.lists(st.sampled_from(sorted(root.fields)), min_size=1, max_size=3, unique=True)
    )
    return f"{kind} {{ {' '.join(inventor.field(name, root.fields[name], 0) for name in names)} }}"


class _Inventor:
    def __init__(self, draw: DrawFn, schema: GraphQLSchema, known: list[str]) -> None:
        self._draw, self._schema, self._known = draw, schema, known

    def field(self, name: str, field: GraphQLField, depth: int) -> str:
        given = [
            f"{key}: {self._value(argument.type)}"
            for key, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self._draw(st.booleans())
        ]
        arguments = f"({', '.join(given)})" if given else ""
        return f"{name}{arguments}{self._selection(get_named_type(field.type), depth)}"

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if isinstance(kind, GraphQLObjectType):
            return f" {{ __typename {self._fields(kind, depth)} }}"
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            possible = sorted(self._schema.get_possible_types(kind), key=lambda one: one.name)
            chosen = self._draw(
                st.lists(st.sampled_from(possible), max_size=2, unique_by=lambda one: one.name)
            )
            each = (
                f"... on {one.name} {{ __typename {self._fields(one, depth)} }}" for one in chosen
            )
            return f" {{ __typename {' '.join(each)} }}"
        return ""

    def _fields(self, kind: GraphQLObjectType, depth: int) -> str:
        names = [
            name
            for name, field in kind.fields.items()
            if depth < DEEPEST or not self._selection_is_needed(field)
        ]
        chosen = (
            self._draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
        )
        told = (self.field(name, kind.fields[name], depth + 1) for name in chosen)
        # Several of one union would answer under the same name with different arguments.
        return " ".join(f"{kind.name.lower()}{n}: {one}" for n, one in enumerate(told))

    def _selection_is_needed(self, field: GraphQLField) -> bool:
        composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
        return isinstance(get_named_type(field.type), composite)

    def _value(self, kind: GraphQLInputType) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._some(kind.of_type)
        return "null" if self._draw(st.integers(0, 4)) == 0 else self._some(kind)

    def _some(self, kind: Any) -> str:
        if isinstance(kind, GraphQLList):
            several = range(self._draw(st.integers(0, 3)))
            return f"[{', '.join(self._value(kind.of_type) for _ in several)}]"
        if isinstance(kind, GraphQLEnumType):
            return str(self._draw(st.sampled_from(sorted(kind.values))))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        if kind.name == "ID":
            ids = st.one_of(st.sampled_from([*self._known, "ord_x"]), st.text(max_size=40))
            return json.dumps(self._draw(ids))
        return json.dumps(self._draw(_VALUES.get(kind.name, _TEXTS)))

    def _object(self, kind: GraphQLInputObjectType) -> str:
        if kind.is_one_of:
            name = self._draw(st.sampled_from(sorted(kind.fields)))
            return f"{{{name}: {self._some(kind.fields[name].type)}}}"
        told = (
            f"{name}: {self._value(field.type)}"
            for name, field in kind.fields.items()
            if isinstance(field.type, GraphQLNonNull) or self._draw(st.booleans())
        )
        return f"{{{', '.join(told)}}}"
