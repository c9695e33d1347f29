from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catering.embedded.serving import free_port

COMMANDS = [
    *("api", "create-admin", "dead-letters", "doctor", "export-schema", "import-menu", "keys"),
    *("migrate", "permissions", "relay", "rush", "seed", "simulate", "up", "walk", "worker"),
]


def catering(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {k: v for k, v in os.environ.items() if not k.startswith("CATERING_")}
    return subprocess.run(
        [sys.executable, "-m", "catering", *arguments],
        env=given | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command_and_loads_none_of_them() -> None:
    show = "import sys; from catering.cli import main; main(['--help'], standalone_mode=False); "
    show += "print('loaded:', *sorted({'sqlalchemy', 'starlette', 'dramatiq'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[0] for line in done.splitlines() if line.startswith("  ")][3:] == COMMANDS
    assert done.endswith("loaded:\n")


@pytest.mark.parametrize("command", ["migrate", "worker", "relay", "dead-letters list"])
def test_a_missing_setting_is_one_sentence_and_no_traceback(command: str, tmp_path: Path) -> None:
    done = catering(*command.split(), CATERING_DATA=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("CATERING_DATABASE_URL is not set.")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://x@127.0.0.1:1/x", "PostgreSQL cannot be reached: "),
        ("postgresql://x@nowhere.invalid/x", "PostgreSQL cannot be reached: "),
        ("nonsense", "CATERING_DATABASE_URL is no address; "),
    ],
    ids=["refused", "unknown host", "no address"],
)
def test_a_database_that_is_not_there_is_one_sentence_and_no_traceback(
    url: str, sentence: str
) -> None:
    done = catering("migrate", CATERING_DATABASE_URL=url, CATERING_REDIS_URL="redis://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_the_doctor_names_what_is_ill_and_how_to_mend_it(tmp_path: Path) -> None:
    done = catering(
        "doctor",
        CATERING_DATA=str(tmp_path),
        CATERING_DATABASE_URL=f"postgresql://x@127.0.0.1:{free_port()}/x",
        CATERING_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0",
        CATERING_PORT=str(free_port()),
    )
    found = {line[9:22].strip(): line for line in done.stdout.splitlines()}
    assert done.returncode == 1
    assert found["Python"].startswith("ok")
    assert found["binaries"].startswith("ok")
    assert found["database"].startswith("FAILED")
    assert "Check CATERING_DATABASE_URL" in found["database"]
    assert found["Redis"].startswith("FAILED")
    assert "Check CATERING_REDIS_URL" in found["Redis"]
    assert found["API"].startswith("ok")
    assert found["simulators"].startswith("skipped")
