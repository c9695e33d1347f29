"""What an operation costs: about one point for each object that it answers with.

`@cost` and `@listSize` of the schema say what is dearer, and how long lists are. How much is asked
for by variables is known only when they come, so a price is a small sum that waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_introspection_type,
    is_list_type,
    value_from_ast_untyped,
)
from graphql.type.definition import GraphQLNonNull

from catering.schema.directives import Cost, ListSize

from .measuring import CEILING, fragments

MOST_COST: Final = 20_000
"""Of one operation: nearly a second of the process."""

LONGEST_LIST: Final = 1_000
"""However much is asked for; what is too much, or below nothing, the field itself refuses."""

UNMARKED: Final = 5
"""Things in a list of which the schema says nothing."""

INTROSPECTION: Final = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
"""The ways into the schema itself."""

OF_A_TYPE: Final = {
    "fields": 5, "inputFields": 1, "enumValues": 1, "interfaces": 1, "possibleTypes": 1, "args": 1,
    "directives": 8,
}  # fmt: skip
"""How many there are in a schema: those that are asked for have more than most."""

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How many things are in a list."""

    known: int
    """What was written into the document, or else what the schema assumes."""
    asked: tuple[tuple[str, Any], ...] = ()
    """The variables that say it, with their defaults."""

    def of(self, variables: Variables) -> int:
        """With these variables. Of several, the most."""
        counts = [counted(variables.get(name, default)) for name, default in self.asked]
        return max((count for count in counts if count is not None), default=self.known)


ONE: Final = Size(1)


@dataclass(frozen=True, slots=True)
class Price:
    """A fixed part, and parts that are paid for each thing in a list."""

    fixed: int = 0
    each: tuple[tuple[Size, Price], ...] = ()

    def of(self, variables: Variables) -> int:
        """The points, with these variables; never more than the ceiling."""
        parts = (size.of(variables) * price.of(variables) for size, price in self.each)
        return min(CEILING, self.fixed + sum(parts))

    def plus(self, other: Price) -> Price:
        """Both."""
        return Price(min(CEILING, self.fixed + other.fixed), self.each + other.each)

    def times(self, size: Size) -> Price:
        """So many of it."""
        if size.asked or self.each:
            return Price(0, ((size, self),))
        return Price(min(CEILING, self.fixed * size.known))


def counted(value: Any) -> int | None:
    """How many things a value asks for: at least one, lest anything is for nothing."""
    if isinstance(value, list):
        value = len(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return max(1, min(LONGEST_LIST, int(value)))


def price(schema: GraphQLSchema, document: DocumentNode, of: OperationDefinitionNode) -> Price:
    """Of an operation of a document that is valid and within the limits of its measures."""
    root = schema.get_root_type(of.operation)
    defaults = {
        each.variable.name.value: value_from_ast_untyped(each.default_value)
        for each in of.variable_definitions or ()
        if each.default_value is not None
    }
    return _Pricing(schema, document, defaults).of(of.selection_set, root, {})


class _Pricing:
    """Every spread is written out: the limit on fields holds for documents written out, too.
    Of fragments on different types all are paid, though only one can be had."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, defaults: Variables) -> None:
        self._schema, self._defaults = schema, defaults
        self._fragments = fragments(document)

    def of(self, selections: SelectionSetNode, on: Any, sized: Mapping[str, Size]) -> Price:
        """Of what is selected on a type; `sized` are its fields that are as long as their parent
        said."""
        total = Price()
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                total = total.plus(self._of_field(selection, on, sized))
                continue
            part: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                part = self._fragments[selection.name.value]
            condition = part.type_condition
            there = self._schema.get_type(condition.name.value) if condition else on
            total = total.plus(self.of(part.selection_set, there, sized))
        return total

    def _of_field(self, node: FieldNode, on: Any, sized: Mapping[str, Size]) -> Price:
        name = node.name.value
        if name == "__typename":
            return Price()
        field: GraphQLField = INTROSPECTION.get(name) or on.fields[name]
        kind = get_named_type(field.type)
        size, inner = self._sizes(node, field, on)
        # `ofType` is the same type in another coat, and clients ask nine times for the next one.
        own = Price(_weight(field, int(is_composite_type(kind) and name != "ofType")))
        if node.selection_set:
            own = own.plus(self.of(node.selection_set, kind, inner))
        return own.times(sized.get(name, size))

    def _sizes(
        self, node: FieldNode, field: GraphQLField, on: Any
    ) -> tuple[Size, Mapping[str, Size]]:
        """Of the field itself, and of those of its fields that it speaks for."""
        name = node.name.value
        if is_introspection_type(on):
            return Size(
                len(self._schema.type_map) if name == "types" else OF_A_TYPE.get(name, 1)
            ), {}
        told = _marked(field, ListSize)
        if told is None:
            return (Size(UNMARKED) if _is_list(field) else ONE), {}
        size = self._asked(node, told.slicing_arguments or (), told.assumed_size or UNMARKED)
        if told.sized_fields:
            return ONE, dict.fromkeys(told.sized_fields, size)
        return size, {}

    def _asked(self, node: FieldNode, slicing: Any, assumed: int) -> Size:
        written, asked = [], []
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value not in slicing:
                continue
            if isinstance(value, VariableNode):
                name = value.name.value
                asked.append((name, self._defaults.get(name)))
            elif isinstance(value, IntValueNode):
                written.append(counted(float(value.value)) or LONGEST_LIST)
            elif isinstance(value, ListValueNode):
                written.append(counted(list(value.values)) or 1)
        return Size(max(written, default=assumed), tuple(asked))


def _is_list(field: GraphQLField) -> bool:
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return is_list_type(kind)


def _weight(field: GraphQLField, default: int) -> int:
    told = _marked(field, Cost)
    return default if told is None else int(told.weight)


def _marked(field: GraphQLField, mark: type[Any]) -> Any:
    """What a directive of the schema says about a field, if it says anything."""
    definition = field.extensions.get("strawberry-definition")
    marks = getattr(definition, "directives", ())
    return next((each for each in marks if isinstance(each, mark)), None)
