"""PostgreSQL as an embedded server: its data folder, its options, its readiness."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from catering.embedded import leftovers
from catering.embedded.binaries import Binary
from catering.embedded.places import Place, copied
from catering.embedded.refusing import CannotStart
from catering.embedded.serving import Server, quiet_environment
from catering.embedded.tethering import tethered

NAME = "catering"
"""The database and the user who owns it."""
FIRST_WITH_BUILTIN_LOCALE = 17
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    # A socket's path has at most 107 bytes, and a project may lie deeper than that.
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}


def server(place: Place, binary: Binary) -> Server:
    """PostgreSQL on this place's data, which is created when there is none yet."""
    binary = _reachable(binary, place)
    folder = place.folder / "postgres"
    if not folder.exists():
        _create(folder, place, binary)
    _check_version(folder, binary)
    leftovers.clear_postmaster(folder)
    return Server(
        name=f"PostgreSQL {binary.version}",
        place=place,
        folder=folder,
        command=lambda port: _command(binary, folder, port),
        answers=lambda pid, _: _is_ready(folder, pid),
        ending=signal.SIGINT,  # its "fast" shutdown: roll back, write a checkpoint, exit 0
    )


def url(place: Place, port: int) -> str:
    return f"postgresql://{NAME}:{place.password()}@127.0.0.1:{port}/{NAME}"


def _reachable(binary: Binary, place: Place) -> Binary:
    if place.reaches(binary.path):
        return binary
    prefix = copied(binary.path.parent.parent, binary.version, place)
    return replace(binary, path=prefix / "bin" / "postgres")


def _command(binary: Binary, folder: Path, port: int) -> list[str]:
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    return [str(binary.path), "-D", str(folder), f"--port={port}", *options]


def _create(folder: Path, place: Place, binary: Binary) -> None:
    """Make the data folder under another name, so that a start that is cut short leaves no half."""
    place.password()
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    place.make(draft.name)
    _run(_initdb(binary, draft, place), place)
    single = [str(binary.path), "--single", "-D", str(draft), "postgres"]
    _run(single, place, told=f"CREATE DATABASE {NAME}\n")
    draft.rename(folder)


def _initdb(binary: Binary, folder: Path, place: Place) -> list[str]:
    return [
        str(binary.path.with_name("initdb")),
        f"--pgdata={folder}",
        f"--username={NAME}",
        f"--pwfile={place.folder / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *_locale(binary.major),
    ]


def _locale(major: int) -> list[str]:
    """The built-in provider sorts alike on every machine; a C library changes its mind."""
    if major >= FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=en_US.UTF-8"]


def _run(command: list[str], place: Place, told: str = "") -> None:
    done = subprocess.run(  # noqa: S603
        tethered(command, at_death=signal.SIGTERM, user=place.user),
        input=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.folder,
        env=quiet_environment(),
        umask=0o077,
        check=False,
    )
    if done.returncode != 0 or "ERROR:" in done.stdout:
        raise CannotStart(f"The data folder of PostgreSQL cannot be made: {done.stdout.strip()}")


def _check_version(folder: Path, binary: Binary) -> None:
    made_by = (folder / "PG_VERSION").read_text().strip()
    if int(made_by) != binary.major:
        raise CannotStart(
            f"The data in {folder} was made by PostgreSQL {made_by}, but {binary.path} is "
            f"{binary.version}. Point CATERING_POSTGRES_BINARIES at PostgreSQL {made_by} (and dump "
            "and restore to move on), or choose another folder with CATERING_DATA."
        )


def _is_ready(folder: Path, pid: int) -> bool:
    """What `pg_ctl` looks at: line 1 of postmaster.pid is the process, line 8 its state."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"
