"""What a guard is, and how it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class DoesNotFit(Exception):
    """A guard cannot be switched off as its entry says: the code is another one by now."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One edit that takes a promise away, and the test that is there for this promise."""

    name: str
    off: str
    """What is possible without it."""
    file: str
    old: str
    new: str
    test: str
    """What has to fail. A test of many parameters has failed when it does with one of them."""

    def edited(self, source: str) -> str:
        """The file without the guard. Raises `DoesNotFit`."""
        times = source.count(self.old)
        if times != 1:
            raise DoesNotFit(f"{self.name}: {self.file} has this {times} times:\n{self.old}")
        return source.replace(self.old, self.new)

    @property
    def is_in_the_database(self) -> bool:
        """Whether it shows only in a database that was made without it."""
        return self.file.startswith("migrations/")

    @contextmanager
    def is_off(self, copy: Path) -> Iterator[None]:
        """The sources at `copy` are without it, for the time of a `with`. Raises `DoesNotFit`."""
        file = copy / self.file
        as_it_is = file.read_text()
        _write(file, self.edited(as_it_is))
        yield
        _write(file, as_it_is)


def _write(file: Path, source: str) -> None:
    """What was compiled of it goes, too: within a second Python sees no difference in age."""
    file.write_text(source)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        compiled.unlink()
