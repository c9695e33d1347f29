"""The matrix of the domain, enforced at every root field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from catering.domain.people import Role
from catering.domain.permissions import EVERYBODY, OPERATIONS, Roles
from catering.schema.directives import Auth
from catering.schema.exposing import Info


def must_be_allowed(info: Info) -> None:
    """Raises a `GraphQLError` when the caller may not use the root field that is being resolved."""
    roles = OPERATIONS[info.field_name]
    if roles is EVERYBODY:
        return
    actor = info.context.actor
    if actor is None:
        raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
    if actor.role not in roles:
        raise GraphQLError("This is not for your role.", extensions={"code": "FORBIDDEN"})


def auth(roles: Roles) -> Auth:
    """A cell of the matrix, as the schema prints it; the roles in the order of their enum."""
    return Auth(requires=[role for role in Role if roles is not None and role in roles])


class Allowed(FieldExtension):
    """Asks the matrix before the resolver runs, and prints in the schema what it will say."""

    def apply(self, field: StrawberryField) -> None:
        roles = OPERATIONS[field.graphql_name or to_camel_case(field.python_name)]
        # A field can be made ready more than once, for a second schema.
        others = [each for each in field.directives if not isinstance(each, Auth)]
        field.directives = [*others, auth(roles)]

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **given: Any) -> Any:
        must_be_allowed(info)
        return next_(source, info, **given)

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        must_be_allowed(info)
        return await next_(source, info, **given)
