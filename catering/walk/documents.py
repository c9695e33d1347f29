"""The GraphQL documents of the walk, each with just the fragments it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

_FILES: Final = ("walk.graphql", "more.graphql")
_HEAD: Final = re.compile(r"^(?:query|mutation|subscription|fragment) (\w+)", re.MULTILINE)
_COMMENT: Final = re.compile(r"^#.*\n?", re.MULTILINE)
_SPREAD: Final = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")


@cache
def document(name: str) -> str:
    """The operation of this name, ready to be sent."""
    needed, left = dict[str, str](), [name]
    while left:
        part = left.pop()
        needed[part] = _definitions()[part]
        left += [each for each in _SPREAD.findall(needed[part]) if each not in needed]
    return "\n".join(needed.values())


@cache
def _definitions() -> dict[str, str]:
    package = files(__package__)
    texts = (package.joinpath(name).read_text("utf-8") for name in _FILES)
    return {name: definition for text in texts for name, definition in _split(text)}


def _split(text: str) -> Iterator[tuple[str, str]]:
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        yield head[1], _COMMENT.sub("", text[head.start() : end]).strip()
