"""Root and everybody else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from catering import embedded
from catering.embedded import places
from catering.embedded.binaries import find_postgres
from catering.embedded.places import NOBODY
from tests.embedded.talking import sql

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")

ORDINARY = """
import os, sys
from pathlib import Path
from catering import embedded

with embedded.start(Path(sys.argv[1]), postgres=True, redis=True) as servers:
    print(os.geteuid(), all(server.process.poll() is None for server in servers.running.values()))
"""


def test_started_by_root_the_servers_run_as_nobody(data: Path) -> None:
    with embedded.start(data, postgres=True, redis=True) as servers:
        for pid in servers.pids().values():
            assert Path(f"/proc/{pid}").stat().st_uid == NOBODY


def test_an_ordinary_user_starts_them_too(folder: Path) -> None:
    python = _python_for_nobody()
    os.chown(folder, NOBODY, NOBODY)
    done = subprocess.run(
        [python, "-c", ORDINARY, str(folder / "data")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": _import_path()},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{NOBODY} True\n", done.stderr


def test_a_folder_behind_a_closed_door_stays_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", (folder / "elsewhere",))
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for _ in (1, 2):
        with embedded.start(closed / "data", postgres=True, redis=True) as servers:
            assert sql(servers.database_url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (closed / "data" / "servers").readlink().parent == folder / "elsewhere"


def test_programs_behind_a_closed_door_are_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = find_postgres().path.parents[2]
    for source in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name)
    binaries = closed / package.name / "pginstall" / "bin"
    monkeypatch.setenv("CATERING_POSTGRES_BINARIES", str(binaries))
    with embedded.start(folder / "data", postgres=True, redis=False) as servers:
        assert sql(servers.database_url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def _python_for_nobody() -> str:
    for python in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin")):
        if python and _works_for_nobody(python):
            return python
    pytest.skip("no Python that an ordinary user can reach")


def _works_for_nobody(python: str) -> bool:
    ask = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        done = subprocess.run(ask, user=NOBODY, group=NOBODY, extra_groups=[], check=False, cwd="/")
    except OSError:
        return False
    return done.returncode == 0


def _import_path() -> str:
    ours = Path(embedded.__file__).parents[2]
    return f"{ours}:{find_postgres().path.parents[3]}"
