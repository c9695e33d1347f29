from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catering.supervising import Child, Teller

LIFE = """
import os, signal, sys, time

name, log, how = sys.argv[1:]

def note(what):
    os.write(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), f"{name} {what}\\n".encode())

def end(number, frame):
    note(signal.Signals(number).name)
    if how == "like uvicorn":
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    if how != "stubborn":
        sys.exit(0)

signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
sys.stdout.write(f"hello from {name}\\n")  # unbuffered: one call is one write
note("started")
if how == "short":
    sys.exit(3)
while True:
    time.sleep(60)
"""
"""A child that writes down what happens to it."""

MakeChild = Callable[..., Child]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log"
    file.touch()
    return file


@pytest.fixture
def child(log: Path) -> MakeChild:
    def make(name: str, how: str = "", patience: float = 10.0) -> Child:
        return Child(name, (sys.executable, "-c", LIFE, name, str(log), how), patience)

    return make


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def teller(out: io.StringIO) -> Teller:
    return Teller(out)


@pytest.fixture
def environment() -> dict[str, str]:
    return dict(os.environ)
