"""The document store: what was read once, and found good, is ready to be executed again.

One for the process, for everything that is asked over HTTP, WebSocket and streams. The key is the
SHA-256 of the text, which is what Apollo's clients send in its place.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoFragmentCyclesRule,
    OperationDefinitionNode,
    StringValueNode,
    UniqueFragmentNamesRule,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.graphql import OperationType

from catering.schema.texts import is_keepable

from .codes import Code
from .costing import Price, price
from .faults import MOST
from .measuring import (
    LIMITS,
    LONGEST,
    MOST_TOKENS,
    Immeasurable,
    TooComplex,
    fragments,
    measure,
    written_out,
)

MOST_DOCUMENTS: Final = 2_000
MOST_BYTES: Final = 64 << 20
"""Of all that is kept, reckoned."""

OF_A_TOKEN: Final = 500
"""Bytes that a token takes when it has become a tree; measured were 400."""


class NotGood(Exception):
    """A document that cannot be executed, and everything that is wrong with it."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(errors[0].message)
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class Operation:
    """One of a document."""

    name: str | None
    kind: OperationType
    price: Price
    roots: Mapping[str, int]
    """The fields that it starts from, and how often each is asked for."""


@dataclass(frozen=True, slots=True)
class Document:
    """Parsed, measured, validated and priced."""

    text: str
    tree: DocumentNode
    operations: tuple[Operation, ...]

    @property
    def size(self) -> int:
        """Bytes, reckoned."""
        return len(self.text) + OF_A_TOKEN * self.tree.token_count

    def operation(self, name: str | None) -> Operation | None:
        """The one of this name; without a name the only one."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((each for each in self.operations if each.name == name), None)


class Documents:
    """The store. What was not asked for the longest makes room."""

    def __init__(
        self, schema: GraphQLSchema, most: int = MOST_DOCUMENTS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._schema, self._most, self._most_bytes = schema, most, most_bytes
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def known(self, key: str) -> Document | None:
        """The document with this hash, if it is here."""
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
        return found

    def prepare(self, text: str) -> Document:
        """The document of a text; read only when it is new. Raises `NotGood`, and keeps no bad
        one: nobody shall fill the store with nonsense."""
        key = hashed(text)
        document = self.known(key)
        if document is None:
            document = prepared(self._schema, text)
            self._keep(key, document)
        return document

    def _keep(self, key: str, document: Document) -> None:
        self._kept[key] = document
        self._bytes += document.size
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= gone.size


def hashed(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def prepared(schema: GraphQLSchema, text: str) -> Document:
    """The cheap comes first: what is too much is refused before the rules of GraphQL see it."""
    tree = _parsed(text)
    rules = _RULES
    try:
        measure(tree)
    except TooComplex as error:
        raise NotGood(error) from None
    except Immeasurable:
        rules = (NoFragmentCyclesRule, UniqueFragmentNamesRule)
    if wrong := validate(schema, tree, rules, max_errors=MOST):
        for each in wrong:
            own = each.extensions or {}
            each.extensions = {"code": Code.GRAPHQL_VALIDATION_FAILED, **own}
        raise NotGood(*wrong[:MOST])
    return Document(text, tree, tuple(_operations(schema, tree)))


def _parsed(text: str) -> DocumentNode:
    if len(text) > LONGEST:
        raise NotGood(TooComplex("characters", LONGEST, len(text)))
    try:
        return parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        # The parser stops where it is too much: how much more there is nobody knows.
        if not error.message.endswith("Parsing aborted."):
            raise NotGood(error) from None
        if "nest" in error.message:
            raise NotGood(TooComplex("nesting", LIMITS.nesting, LIMITS.nesting + 1)) from None
        raise NotGood(TooComplex("tokens", MOST_TOKENS, MOST_TOKENS + 1)) from None


def _operations(schema: GraphQLSchema, tree: DocumentNode) -> Iterator[Operation]:
    spread = fragments(tree)
    for each in tree.definitions:
        if isinstance(each, OperationDefinitionNode):
            yield Operation(
                each.name.value if each.name else None,
                OperationType(each.operation.value),
                price(schema, tree, each),
                Counter(field.name.value for field in written_out(each.selection_set, spread)),
            )


class TextRule(ASTValidationRule):
    """Text in a document can be stored."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if not is_keepable(node.value):
            self.report_error(unkeepable(node))


def unkeepable(node: StringValueNode | None) -> GraphQLError:
    """The error of a text that cannot be stored."""
    message = "Text must not contain NUL, nor half of a surrogate pair."
    return GraphQLError(message, node, extensions={"code": Code.BAD_USER_INPUT})


_RULES: Final[tuple[type[ASTValidationRule], ...]] = (
    TextRule,
    *specified_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
