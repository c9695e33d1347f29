"""What a mutation answers: the thing as it is now, or everything that was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import strawberry
from strawberry.types.base import StrawberryOptional
from strawberry.types.lazy_type import LazyType

from catering import models
from catering.domain.refusals import Refusal
from catering.schema.exposing import Info, View
from catering.schema.refusals import shown


class Payload:
    """The half that all payloads share: what was done, or why nothing was."""

    result: Any
    refusals: tuple[Refusal, ...]

    @classmethod
    def done(cls, result: Any) -> Self:
        """It was done."""
        return cls._made(result, ())

    @classmethod
    def refused(cls, refusals: Iterable[Refusal]) -> Self:
        """Nothing was done."""
        return cls._made(None, tuple(refusals))

    @classmethod
    def _made(cls, result: Any, refusals: tuple[Refusal, ...]) -> Self:
        payload = cls.__new__(cls)
        payload.result, payload.refusals = result, refusals
        payload.errors = [shown(refusal) for refusal in refusals]  # type: ignore[attr-defined]
        return payload


def shows(view: type[View], model: type[models.Base], told: str | None = None) -> Any:
    """The field that shows what it was done to, as it is then; null where nothing was."""

    async def load(self: Any, info: Info) -> View | None:
        return view.maybe(await info.context.loaders.one(model, self.result))

    return strawberry.field(load, graphql_type=StrawberryOptional(view), description=told)


def onwards() -> Any:
    """The field `query`: the root itself, which is above us and named only when it is needed."""
    root: Any = LazyType("Query", "catering.resolvers.root")
    return strawberry.field(
        lambda: (), graphql_type=StrawberryOptional(root), description="Go on reading from here."
    )
