"""What the terminal shows: our own words, and each child's lines under its name."""

from __future__ import annotations

import os
import selectors
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TextIO

DIM, PLAIN = "\x1b[2m", "\x1b[0m"
WIDTH = 10


@dataclass(slots=True)
class Teller:
    """Everything that is printed goes through here, one whole line after the other."""

    out: TextIO
    waiting: bool = False
    """Whether the last word was "…", and its end is still to come on the same line."""
    _listening: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def say(self, text: str) -> None:
        """A line of ours. After one that ends with "…" the next one completes it."""
        self._print(text, end=" " if text.endswith("…") else "\n")
        self.waiting = text.endswith("…")

    def say_beside(self, text: str) -> None:
        """A line that completes nothing."""
        self._finish_line()
        self.say(text)

    def listen(self, name: str, pipe: IO[bytes]) -> None:
        """Print from now on what comes out of `pipe`, until its last writer is gone."""
        os.set_blocking(pipe.fileno(), False)
        self._listening.register(pipe, selectors.EVENT_READ, _Voice(name, pipe))

    def relay(self, seconds: float) -> None:
        """Wait at most that long for words of the children, and print them."""
        for key, _ in self._listening.select(seconds):
            voice: _Voice = key.data
            for line in voice.lines():
                self._say_as(voice.name, line)
            if voice.ended:
                self._listening.unregister(voice.pipe)
                voice.pipe.close()

    def _say_as(self, name: str, line: str) -> None:
        self._finish_line()
        label = f"{name:<{WIDTH}}│"
        self._print(f"{DIM}{label}{PLAIN} {line}" if self.out.isatty() else f"{label} {line}")

    def _finish_line(self) -> None:
        if self.waiting:
            self._print("")
            self.waiting = False

    def _print(self, text: str, end: str = "\n") -> None:
        with suppress(OSError):  # the terminal may be gone; that must not stop the stopping
            self.out.write(text + end)
            self.out.flush()


@dataclass(slots=True)
class _Voice:
    name: str
    pipe: IO[bytes]
    begun: bytes = b""
    ended: bool = False

    def lines(self) -> list[str]:
        with suppress(BlockingIOError):
            heard = os.read(self.pipe.fileno(), 65536)
            self.ended = not heard
            self.begun += heard
        *whole, self.begun = self.begun.split(b"\n")
        if self.ended and self.begun:
            whole, self.begun = [*whole, self.begun], b""
        return [line.decode(errors="replace").rstrip("\r") for line in whole]
