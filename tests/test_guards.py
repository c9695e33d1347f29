"""The list of guards fits the code, and only a demand that was not met counts as noticed."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.guards.guard import DoesNotFit, Guard
from tests.guards.inside import NOTICED, PASSED
from tests.guards.switches import GUARDS
from tests.guards.trying import ROOT, BrokenCheck, tried

ALL = "tests/test_all.py"
TESTS = """
import pytest

@pytest.fixture
def broken():
    raise AssertionError

def test_that_passes():
    pass

@pytest.mark.parametrize("number", [1, 2])
def test_that_notices(number):
    assert number == 1

def test_that_waits_in_vain():
    with pytest.raises(ValueError):
        pass

def test_that_breaks():
    raise TypeError("not so")

def test_that_never_begins(broken):
    pass
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Sources that are quickly imported, and tests that end in every way."""
    for name in ("catering", "migrations", "tests/guards"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("catering", "migrations", "tests"):
        (tmp_path / name / "__init__.py").touch()
    for name in ("__init__", "inside"):
        source = (ROOT / "tests" / "guards" / name).with_suffix(".py").read_text()
        (tmp_path / "tests" / "guards" / name).with_suffix(".py").write_text(source)
    (tmp_path / ALL).write_text(TESTS)
    return tmp_path


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_can_be_switched_off(guard: Guard) -> None:
    source = (ROOT / guard.file).read_text()
    assert ast.dump(ast.parse(guard.edited(source))) != ast.dump(ast.parse(source))

    file, _, name = guard.test.partition("::")
    defined = ast.parse((ROOT / file).read_text()).body
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in {each.name for each in defined if isinstance(each, functions)}


def test_no_guard_is_there_twice() -> None:
    for what in ([guard.name for guard in GUARDS], [(g.file, g.old) for g in GUARDS]):
        assert max(Counter(what).values()) == 1


@pytest.mark.parametrize("source", ["", "held()\nheld()\n"])
def test_what_is_not_there_just_once_is_not_switched_off(source: str) -> None:
    with pytest.raises(DoesNotFit, match=r"has this \d times"):
        Guard("any", "", "f.py", old="held()", new="", test="").edited(source)


def test_only_a_demand_that_was_not_met_counts_as_noticed(copy: Path) -> None:
    outcome = tried(copy, [ALL])

    assert outcome.endings[f"{ALL}::test_that_notices"] == {PASSED, NOTICED}
    assert not outcome.passed()
    assert outcome.noticed(f"{ALL}::test_that_notices")
    assert outcome.noticed(f"{ALL}::test_that_waits_in_vain")
    assert not outcome.noticed(f"{ALL}::test_that_passes")


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("test_that_breaks", "call: TypeError: not so"),
        ("test_that_never_begins", "setup: AssertionError"),
        ("test_that_is_not_there", "never run"),
    ],
)
def test_who_fails_in_another_way_has_noticed_nothing(copy: Path, test: str, why: str) -> None:
    outcome = tried(copy, [ALL])
    with pytest.raises(BrokenCheck, match=f"{test} {why}"):
        outcome.noticed(f"{ALL}::{test}")


def test_what_cannot_be_imported_has_noticed_nothing(copy: Path) -> None:
    (copy / ALL).write_text("import catering.nothing\n")
    with pytest.raises(BrokenCheck, match="No module named"):
        tried(copy, [ALL])


def test_the_code_that_is_installed_is_not_taken_for_the_copy(copy: Path) -> None:
    for module in ("catering", "migrations"):
        (copy / module / "__init__.py").unlink()
    with pytest.raises(BrokenCheck, match="catering comes from"):
        tried(copy, [ALL])
