"""The note that `catering up` leaves in the data folder, so that a second shell finds it.

`<data>/running.json`, mode 0600, because the addresses hold passwords:

    {"pid": 11, "database_url": "…", "redis_url": "…", "port": 8000, "simulator_port": 8100,
     "processes": {"postgres": 12, "redis": 13, "simulator": 14, "relay-1": 15, "api": 18, …}}
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Running:
    """A `catering up` at work. `processes` changes whenever one is started again."""

    pid: int
    database_url: str
    redis_url: str
    port: int
    simulator_port: int
    processes: dict[str, int] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The variables with which any command works on it."""
        return {
            "CATERING_DATABASE_URL": self.database_url,
            "CATERING_REDIS_URL": self.redis_url,
            "CATERING_PORT": str(self.port),
            "CATERING_SIMULATOR_PORT": str(self.simulator_port),
        }

    def write(self, data: Path) -> None:
        """Replace the note in one step: a reader sees the old one or the new one."""
        draft = data / "running.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as note:
            json.dump(asdict(self), note)
        draft.replace(_note(data))


def find(data: Path) -> Running | None:
    """The `catering up` that works on this folder now, or None."""
    try:
        running = Running(**json.loads(_note(data).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return running if _alive(running.pid) else None


def forget(data: Path) -> None:
    _note(data).unlink(missing_ok=True)


def _note(data: Path) -> Path:
    return data / "running.json"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
