"""The timeline: one line for each thing that happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Final, TextIO

NAME_WIDTH: Final = 20
_PLAIN: Final = "\x1b[0m"


class Part(Enum):
    """Who somebody is in the play: a symbol and a terminal colour."""

    CUSTOMER = ("○", "\x1b[36m")
    KITCHEN = ("■", "\x1b[33m")
    DRIVER = ("►", "\x1b[32m")
    MANAGER = ("◆", "\x1b[35m")
    OUTSIDE = ("×", "\x1b[31m")
    STORY = ("·", "\x1b[2m")


class Timeline:
    """Writes what happens, with the seconds since it began. Colours only on a terminal."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._began = clock()

    def tell(self, part: Part, name: str, text: str) -> None:
        """One line: when, who, what."""
        symbol, colour = part.value
        who = f"{symbol} {_fitting(name)}"
        if self._out.isatty():
            who = f"{colour}{who}{_PLAIN}"
        self.say(f"+{self.elapsed():6.1f} s  {who}  {text}")

    def say(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()

    def elapsed(self) -> float:
        return self._clock() - self._began


def at_clock(instant: str) -> str:
    """An instant as the clock on the wall shows it."""
    return f"{datetime.fromisoformat(instant).astimezone():%H:%M:%S}"


def _fitting(name: str) -> str:
    short = name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…"
    return f"{short:<{NAME_WIDTH}}"
