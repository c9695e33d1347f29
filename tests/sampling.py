"""For every root field, a document that is valid and asks for little."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_leaf_type,
)

from catering.resolvers.root import schema

_SCHEMA = schema._schema
_ROOTS = {
    kind: root.fields
    for kind, root in (
        ("query", _SCHEMA.query_type),
        ("mutation", _SCHEMA.mutation_type),
        ("subscription", _SCHEMA.subscription_type),
    )
    if root
}
_SAMPLES = {
    "DateTime": '"2026-05-01T12:00:00Z"', "Date": '"2026-05-01"', "Decimal": '"1.00"',
    "CurrencyCode": '"UAH"', "Float": "50.0", "Int": "1", "Boolean": "true",
    "URL": '"https://example.com/1.jpg"', "Duration": '"PT10M"',
}  # fmt: skip


def roots(*kinds: str) -> list[str]:
    """The root fields of these kinds; of all, where none is named."""
    return [name for kind in kinds or _ROOTS for name in _ROOTS[kind]]


def document(*names: str) -> str:
    """A document with these fields, all of one root."""
    (kind,) = {kind for kind, fields in _ROOTS.items() if names[0] in fields}
    return f"{kind} {{ {' '.join(_asked(_ROOTS[kind][name], name) for name in names)} }}"


def _asked(field: Any, name: str) -> str:
    needed = {n: a for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull)}
    given = ", ".join(f"{n}: {_sample(a.type)}" for n, a in needed.items())
    leaf = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{name}{f'({given})' if given else ''}{leaf}"


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
