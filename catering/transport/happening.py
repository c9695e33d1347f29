"""Each event of a subscription is told whole: what could not be read just now is read again.

A client could do nothing with half of an event: its position would say that it was seen.
"""

from __future__ import annotations

import asyncio
from inspect import isawaitable
from typing import Any, Final

from graphql import ExecutionResult, GraphQLSchema, create_source_event_stream
from graphql.execution import (
    Executor,
    execute_subscription_event,
    map_source_to_response_event,
)

from catering.database import is_passing
from catering.schema.context import Context

PAUSE: Final = 0.5
"""Seconds before an event is read again."""


async def subscribed(
    schema: GraphQLSchema,
    tree: Any,
    context: Context,
    *,
    variable_values: dict[str, Any],
    executor_class: type[Executor[Any]] | None,
    **options: Any,
) -> Any:
    """What has kept it from beginning, or the results of its events as they come."""
    kind = executor_class or Executor
    executor = kind.build(schema, tree, None, context, variable_values, **options)
    if isinstance(executor, list):
        return ExecutionResult(None, executor)

    async def whole(event: Executor[Any]) -> ExecutionResult:
        while True:
            # Each try is an execution of its own: errors are collected in it.
            result = await _executed(executor.build_per_event_executor(event.root_value))
            if not _is_half(result):
                return result
            await asyncio.sleep(PAUSE)
            context.refresh()

    source: Any = create_source_event_stream(executor)
    if isawaitable(source):
        source = await source
    if isinstance(source, ExecutionResult):
        return source
    return map_source_to_response_event(executor, source, whole)


async def _executed(event: Executor[Any]) -> ExecutionResult:
    result = execute_subscription_event(event)
    return await result if isawaitable(result) else result


def _is_half(result: ExecutionResult) -> bool:
    causes = (error.original_error for error in result.errors or ())
    return any(cause is not None and is_passing(cause) for cause in causes)
