"""Processes of ours that a test starts, freezes and kills, each by its own id."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pytest

from catering.embedded.tethering import tethered
from catering.settings import Settings

T = TypeVar("T")

PATIENCE = 45.0


@dataclass(frozen=True, slots=True)
class Part:
    """One `catering relay` or `catering worker`."""

    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def has_died(self) -> bool:
        """Whether it was killed; a process that ended in any other way fails the test."""
        status = self.process.poll()
        assert status in {None, -signal.SIGKILL}, f"it ended with {status}"
        return status is not None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def leave(self) -> int:
        """Ask it to finish what is in hand and to go; how it went."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Run(Protocol):
    """Start a command of ours; it is killed when the test, or the module, is over."""

    def __call__(self, command: str, *, crash_at: str = "") -> Part: ...


def environment(settings: Settings, **more: str) -> Mapping[str, str]:
    """What a command of ours needs to know."""
    return {
        **os.environ,
        "CATERING_DATABASE_URL": settings.database_url,
        "CATERING_REDIS_URL": settings.redis_url,
        **more,
    }


@contextmanager
def running(settings: Settings) -> Iterator[Run]:
    """Commands on these servers, for the time of a `with`."""
    with ExitStack() as ended:

        def run(command: str, *, crash_at: str = "") -> Part:
            process = subprocess.Popen(
                # Whatever becomes of the tests, nothing of theirs goes on working.
                tethered([sys.executable, "-m", "catering", command], at_death=signal.SIGKILL),
                env=environment(settings, CATERING_CRASH_AT=crash_at),
                start_new_session=True,
            )
            part = Part(process)
            ended.callback(part.kill)
            return part

        yield run


async def until(true: Callable[[], Awaitable[T | None]], seconds: float = PATIENCE) -> T:
    """What it is, as soon as it is something; fails the test when that takes too long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await true()):
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"still not so after {seconds:.0f} s")
        await asyncio.sleep(0.02)
    return found


async def death_of(part: Part) -> None:
    """Wait until it was killed, by itself or by us."""

    async def dead() -> bool:
        return part.has_died

    await until(dead)
