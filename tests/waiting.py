"""Tests of real processes wait for what they expect, not for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Come back as soon as it is true; fail the test when it takes longer than that."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"still not so after {seconds:.0f} s")
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether the process has ended, even if nobody has asked for its exit status yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state in {"Z", "X"}
