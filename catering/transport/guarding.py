"""What surrounds every operation: its own context, its limits, and the mask on its errors.

The limiters that come with Strawberry are exponential in nested fragments; these look at every
selection once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import strawberry
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
)
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from catering.schema.context import Context
from catering.schema.texts import is_keepable

from .codes import Code
from .faults import told

MOST_TOKENS: Final = 2_000
DEEPEST: Final = 12
MOST_NESTING: Final = 100
"""Fields, fragments and spreads inside each other, so that counting cannot exhaust the stack."""

LONGEST: Final = 10.0
"""Seconds that an operation may take; for a subscription, that it may take to begin."""


class Schema(strawberry.Schema):
    """A schema whose every result, first or last, is masked on its way out."""

    async def execute(self, *arguments: Any, **options: Any) -> ExecutionResult:
        """One answer; a subscription has many, and is streamed."""
        allowed = set(options.get("allowed_operation_types") or OperationType)
        options["allowed_operation_types"] = allowed - {OperationType.SUBSCRIPTION}
        return await super().execute(*arguments, **options)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: `told` logs those that are bugs."""

    async def _handle_execution_result(self, *arguments: Any, **options: Any) -> ExecutionResult:
        # The one place that queries, events and failures to begin all pass; an extension would
        # not see what went wrong in another extension.
        result = await super()._handle_execution_result(*arguments, **options)
        if result.errors:
            result.errors = told(result.errors)
        return result


class Guard(SchemaExtension):
    """One for each operation."""

    def on_operation(self) -> Iterator[None]:
        """A socket lives long; what is loaded for one operation is not for the next."""
        execution = self.execution_context
        context: Context = execution.context
        execution.context = Context(
            context.actor,
            context.transaction,
            context.changes,
            context.settings,
            context.family,
            context.address,
        )
        execution.parse_options.update(_LEXICAL)  # type: ignore[typeddict-item]
        execution.validation_rules = (DepthRule, TextRule, *execution.validation_rules)
        yield

    def on_validate(self) -> Iterator[None]:
        """What a rule found is about the document, unless the rule has its own word for it."""
        yield
        for error in self.execution_context.pre_execution_errors or ():
            error.extensions = {"code": Code.GRAPHQL_VALIDATION_FAILED, **(error.extensions or {})}

    async def on_execute(self) -> AsyncIterator[None]:
        """The clock is ticking."""
        if not is_keepable(self.execution_context.variables):
            raise _unkeepable(None)
        async with asyncio.timeout(LONGEST):
            yield


class TextRule(ASTValidationRule):
    """Text in a document can be stored."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if not is_keepable(node.value):
            self.report_error(_unkeepable(node))


def _unkeepable(node: StringValueNode | None) -> GraphQLError:
    message = "Text must not contain NUL, nor half of a surrogate pair."
    return GraphQLError(message, node, extensions={"code": Code.BAD_USER_INPUT})


class DepthRule(ASTValidationRule):
    """Fields are nested at most so deep. Introspection may go deeper."""

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        depths = _Depths(node)
        for operation in node.definitions:
            if isinstance(operation, OperationDefinitionNode):
                depth = depths.of(operation.selection_set, 0)
                if depth > DEEPEST:
                    message = f"Fields may be nested {DEEPEST} deep."
                    extensions = {"code": Code.QUERY_TOO_COMPLEX}
                    self.report_error(GraphQLError(message, operation, extensions=extensions))


class _Depths:
    """How deep selections go. Each fragment is measured once; a circular one counts as flat here
    and is refused by another rule."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._measured: dict[str, int] = {}

    def of(self, selections: SelectionSetNode | None, nesting: int) -> int:
        if selections is None:
            return 0
        if nesting > MOST_NESTING:
            return DEEPEST + 1
        return max((self._of_one(each, nesting + 1) for each in selections.selections), default=0)

    def _of_one(self, selection: Any, nesting: int) -> int:
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value, nesting)
        if isinstance(selection, FieldNode):
            if selection.name.value.startswith("__"):
                return 0
            return 1 + self.of(selection.selection_set, nesting)
        return self.of(selection.selection_set, nesting)

    def _of_fragment(self, name: str, nesting: int) -> int:
        if name not in self._measured:
            self._measured[name] = 0
            fragment = self._fragments.get(name)
            self._measured[name] = self.of(fragment.selection_set, nesting) if fragment else 0
        return self._measured[name]


_LEXICAL: Final = {"max_lexical_tokens": MOST_TOKENS, "max_comments": MOST_TOKENS}
