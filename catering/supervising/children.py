"""The processes of a running system, and the life of one of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from catering.embedded.tethering import tethered
from catering.supervising.telling import Teller

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
GROWN_UP = 10.0
"""Seconds after which a death counts as the first one again."""


@dataclass(frozen=True, slots=True)
class Child:
    """What to run, and how long it may take to end itself. Of "relay-2" the role is "relay"."""

    name: str
    argv: tuple[str, ...]
    patience: float = 10.0

    @property
    def role(self) -> str:
        return self.name.partition("-")[0]


def catering(name: str, *arguments: str, patience: float = 10.0) -> Child:
    """A child that runs one of our own commands."""
    return Child(name, (sys.executable, "-m", "catering", *arguments), patience)


def everyone(workers: int) -> list[Child]:
    """All of them in the order in which they start; they end in the reverse order."""
    numbered = [f"worker-{n}" for n in range(1, workers + 1)] if workers > 1 else ["worker"]
    return [
        catering("simulator", "simulate", patience=5),
        catering("relay-1", "relay"),
        catering("relay-2", "relay"),
        *(catering(name, "worker", patience=15) for name in numbered),
        catering("api", "api", patience=15),
    ]


@dataclass(slots=True)
class Life:
    """One child, through all its processes."""

    child: Child
    environment: Mapping[str, str]
    teller: Teller
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    born: float = field(default=0.0, init=False)
    pause: float = field(default=0.0, init=False)
    due: float | None = field(default=None, init=False)
    """When it is to be started again; None while it lives."""

    def launch(self) -> None:
        """Start it: in a session of its own, so that Ctrl-C reaches us alone."""
        self.process = subprocess.Popen(  # noqa: S603
            tethered(self.child.argv, at_death=signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(self.environment),
            start_new_session=True,
        )
        self.born, self.due = time.monotonic(), None
        if self.process.stdout:
            self.teller.listen(self.child.name, self.process.stdout)

    def status(self) -> int | None:
        """How it ended; None while it lives."""
        return self.process.poll() if self.process else None

    def wait(self) -> None:
        if self.process:
            self.process.wait()

    def mourn(self) -> None:
        """Plan the next start: at once after a long life, later and later after short ones."""
        grown_up = time.monotonic() - self.born >= GROWN_UP
        longer = min(max(self.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self.pause = FIRST_PAUSE if grown_up else longer
        self.due = time.monotonic() + self.pause

    def send(self, what: signal.Signals) -> None:
        """To this process alone, never to its group: a worker's master ends its own."""
        if self.process:
            self.process.send_signal(what)  # which does nothing to a process that has ended
