"""The schema as a whole: what it promises to everybody who writes a document against it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLNonNull,
    GraphQLUnionType,
    parse,
    validate,
)

from catering.domain import refusals
from catering.domain.refusals import ErrorCode, Refusal
from catering.resolvers.root import schema

_SCHEMA: Any = schema._schema
_WALK = Path(__file__).parent.parent / "walk.graphql"


def test_the_walk_validates() -> None:
    assert validate(_SCHEMA, parse(_WALK.read_text())) == []


def test_every_refusal_of_the_domain_is_a_type_that_implements_user_error() -> None:
    said = {
        name
        for name, kind in vars(refusals).items()
        if inspect.isclass(kind) and issubclass(kind, Refusal) and kind is not Refusal
    }
    told = {kind.name for kind in _SCHEMA.get_possible_types(_SCHEMA.type_map["UserError"])}
    assert told == said
    assert set(_SCHEMA.type_map["ErrorCode"].values) == {code.value for code in ErrorCode}


def test_a_mutation_takes_one_input_and_answers_with_a_payload_of_its_name() -> None:
    for name, field in _SCHEMA.mutation_type.fields.items():
        own = name[0].upper() + name[1:]
        assert str(field.type) == f"{own}Payload"
        assert {a: str(arg.type) for a, arg in field.args.items()} == {"input": f"{own}Input!"}
        errors = field.type.fields["errors"].type
        assert isinstance(errors, GraphQLNonNull)
        union = errors.of_type.of_type.of_type
        assert isinstance(union, GraphQLUnionType)
        assert all(_SCHEMA.type_map["UserError"] in kind.interfaces for kind in union.types)
        assert "query" in field.type.fields


def test_everything_is_described() -> None:
    silent = [
        name
        for name, kind in _SCHEMA.type_map.items()
        if not name.startswith("__") and not kind.description
    ]
    assert silent == []


def test_lists_that_grow_are_relay_connections() -> None:
    for name, kind in _SCHEMA.type_map.items():
        if name.endswith("Connection"):
            assert str(kind.fields["pageInfo"].type) == "PageInfo!"
            edge = kind.fields["edges"].type.of_type.of_type
            assert edge.name == name.replace("Connection", "Edge")
            assert str(edge.fields["cursor"].type) == "String!"
