"""What counts as an outage, and what a stream does in one."""

from __future__ import annotations

import asyncpg
import pytest

from catering.database import is_passing


@pytest.mark.parametrize(
    "error", [OSError(), TimeoutError(), asyncpg.exceptions.AdminShutdownError("bye")]
)
def test_an_outage_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error", [KeyError(), ValueError(), asyncpg.exceptions.PostgresSyntaxError("x")]
)
def test_a_bug_does_not(error: Exception) -> None:
    assert not is_passing(error)
