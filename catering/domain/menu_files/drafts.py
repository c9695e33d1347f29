"""A menu file taken apart into texts that nobody has believed yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from catering.domain.menu_files.results import Field, Problem

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Unreadable(ValueError):
    """A text is not what its field asks for; the message tells what to write instead."""


@dataclass(frozen=True)
class WrittenChoice:
    """A variant or a modifier as somebody wrote it."""

    name: str
    price: str
    most: int = 1
    external_id: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class WrittenGroup:
    """A group as somebody wrote it; without a maximum there may be all of it."""

    name: str
    choices: tuple[WrittenChoice, ...]
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True)
class Entry:
    """One product as somebody wrote it. What can be chosen of it is a text as well, where a format
    has no better place for it; None and no text tell nothing of it."""

    line: int
    where: str
    texts: Mapping[Field, str]
    variants: tuple[WrittenChoice, ...] | None = None
    groups: tuple[WrittenGroup, ...] | None = None

    def text(self, field: Field) -> str:
        """The text on one line, without what no database can keep; "" where there is none."""
        return tidy(self.texts.get(field, ""))

    def problem(self, field: Field | None, message: str) -> Problem:
        return Problem(self.line, self.where, field, message)


@dataclass
class Draft:
    """What a format's reader hands over to be checked."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def trouble(self, message: str, *, line: int = 1) -> None:
        self.problems.append(at_line(line, message))


def at_line(line: int, message: str, field: str | None = None) -> Problem:
    return Problem(line, f"Line {line}", field, message)


def tidy(text: str) -> str:
    return " ".join(CONTROLS.sub(" ", text).split())


def shown(text: str) -> str:
    """A text to quote in a message: short enough to read."""
    text = tidy(text)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"
