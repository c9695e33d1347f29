"""How much a document asks for, before anything expensive looks at it.

Whatever a document is made of is looked at once, a fragment also when it is spread many times: the
limiters that come with Strawberry, and some of the rules of GraphQL, are not so careful.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from .codes import Code

Fragments = Mapping[str, FragmentDefinitionNode]

CEILING: Final = 10**9
"""Where counting stops: a few bytes can spell numbers that have no end."""


class Measures(NamedTuple):
    """Of a selection, a fragment, or a whole document, with every spread written out."""

    depth: int = 0
    """Fields inside each other. Introspection may go deeper, and is not counted."""
    nesting: int = 0
    """Fields, fragments and spreads inside each other."""
    aliases: int = 0
    fields: int = 0
    selections: int = 0
    """Fields, fragments and spreads."""
    directives: int = 0
    """On one field, fragment, spread or operation."""
    operations: int = 0
    variables: int = 0
    values: int = 0
    """Written out in arguments: also those in lists and objects."""

    def beside(self, other: Measures) -> Measures:
        """Of both together."""
        return Measures(
            max(self.depth, other.depth),
            max(self.nesting, other.nesting),
            min(CEILING, self.aliases + other.aliases),
            min(CEILING, self.fields + other.fields),
            min(CEILING, self.selections + other.selections),
            max(self.directives, other.directives),
            self.operations + other.operations,
            self.variables + other.variables,
            min(CEILING, self.values + other.values),
        )


LIMITS: Final = Measures(
    depth=12,
    nesting=60,
    aliases=30,
    fields=750,
    selections=3_000,
    directives=3,
    operations=50,
    variables=200,
    values=500,
)
MOST_TOKENS: Final = 2_000
LONGEST: Final = 65_536
"""Characters: more than 40 for each token, which only a text in the document itself could need."""

MOST_OVERLAPS: Final = 600
"""Pairs of fields that answer under the same name in the same place. Whether they agree is asked
of each pair, which takes 20 to 40 µs."""


class TooComplex(GraphQLError):
    """More than we look at. Says what there is too much of."""

    def __init__(self, what: str, limit: int, actual: int, **more: Any) -> None:
        told = {"code": Code.QUERY_TOO_COMPLEX, "measure": what, "limit": limit, "actual": actual}
        super().__init__(
            f"Too complex ({what}: {actual} of at most {limit}).", extensions=told | more
        )


class Immeasurable(Exception):
    """Fragments that spread each other, or share a name; a rule of GraphQL says which ones."""


def measure(document: DocumentNode) -> None:
    """Raises `TooComplex` for what is beyond a limit, and `Immeasurable`."""
    if document.token_count > MOST_TOKENS:
        raise TooComplex("tokens", MOST_TOKENS, document.token_count)
    measuring = _Measuring(document)
    measured = Measures()
    for definition in document.definitions:
        measured = measured.beside(measuring.of_definition(definition))
    for name, limit, actual in zip(Measures._fields, LIMITS, measured, strict=True):
        if actual > limit:
            raise TooComplex(name, limit, actual)
    pairs = measuring.overlaps()
    if pairs > MOST_OVERLAPS:
        raise TooComplex("overlaps", MOST_OVERLAPS, pairs)


def fragments(document: DocumentNode) -> Fragments:
    """The fragments of a document by name."""
    found = (each for each in document.definitions if isinstance(each, FragmentDefinitionNode))
    return {each.name.value: each for each in found}


def written_out(selections: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode]:
    """The fields of a selection, those of its fragments in their place."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from written_out(selection.selection_set, fragments)
        elif fragment := fragments.get(selection.name.value):  # type: ignore[attr-defined]
            yield from written_out(fragment.selection_set, fragments)


