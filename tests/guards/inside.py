"""A plugin for the pytest that runs in a copy: it makes sure that the copy is what is tested, and
writes down how each test ended, so that a broken copy is not taken for a test that has noticed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

PASSED = "passed"
NOTICED = "noticed"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--endings", type=Path, help="Where to write how each test ended.")


def pytest_configure(config: pytest.Config) -> None:
    """What is installed beside us is the code that was not edited."""
    for name in ("catering", "migrations", "tests"):
        at = import_module(name).__file__
        if at is None or not Path(at).is_relative_to(config.rootpath):
            raise pytest.UsageError(f"{name} comes from {at} and not from {config.rootpath}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A line for each phase: its test, and `noticed` only where a test's own demand was not met."""
    report: pytest.TestReport = yield
    error = call.excinfo
    if error is None:
        ending = PASSED
    elif call.when == "call" and error.errisinstance((AssertionError, pytest.fail.Exception)):
        ending = NOTICED
    else:
        ending = f"{call.when}: {error.exconly(tryshort=True)}".splitlines()[0]
    with item.config.getoption("--endings").open("a") as endings:
        endings.write(f"{item.nodeid.partition('[')[0]}\t{ending}\n")
    return report
