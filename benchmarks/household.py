"""What the benchmarks start, and what it costs the processor."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from catering import embedded


@contextmanager
def servers() -> Iterator[tuple[embedded.Servers, dict[str, str]]]:
    """PostgreSQL and Valkey, for the time of a `with`; and the settings that lead to them."""
    with (
        tempfile.TemporaryDirectory(prefix="catering-bench-") as folder,
        embedded.start(Path(folder), postgres=True, redis=True) as started,
    ):
        yield (
            started,
            {
                "CATERING_DATABASE_URL": str(started.database_url),
                "CATERING_REDIS_URL": str(started.redis_url),
            },
        )


def command(words: str) -> list[str]:
    """`catering` with these words."""
    return [sys.executable, "-m", "catering", *words.split()]


@contextmanager
def running(commands: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[dict[str, int]]:
    """Commands of ours by name, for the time of a `with`; their process ids."""
    started = {
        name: subprocess.Popen(  # noqa: S603
            command(words),
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, words in commands.items()
    }
    try:
        yield {name: process.pid for name, process in started.items()}
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            process.wait()


def spent(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