class _Measuring:
    """The one walk through a document."""

    def __init__(self, document: DocumentNode) -> None:
        self._definitions = document.definitions
        self._fragments = fragments(document)
        named = sum(isinstance(each, FragmentDefinitionNode) for each in self._definitions)
        if len(self._fragments) < named:
            raise Immeasurable
        self._measured: dict[str, Measures | None] = {}

    def of_definition(self, definition: Any) -> Measures:
        """Of an operation or a fragment. Fragments count on their own as well as where they are
        spread, for rules look at them on their own, too; only their depth says nothing then."""
        if isinstance(definition, FragmentDefinitionNode):
            return self._of_fragment(definition.name.value, 0)._replace(depth=0)
        if isinstance(definition, OperationDefinitionNode):
            own = Measures(
                directives=len(definition.directives or ()),
                operations=1,
                variables=len(definition.variable_definitions or ()),
                values=_values(*(definition.variable_definitions or ()), definition),
            )
            return self._of_all(definition.selection_set, 0).beside(own)
        return Measures()

    def overlaps(self) -> int:
        """Pairs of fields with one name in one place. Bounded by the other limits, which have to
        be checked before: everything is written out here."""
        roots = (getattr(each, "selection_set", None) for each in self._definitions)
        return sum(self._pairs([root]) for root in roots if root is not None)

    def _pairs(self, together: Iterable[SelectionSetNode]) -> int:
        places = defaultdict[str, list[FieldNode]](list)
        for field in chain.from_iterable(written_out(each, self._fragments) for each in together):
            places[(field.alias or field.name).value].append(field)
        pairs = 0
        for same in places.values():
            pairs += len(same) * (len(same) - 1) // 2
            if within := [field.selection_set for field in same if field.selection_set]:
                pairs += self._pairs(within)
        return pairs

    def _of_all(self, selections: SelectionSetNode | None, nesting: int) -> Measures:
        if nesting > LIMITS.nesting:
            raise TooComplex("nesting", LIMITS.nesting, nesting)
        measured, plain = Measures(), 0
        for selection in selections.selections if selections else ():
            if _is_plain(selection):
                plain += 1
            else:
                measured = measured.beside(self._of_one(selection, nesting + 1))
        return measured.beside(Measures(1, 1, 0, plain, plain)) if plain else measured

    def _of_one(self, selection: Any, nesting: int) -> Measures:
        if isinstance(selection, FragmentSpreadNode):
            inside = self._of_fragment(selection.name.value, nesting)
        else:
            inside = self._of_all(selection.selection_set, nesting)
        is_field = isinstance(selection, FieldNode)
        alias = is_field and selection.alias is not None
        depth = inside.depth + is_field
        return Measures(
            depth=0 if is_field and selection.name.value.startswith("__") else depth,
            nesting=inside.nesting + 1,
            aliases=inside.aliases + alias,
            fields=inside.fields + is_field,
            selections=inside.selections + 1,
            directives=max(inside.directives, len(selection.directives or ())),
            values=inside.values + _values(selection),
        )

    def _of_fragment(self, name: str, nesting: int) -> Measures:
        if name not in self._measured:
            self._measured[name] = None
            fragment = self._fragments.get(name)
            measured = Measures()
            if fragment is not None:
                own = Measures(directives=len(fragment.directives or ()), values=_values(fragment))
                measured = self._of_all(fragment.selection_set, nesting).beside(own)
            self._measured[name] = measured
        found = self._measured[name]
        if found is None:
            raise Immeasurable
        return found


def _is_plain(selection: Any) -> bool:
    """Most are, and there is nothing about them but that they are there."""
    return (
        isinstance(selection, FieldNode)
        and not (selection.alias or selection.arguments or selection.directives)
        and selection.selection_set is None
        and not selection.name.value.startswith("__")
    )


def _values(*nodes: Any) -> int:
    """In the arguments of these and of their directives, and in their defaults."""
    waiting = [getattr(node, "default_value", None) for node in nodes]
    for node in nodes:
        for each in (node, *(node.directives or ())):
            waiting += (argument.value for argument in getattr(each, "arguments", None) or ())
    found = 0
    while waiting:
        value = waiting.pop()
        found += value is not None
        if isinstance(value, ListValueNode):
            waiting += value.values
        elif isinstance(value, ObjectValueNode):
            waiting += (field.value for field in value.fields)
    return found
