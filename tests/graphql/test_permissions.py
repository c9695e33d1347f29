"""The matrix, cell by cell: every root field, asked by everybody."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_directive_values,
)
from sqlalchemy import func, select

from catering.domain.people import Actor, Role
from catering.models import Event, IdempotencyKey
from catering.resolvers.permissions import MATRIX
from catering.resolvers.root import schema, sdl
from tests.graphql.conftest import Ask
from tests.world import World

_SCHEMA = schema._schema
_ROOTS = {
    name: kind
    for kind, root in (("query", _SCHEMA.query_type), ("mutation", _SCHEMA.mutation_type))
    for name in (root.fields if root else ())
}
_SAMPLES = {
    "DateTime": '"2026-05-01T12:00:00Z"', "Decimal": '"1.00"', "CurrencyCode": '"UAH"',
    "Float": "50.0", "Int": "1", "Boolean": "true", "URL": '"https://example.com/1.jpg"',
    "Duration": '"PT10M"', "Date": '"2026-05-01"',
}  # fmt: skip
_DENIED = {"UNAUTHENTICATED", "FORBIDDEN"}


def test_the_matrix_names_every_root_field_and_nothing_else() -> None:
    live = _SCHEMA.subscription_type.fields if _SCHEMA.subscription_type else {}
    assert set(MATRIX) == {*_ROOTS, *live}


def test_the_printed_schema_says_what_the_matrix_says() -> None:
    printed = build_schema(sdl())
    auth = next(directive for directive in printed.directives if directive.name == "auth")
    roots = (printed.query_type, printed.mutation_type, printed.subscription_type)
    says = {}
    for name, field in ((n, f) for root in roots if root for n, f in root.fields.items()):
        assert field.ast_node is not None
        values = get_directive_values(auth, field.ast_node)
        says[name] = set(values["requires"]) if values else None
    assert says == {name: set(roles or ()) for name, roles in MATRIX.items()}


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
@pytest.mark.parametrize("name", _ROOTS)
async def test_only_those_of_the_matrix_get_in(
    ask: Ask, world: World, name: str, role: Role | None
) -> None:
    people = {
        Role.CUSTOMER: world.customer, Role.DRIVER: world.driver, Role.MANAGER: world.manager,
        Role.RESTAURANT: world.cook, Role.ADMIN: Actor(world.manager.id, Role.ADMIN),
    }  # fmt: skip
    before = await _written(world)
    data, codes = await ask.all(_document(name), by=people[role] if role else None)
    roles = MATRIX[name]
    if roles is None or role in roles:
        assert not _DENIED & set(codes)
    else:
        assert codes == ["FORBIDDEN" if role else "UNAUTHENTICATED"]
        assert data == {name: None}
        assert await _written(world) == before


async def _written(world: World) -> tuple[int, ...]:
    async with world.transaction() as session:
        return tuple(
            [
                (await session.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (Event, IdempotencyKey)
            ]
        )


def _document(name: str) -> str:
    kind = _ROOTS[name]
    root = _SCHEMA.query_type if kind == "query" else _SCHEMA.mutation_type
    assert root is not None
    told = root.fields[name]
    given = ", ".join(f"{a}: {_value(arg)}" for a, arg in told.args.items() if _needed(arg))
    result = told.type
    while isinstance(result, GraphQLNonNull | GraphQLList):
        result = result.of_type
    leaf = " { __typename }" if isinstance(result, GraphQLObjectType) or _is_node(result) else ""
    return f"{kind} {{ {name}{f'({given})' if given else ''}{leaf} }}"


def _is_node(kind: Any) -> bool:
    return str(kind) == "Node"


def _needed(argument: GraphQLArgument | Any) -> bool:
    return isinstance(argument.type, GraphQLNonNull)


def _value(argument: Any) -> str:
    return _sample(argument.type)


def _sample(kind: Any) -> str:
    if isinstance(kind, GraphQLNonNull):
        return _sample(kind.of_type)
    if isinstance(kind, GraphQLList):
        return f"[{_sample(kind.of_type)}]"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        if kind.extensions["strawberry-definition"].is_one_of:
            name, member = next(iter(kind.fields.items()))
            return f"{{{name}: {_sample(member.type)}}}"
        needed = {n: m for n, m in kind.fields.items() if isinstance(m.type, GraphQLNonNull)}
        return f"{{{', '.join(f'{n}: {_sample(m.type)}' for n, m in needed.items())}}}"
    return _SAMPLES.get(kind.name, '"x"')
