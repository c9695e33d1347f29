"""The whole supervisor, with small processes in the place of ours."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from catering import running
from catering.embedded.serving import free_port
from catering.settings import Settings
from tests.supervising.conftest import LIFE
from tests.waiting import is_gone, until

SUPERVISOR = """
import sys
from pathlib import Path
from catering import embedded
from catering.settings import Settings
from catering.supervising import Child, Teller
from catering.supervising.stopping import Wish
from catering.supervising.system import System

life, log, health, port, data = sys.argv[1:]
settings = Settings("postgresql://a:b@127.0.0.1:1/c", "redis://127.0.0.1:2", port=int(port),
                    data=Path(data))
children = [Child("worker", (sys.executable, "-c", life, "worker", log, "")),
            Child("api", (sys.executable, "-c", health, port))]
with Wish() as wish, embedded.start(settings.data, postgres=False, redis=False) as servers:
    System(settings, servers, Teller(sys.stdout), wish).keep(children, ["Welcome."])
"""

HEALTH = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *about):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def supervisor(data: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", SUPERVISOR, LIFE, str(log), HEALTH, str(free_port()), str(data)]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        until(lambda: "api" in _pids(data) and "worker started" in log.read_text())
        yield process
        process.kill()


def test_it_welcomes_when_the_api_is_ready_and_leaves_a_note_for_other_commands(
    supervisor: subprocess.Popen[str], data: Path
) -> None:
    assert supervisor.stdout
    assert any("Welcome." in line for line in supervisor.stdout)

    assert stat.S_IMODE((data / "running.json").stat().st_mode) == 0o600
    settings = Settings.read({"CATERING_DATA": str(data)})
    assert settings.database_url == "postgresql://a:b@127.0.0.1:1/c"
    assert set(_pids(data)) == {"worker", "api"}


def test_ctrl_c_reaches_the_supervisor_alone_who_then_ends_all(
    supervisor: subprocess.Popen[str], data: Path, log: Path
) -> None:
    pids = _pids(data)
    os.killpg(supervisor.pid, signal.SIGINT)
    assert supervisor.wait(15) == 0
    assert log.read_text().splitlines() == ["worker started", "worker SIGTERM"]
    assert all(is_gone(pid) for pid in pids.values())
    assert running.find(data) is None
    assert not (data / "running.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the tether is Linux's")
def test_nobody_outlives_a_killed_supervisor(
    supervisor: subprocess.Popen[str], data: Path, log: Path
) -> None:
    pids = _pids(data)
    supervisor.kill()
    supervisor.wait()
    until(lambda: all(is_gone(pid) for pid in pids.values()))
    assert "worker SIGTERM" in log.read_text()
    assert running.find(data) is None


@pytest.mark.usefixtures("supervisor")
def test_a_child_started_again_is_noted_under_its_new_number(data: Path) -> None:
    before = _pids(data)
    os.kill(before["worker"], signal.SIGKILL)
    until(lambda: _pids(data).get("worker", before["worker"]) != before["worker"])
    assert _pids(data)["api"] == before["api"]


def test_a_port_that_is_taken_is_named_before_anything_starts(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _up(data, CATERING_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1, meant for the API, cannot be used" in done.stdout
    assert f"CATERING_PORT={port + 1}" in done.stdout
    assert not data.exists()


def test_a_second_up_in_the_same_folder_says_where_the_first_one_is(
    supervisor: subprocess.Popen[str], data: Path
) -> None:
    done = _up(data)
    assert done.returncode == 1
    assert f"already runs here: process {supervisor.pid}" in done.stdout


def _up(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "catering", "up"],
        env=dict(os.environ) | environment | {"CATERING_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


def _pids(data: Path) -> dict[str, int]:
    try:
        pids: dict[str, int] = json.loads((data / "running.json").read_text())["processes"]
    except FileNotFoundError:
        return {}
    return pids
