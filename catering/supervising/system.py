"""The running system: prepared, watched over, announced when it is ready, and stopped in order."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from catering import running
from catering.embedded import Servers
from catering.running import Running
from catering.settings import Settings
from catering.supervising.children import catering, everyone
from catering.supervising.greeting import greeting
from catering.supervising.household import Household, finish
from catering.supervising.stopping import Wish
from catering.supervising.telling import Teller

LONG = 60.0


@dataclass(slots=True)
class System:
    """Everything on this machine, on servers that are up."""

    settings: Settings
    servers: Servers
    teller: Teller
    wish: Wish
    began: float = field(default_factory=time.monotonic)

    def run(self, *, demo: bool, workers: int) -> int:
        """Prepare the database, then run all processes until told to stop."""
        steps = {"migrate": "Bringing the database up to date …"}
        steps |= {"seed": "Adding demo data …"} if demo else {}
        for command, text in steps.items():
            if not self._prepare(command, text):
                return 0 if self.wish.stop() else 1
        household = Household(everyone(workers), self._environment(), self.teller)
        try:
            household.start()
            self.watch(household, greeting(self.settings, demo=demo))
        finally:
            self._end(household)
        return 0

    def watch(self, household: Household, welcome: list[str]) -> None:
        """Keep all alive until told to stop, and say so once when the API is ready."""
        waiting, patience = True, time.monotonic() + LONG
        self.teller.say("Starting the API, workers, relays and simulators …")
        while not self.wish.stop():
            household.look_after()
            for sentence in self.servers.revive():
                self.teller.say_beside(sentence)
            self._note(household)
            if waiting and self._is_ready():
                waiting = False
                self._welcome(welcome)
            elif waiting and time.monotonic() > patience:
                patience = float("inf")
                self.teller.say_beside(
                    f"The API is not ready after {LONG:.0f} s. Its own lines above may say why; "
                    "`catering doctor` in another shell checks everything it needs."
                )

    def _prepare(self, command: str, text: str) -> bool:
        began = time.monotonic()
        self.teller.say(text)
        status = finish(catering(command, command), self._environment(), self.teller, self.wish)
        if status == 0:
            self.teller.say(f"{time.monotonic() - began:.1f} s")
        elif not self.wish.stop():
            self.teller.say_beside(f"`catering {command}` failed, so nothing was started.")
        return status == 0

    def _environment(self) -> dict[str, str]:
        about = {
            "CATERING_DATABASE_URL": self.settings.database_url,
            "CATERING_REDIS_URL": self.settings.redis_url,
            "CATERING_DATA": str(self.settings.data),
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **about}

    def _note(self, household: Household) -> None:
        processes = self.servers.pids() | household.pids()
        note = Running(
            pid=os.getpid(),
            database_url=self.settings.database_url,
            redis_url=self.settings.redis_url,
            port=self.settings.port,
            simulator_port=self.settings.simulator_port,
            processes=processes,
        )
        if running.find(self.settings.data) != note:
            note.write(self.settings.data)

    def _is_ready(self) -> bool:
        line = HTTPConnection("127.0.0.1", self.settings.port, timeout=1)
        try:
            line.request("GET", "/health/ready")
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def _welcome(self, lines: list[str]) -> None:
        self.teller.say(f"ready {time.monotonic() - self.began:.1f} s after the servers.")
        for line in [*lines, "  Ctrl-C stops everything."]:
            self.teller.say(line)

    def _end(self, household: Household) -> None:
        self.teller.say_beside("Stopping …")
        household.end(self.wish.hurry)
        self.servers.stop()
        running.forget(self.settings.data)
        self.teller.say("stopped.")
