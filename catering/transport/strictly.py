"""JSON as its standard has it: an object, in UTF-8, with each name once and only real numbers.

Two readers of the same body must not understand two things, and a few bytes must not keep us busy.
"""

from __future__ import annotations

import json
import math
import re
from json import JSONDecodeError
from typing import Any, Final

DEEPEST: Final = 64
"""Objects and lists inside each other."""

MOST: Final = 10_000
"""Objects, lists, and what is in them: a few bytes can be a value that takes a microsecond."""

_MARKS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{,]|[\]}]', re.DOTALL)


def decoded(data: str | bytes) -> dict[str, Any]:
    """The object in this text. Raises `JSONDecodeError`, with words for the client."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        _bound(text)
        value = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except _Strange as error:
        raise JSONDecodeError(str(error), "", 0) from None
    except (ValueError, RecursionError) as error:
        raise JSONDecodeError("This is not JSON in UTF-8.", "", 0) from error
    if not isinstance(value, dict):
        raise JSONDecodeError("A JSON object is expected.", "", 0)
    return value


def encoded(value: object) -> bytes:
    """The shortest text of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class _Strange(ValueError):
    """Python would take it; the standard, or we, do not."""


def _bound(text: str) -> None:
    opened, more = text.count("[") + text.count("{"), text.count(",")
    if opened <= DEEPEST and opened + more <= MOST:
        return
    depth = count = 0
    for mark in _MARKS.finditer(text):
        depth += _STEP.get(mark.group(), 0)
        count += mark.group() in _MORE
        if depth > DEEPEST:
            raise _Strange(f"Values may be nested {DEEPEST} deep.")
        if count > MOST:
            raise _Strange(f"There may be {MOST} values.")


_STEP: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_MORE: Final = frozenset("[{,")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Strange("A name is given twice in one object.")
    return members


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _Strange("A number is too large.")
    return number


def _no_number(word: str) -> None:
    raise _Strange(f"{word} is not JSON.")
