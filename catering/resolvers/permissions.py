"""The matrix of the domain, enforced at every root field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import FieldExtension

from catering.domain.permissions import EVERYBODY, OPERATIONS
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


class Allowed(FieldExtension):
    """Asks the matrix before the resolver runs."""

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **given: Any) -> Any:
        must_be_allowed(info)
        return next_(source, info, **given)

    async def resolve_async(
        self, next_: Callable[..., Any], source: Any, info: Any, **given: Any
    ) -> Any:
        must_be_allowed(info)
        return await next_(source, info, **given)
