"""What people type into a search field, as words to look for in a menu."""

from __future__ import annotations

import re
from typing import Final

MOST_WORDS: Final = 8
LONGEST: Final = 100

_APOSTROPHES: Final = re.compile("['’ʼ`′ʹ‘]")
_WORD: Final = re.compile(r"\w+")
_ENDING: Final = re.compile(
    "(ами|ями|ого|ому|ові|еві|ів|ей|ою|ею|єю|ий|ій|их|ах|ях|[аеєиіїоуюяьй])$"
)
_CYRILLIC: Final = re.compile("[а-яґєії]")
_SHORTEST_STEM: Final = 3


def words(text: str) -> list[str]:
    """The words of a question, folded as `catering_folded` folds a menu in the database.

    PostgreSQL has no Ukrainian dictionary, so a Ukrainian word loses its ending here; what is
    looked for is whatever begins with the rest.
    """
    folded = _APOSTROPHES.sub("", text[:LONGEST].lower()).replace("ґ", "г")
    return [_stem(word) for word in _WORD.findall(folded.replace("_", " "))[:MOST_WORDS]]


def question(text: str) -> str | None:
    """The same as PostgreSQL's `to_tsquery` reads it: all words, each as the beginning of one."""
    return " & ".join(f"{word}:*" for word in words(text)) or None


def _stem(word: str) -> str:
    if not _CYRILLIC.search(word):
        return word
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word
