"""The one way from a text to its results, whatever it was asked over.

Read, priced and paid for, then executed by graphql-core on the schema that Strawberry made; and
every error is masked on its way out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final

import strawberry
from graphql import ExecutionResult as Executed
from graphql import GraphQLError, execute, subscribe
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from catering.schema.context import Context
from catering.schema.texts import is_keepable
from catering.watching import counts, origin, tracing

from .codes import Code
from .costing import INTROSPECTION, MOST_COST
from .documents import Document, Documents, NotGood, Operation, hashed, unkeepable
from .faults import told
from .measuring import TooComplex
from .rates import READING

LONGEST: Final = 10.0
"""Seconds that an operation may take; for a subscription, that it may take to begin."""

CLOSED: Final = "The schema tells nothing about itself here. It is at /schema.graphql."

ANYTHING: Final = frozenset(OperationType)
FORBIDDEN: Final = {
    OperationType.QUERY: "A query is not for this place.",
    OperationType.MUTATION: "A mutation is not for this place.",
    OperationType.SUBSCRIPTION: "A subscription is not for this place.",
}

Results = AsyncGenerator[ExecutionResult, None]


@dataclass(frozen=True, slots=True)
class _Begun:
    """An operation that may be executed."""

    document: Document
    operation: Operation
    variables: dict[str, Any]
    context: Context
    extensions: dict[str, Any] | None


class Schema(strawberry.Schema):
    """A schema with its document store. The names of the arguments are those of Strawberry, whose
    sockets call `stream`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.documents = Documents(self._schema)

    async def execute(  # type: ignore[override]
        self,
        query: str,
        variable_values: dict[str, Any] | None = None,
        context_value: Context | None = None,
        *,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """One answer; a subscription has many, and is streamed. Raises what says that there is no
        such operation, or that it is not allowed."""
        kinds = set(allowed_operation_types or ANYTHING) - {OperationType.SUBSCRIPTION}
        asked = (query, variable_values, context_value, operation_name, operation_extensions)
        try:
            begun = await self._begin(*asked, kinds)
        except NotGood as error:
            return _refused(*error.errors)
        async with aclosing(self._results(begun)) as results:
            return await anext(results)

    async def stream(  # type: ignore[override]
        self,
        query: str,
        variable_values: dict[str, Any] | None = None,
        context_value: Context | None = None,
        root_value: Any = None,  # noqa: ARG002 - there is nothing at the root
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> Results:
        """All answers. What keeps an operation from beginning is the one answer then; it is known
        when this returns, before the first is waited for."""
        kinds = frozenset(allowed_operation_types or ANYTHING)
        asked = (query, variable_values, context_value, operation_name, operation_extensions)
        try:
            return self._results(await self._begin(*asked, kinds))
        except NotGood as error:
            return _only(_refused(*error.errors))
        except CannotGetOperationTypeError as error:
            reason = GraphQLError(error.as_http_error_reason(), original_error=error)
            return _only(_refused(reason))
        except InvalidOperationTypeError as error:
            reason = GraphQLError(FORBIDDEN[error.operation_type], original_error=error)
            return _only(_refused(reason))

    async def _begin(
        self,
        text: str,
        variables: dict[str, Any] | None,
        context: Context | None,
        name: str | None,
        extensions: dict[str, Any] | None,
        kinds: Collection[OperationType],
    ) -> _Begun:
        """Everything that can be said before anything is done, the cheap first. Raises."""
        assert context is not None
        context = context.fresh()
        if not self.documents.known(hashed(text)):
            await _pay(context, READING)
        document = self.documents.prepare(text)
        operation = document.operation(name)
        if operation is None:
            raise CannotGetOperationTypeError(name)
        if operation.kind not in kinds:
            raise InvalidOperationTypeError(operation.kind)
        if _is_closed(operation, context):
            raise NotGood(GraphQLError(CLOSED, extensions={"code": Code.FORBIDDEN}))
        variables = variables or {}
        cost = operation.price.of(variables)
        if cost > MOST_COST:
            raise NotGood(TooComplex("cost", MOST_COST, cost))
        if not is_keepable(variables):
            raise NotGood(unkeepable(None))
        await _pay(context, max(1, cost), operation)
        return _Begun(document, operation, variables, context, extensions)

    async def _results(self, begun: _Begun) -> Results:
        try:
            first = await self._first(begun)
            if isinstance(first, Executed):
                yield _shown(first, begun.operation.kind)
                return
            async with aclosing(first) as events:
                async for event in events:
                    yield _shown(event)
        except Exception as error:
            yield _refused(_named(error))

    async def _first(self, begun: _Begun) -> Any:
        kind = begun.operation.kind.value
        roots = ", ".join(sorted(begun.operation.roots))
        with (
            tracing.span(f"{kind} {roots}", "server", request=origin.request_id()),
            counts.timed(counts.OPERATIONS, kind=kind, outcome="errors") as labels,
        ):
            async with asyncio.timeout(LONGEST):
                first = await self._executed(begun)
            if not (isinstance(first, Executed) and first.errors):
                labels["outcome"] = "ok"
            return first

    async def _executed(self, begun: _Begun) -> Any:
        """A result, or the results of a subscription as they come. Nothing else in this code base
        executes an operation."""
        options: dict[str, Any] = {
            "context_value": begun.context,
            "variable_values": begun.variables,
            "operation_name": begun.operation.name,
            "executor_class": self.execution_context_class,
            "operation_extensions": begun.extensions,
        }
        if begun.operation.kind is OperationType.SUBSCRIPTION:
            result: Any = subscribe(self._schema, begun.document.tree, **options)
        else:
            options["is_awaitable"] = optimized_is_awaitable
            result = execute(self._schema, begun.document.tree, **options)
        return await result if isawaitable(result) else result


def _is_closed(operation: Operation, context: Context) -> bool:
    """Introspection is for tools; in production it is only dear."""
    asks = not INTROSPECTION.keys().isdisjoint(operation.roots)
    return asks and not context.settings.development


async def _pay(context: Context, points: int, operation: Operation | None = None) -> None:
    if context.purse is None:
        return
    try:
        roots = operation.roots if operation else {}
        context.standing = await context.purse.pay(context.actor, points, roots)
    except GraphQLError as error:
        raise NotGood(error) from None


def _shown(result: Executed, kind: OperationType | None = None) -> ExecutionResult:
    errors = told(result.errors) if result.errors else None
    if kind is OperationType.SUBSCRIPTION:  # it did not begin
        return PreExecutionError(None, errors)
    return ExecutionResult(result.data, errors)


def _refused(*errors: GraphQLError) -> PreExecutionError:
    return PreExecutionError(None, told(errors))


def _named(error: Exception) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error)


async def _only(result: ExecutionResult) -> Results:
    yield result
