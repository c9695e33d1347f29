"""Running a few tests in a copy of the sources, in a process that knows no other one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.databases import MIGRATED

from .guard import Guard
from .inside import NOTICED, PASSED

ROOT = Path(__file__).parents[2]
SOURCES = ("catering", "migrations", "tests", "pyproject.toml")
AT_MOST = 300
"""Seconds that the tests of one run may take."""


class BrokenCheck(Exception):
    """Nothing was proved: the tests could not be run, or failed for another reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the tests of one run ended, by the test, each in all of its phases and parameters."""

    endings: dict[str, set[str]]
    words: str

    @property
    def count(self) -> int:
        return len(self.endings)

    def passed(self) -> bool:
        """Whether there was nothing to notice."""
        return all(ending <= {PASSED} for ending in self.endings.values())

    def noticed(self, test: str) -> bool:
        """Whether a test has failed by its own demand. Raises `BrokenCheck` where something else
        went wrong."""
        endings = self.endings.get(test, {"never run"})
        if strange := endings - {PASSED, NOTICED}:
            raise BrokenCheck(f"{test} {', '.join(sorted(strange))}\n{self.words}")
        return NOTICED in endings


@contextmanager
def copied() -> Iterator[Path]:
    """The sources in a folder of their own, with what is compiled of them."""
    # Resolved: a test process says where it is by the real name of the folder.
    with TemporaryDirectory(prefix="catering-guards-") as folder:
        copy = Path(folder).resolve()
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name)
            else:
                shutil.copy2(ROOT / name, copy)
        yield copy


def without(guard: Guard, copy: Path) -> Outcome:
    """What its test says while a guard is off."""
    with guard.is_off(copy):
        return tried(copy, [guard.test], new_database=guard.is_in_the_database)


def tried(copy: Path, tests: Sequence[str], *, new_database: bool = False) -> Outcome:
    """Run tests in a copy. Raises `BrokenCheck` when pytest did not come to run them."""
    endings = copy / "endings"
    endings.unlink(missing_ok=True)
    environment = os.environ | {"PYTHONPATH": str(copy)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if new_database:
        environment.pop(MIGRATED, None)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.guards.inside",
        "-p",
        "no:cacheprovider",
    ]
    options = [f"--rootdir={copy}", f"--endings={endings}", "--tb=short"]
    with subprocess.Popen(
        [*command, *options, *tests], cwd=copy, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            words, _ = process.communicate(timeout=AT_MOST)
        except subprocess.TimeoutExpired:
            process.kill()
            raise BrokenCheck(f"The tests took more than {AT_MOST} s.") from None
    if process.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise BrokenCheck(f"pytest ended with {process.returncode}\n{words}")
    return Outcome(_read(endings), words)


def _read(endings: Path) -> dict[str, set[str]]:
    read = dict[str, set[str]]()
    for line in endings.read_text().splitlines():
        test, _, ending = line.partition("\t")
        read.setdefault(test, set()).add(ending)
    return read
