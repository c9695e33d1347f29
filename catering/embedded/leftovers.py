"""What a start finds when the one before it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 15.0


def end(pid_file: Path, folder: Path, ending: signal.Signals) -> None:
    """End the server that is written down in `pid_file` and still works in `folder`.

    On Linux it is already on its way out; elsewhere nobody told it that its starter is gone.
    """
    pid = _number(pid_file)
    if pid is None or not works_in(pid, folder):
        return
    until = time.monotonic() + PATIENCE
    _send(pid, ending)
    while works_in(pid, folder):
        if time.monotonic() > until:
            _send(pid, signal.SIGKILL)
        time.sleep(0.02)


def clear_postmaster(folder: Path) -> None:
    """Remove a postmaster.pid whose number belongs to some other program by now.

    Containers reuse small numbers, and PostgreSQL then refuses to start. With a dead number it
    mends the file itself, after checks that we must not take away from it.
    """
    file = folder / "postmaster.pid"
    pid = _number(file)
    if pid is not None and _alive(pid) and not works_in(pid, folder):
        file.unlink(missing_ok=True)


def works_in(pid: int, folder: Path) -> bool:
    """Whether that process lives and is a server whose working directory is `folder`."""
    proc = Path("/proc") / str(pid)
    if Path("/proc/self").exists():
        try:
            return (proc / "cwd").readlink() == folder
        except OSError:
            return False
    return _alive(pid) and any(name in _command(pid) for name in ("postgres", "valkey", "redis"))


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def _command(pid: int) -> str:
    asked = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
