"""One server process: launched, waited for, revived and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from catering.embedded import leftovers
from catering.embedded.places import Place
from catering.embedded.refusing import CannotStart
from catering.embedded.tethering import tethered

TO_LAUNCH = 10.0
"""Seconds in which a launch that fails is tried again: a crashed predecessor may still be letting
go of its memory, and a port that was free a moment ago may be taken."""
TO_ANSWER = 120.0
"""Seconds a living server may take until it answers: it may be replaying its log."""
LONGEST_LOG = 5_000_000


@dataclass(slots=True)
class Server:
    """A child of ours that listens on 127.0.0.1."""

    name: str
    place: Place
    folder: Path
    """Its data and its working directory."""
    command: Callable[[int], list[str]]
    """The command line for a port."""
    answers: Callable[[int, int], bool]
    """Whether the process (pid, port) is ready for clients."""
    ending: signal.Signals
    """Asks for a quick and clean end."""
    configuration: Callable[[int], str] = lambda _: ""
    """What it reads from standard input, so that no other user sees it in a list of processes."""
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    launched: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Launch it on a free port and come back when it answers."""
        until = time.monotonic() + TO_LAUNCH
        while True:
            self.port = free_port()
            self.launch()
            if self._came_up():
                return
            if time.monotonic() > until:
                raise CannotStart(f"{self.name} does not start. {self._last_words()}")
            time.sleep(0.2)

    def launch(self) -> None:
        """Start the process on `port`, without waiting until it answers."""
        leftovers.end(self._pid_file, self.folder, self.ending)
        self.launched = time.monotonic()
        with self._log() as log:
            self.process = subprocess.Popen(  # noqa: S603
                tethered(self.command(self.port), at_death=self.ending, user=self.place.user),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=quiet_environment(),
                start_new_session=True,
                umask=0o077,
            )
        self._pid_file.write_text(str(self.process.pid))
        if self.process.stdin:
            with suppress(BrokenPipeError), self.process.stdin as stdin:
                stdin.write(self.configuration(self.port).encode())

    def is_due(self) -> bool:
        """Whether it died by itself and its last launch is at least a second ago."""
        ended = self.process is not None and self.process.poll() is not None
        return ended and time.monotonic() - self.launched >= 1.0

    def revive(self) -> str:
        """Launch it again where its clients look for it, and say what happened."""
        why = reason(self.process.returncode) if self.process else "never started"
        self.launch()
        return f"{self.name} died ({why}); started again"

    def stop(self, patience: float = 15.0) -> None:
        """End it, cleanly if it can within `patience` seconds. Stopping twice is fine."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.ending)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _came_up(self) -> bool:
        until = time.monotonic() + TO_ANSWER
        while self.process and self.process.poll() is None:
            if self.answers(self.process.pid, self.port):
                return True
            if time.monotonic() > until:
                self.stop()
                raise CannotStart(f"{self.name} does not answer. {self._last_words()}")
            time.sleep(0.01)
        return False

    @property
    def _pid_file(self) -> Path:
        return self.place.folder / f"{self.folder.name}.pid"

    @property
    def _log_file(self) -> Path:
        return self.place.folder / f"{self.folder.name}.log"

    def _log(self) -> BinaryIO:
        if self._log_file.exists() and self._log_file.stat().st_size > LONGEST_LOG:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))
        return self._log_file.open("ab")

    def _last_words(self) -> str:
        lines = self._log_file.read_text(errors="replace").splitlines()[-5:]
        return "\n  ".join([f"The end of {self._log_file}:", *lines])


def reason(status: int) -> str:
    """How a process ended, in words."""
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def quiet_environment() -> dict[str, str]:
    """Ours without the variables that steer PostgreSQL's programs, and with English messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
