"""Processes of ours that a test starts, freezes and kills, each by its own id.

They are forked from one that has imported everything already: a start costs milliseconds.
"""

from __future__ import annotations

import asyncio
import faulthandler
import multiprocessing
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from catering.embedded.tethering import tie
from catering.settings import Settings

PATIENCE = 45.0

AHEAD = "CATERING_TEST_SECONDS_AHEAD"
"""By how much the wall clock of a process is wrong."""

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["catering.app", "catering.cli", "catering.workers.relaying", "catering.workers.working"]
)


@dataclass(frozen=True, slots=True)
class Part:
    """One `catering api`, `catering relay` or `catering worker`."""

    process: BaseProcess

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        return self.process.exitcode is not None

    @property
    def has_died(self) -> bool:
        """Whether it was killed; a process that ended in any other way fails the test."""
        status = self.process.exitcode
        assert status in {None, -signal.SIGKILL}, f"it ended with {status}"
        return status is not None

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def ask_to_leave(self) -> None:
        self.process.terminate()

    def leave(self) -> int | None:
        """Ask it to finish what is in hand and to go; how it went. One that stays writes down where
        it hangs."""
        self.ask_to_leave()
        self.process.join(PATIENCE)
        status = self.process.exitcode
        if status is None:
            os.kill(self.pid, signal.SIGABRT)
        return status

    async def end(self) -> int | None:
        """Wait until it has gone; how it went."""
        await asyncio.to_thread(self.process.join, PATIENCE)
        return self.process.exitcode


def start(command: str, settings: Settings, **more: str) -> Part:
    """Begin `catering command` on these servers."""
    process = _FORKING.Process(target=_become, args=(command, environment(settings, **more)))
    process.start()
    return Part(process)


def environment(settings: Settings, **more: str) -> Mapping[str, str]:
    """What a command of ours needs to know."""
    return {
        **os.environ,
        "CATERING_DATABASE_URL": settings.database_url,
        "CATERING_REDIS_URL": settings.redis_url,
        **more,
    }


def _become(command: str, environment: Mapping[str, str]) -> None:
    from catering.cli import main

    from . import clocks

    # Whatever becomes of the tests, nothing of theirs goes on working.
    tie()(signal.SIGKILL)
    os.setsid()
    faulthandler.enable()
    os.environ.clear()
    os.environ.update(environment)
    if AHEAD in environment:
        clocks.put_ahead(float(environment[AHEAD]))
    main([command])
