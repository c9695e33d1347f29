"""Root fields: described by their docstring, guarded by the matrix."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.crashing import crash_point
from catering.domain.people import Actor
from catering.domain.refusals import InvalidInput, Refusal, Refused
from catering.schema.answering import Payload
from catering.schema.asking import LONGEST_KEY
from catering.schema.directives import Cost
from catering.schema.exposing import Info
from catering.services import repeating
from catering.services.repeating import Identified

from .permissions import Allowed

OF_A_COMMAND, OF_A_STREAM = 10, 10
"""Points: a transaction that writes; an operation that stays."""

PayloadT = TypeVar("PayloadT", bound=Payload)
Done = Identified | Refusal
Do = Callable[[AsyncSession, Actor], Awaitable[Done]]


def query(resolve: Callable[..., Any]) -> Any:
    """A field of `Query`."""
    return strawberry.field(resolve, description=inspect.getdoc(resolve), extensions=[Allowed()])


def command(resolve: Callable[..., Any]) -> Any:
    """A field of `Mutation`."""
    return strawberry.mutation(
        resolve,
        description=inspect.getdoc(resolve),
        extensions=[Allowed()],
        directives=[Cost(weight=str(OF_A_COMMAND))],
    )


def live(resolve: Callable[..., Any]) -> Any:
    """A field of `Subscription`."""
    return strawberry.subscription(
        resolve,
        description=inspect.getdoc(resolve),
        extensions=[Allowed()],
        directives=[Cost(weight=str(OF_A_STREAM))],
    )


async def perform(info: Info, payload: type[PayloadT], input: Any, do: Do) -> PayloadT:
    """Do it in one transaction, once for each idempotency key; answer with what was refused.

    What is asked for is read by `do` itself, so that an id that cannot be is a refusal, too.
    """
    actor = info.context.actor
    assert actor is not None  # the matrix has seen to it
    try:
        async with info.context.transaction() as session:
            result = await _once(session, info.field_name, input, do, actor)
            crash_point("before commit", info.field_name)
    except Refused as refused:
        return payload.refused(refused.refusals)
    crash_point("after commit", info.field_name)
    info.context.refresh()
    return payload.refused((result,)) if isinstance(result, Refusal) else payload.done(result)


async def _once(
    session: AsyncSession, operation: str, input: Any, do: Do, by: Actor
) -> UUID | Refusal:
    key: str | None = getattr(input, "idempotency_key", None)
    if key is None:
        result = await do(session, by)
        return result if isinstance(result, Refusal) else result.id
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Refused(
            InvalidInput(
                f"A key has 1 to {LONGEST_KEY} characters.", ("idempotencyKey",), rule="length"
            )
        )
    return await repeating.once(session, key, operation, input, lambda: do(session, by), by=by)
