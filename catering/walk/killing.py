"""Killing processes of the instance in the middle of the order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from catering.walk.ending import Failed
from catering.walk.stage import Stage
from catering.walk.telling import Part, Timeline

BACK_WITHIN: Final = 20.0
"""Seconds in which a process that was killed must run again."""
GLANCE: Final = 0.1

MOMENTS: Final[tuple[tuple[str, str, Callable[[Stage], object]], ...]] = (
    ("worker", "the order is placed", lambda stage: stage.order),
    ("relay", "every kitchen has accepted", Stage.accepted),
    ("api", "something is on the road", Stage.collected),
)
"""Who is killed, and when."""


class Killer:
    """Knows the processes from the note that `catering up` keeps in the data folder."""

    def __init__(self, data: Path, url: str, timeline: Timeline) -> None:
        self._note, self._timeline = data / "running.json", timeline
        if self._read()["port"] != urlsplit(url).port:
            raise Failed(f"{self._note} tells of another instance than {url}.")

    @property
    def simulator(self) -> str:
        """Where the outside systems are simulated."""
        return f"http://127.0.0.1:{self._read()['simulator_port']}"

    async def prowl(self, stage: Stage) -> None:
        """Kill everybody of each role once, at its moment, and see them come back."""
        for role, when, moment in MOMENTS:
            await stage.until(lambda moment=moment: moment(stage))  # type: ignore[misc]
            await self._kill(role, when)

    async def _kill(self, role: str, when: str) -> None:
        victims = of_role(role, self._read()["processes"])
        if not victims:
            raise Failed(f"{self._note} names no {role} to kill.")
        for pid in victims.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._tells(role, f"killed, now that {when}")
        killed = time.monotonic()
        await self._back(role, victims)
        self._tells(role, f"is started again after {time.monotonic() - killed:.1f} s")

    async def _back(self, role: str, victims: dict[str, int]) -> None:
        for _ in range(int(BACK_WITHIN / GLANCE)):
            living = of_role(role, self._read()["processes"])
            if all(living.get(name, pid) != pid for name, pid in victims.items()):
                return
            await asyncio.sleep(GLANCE)
        raise Failed(f"{role} was killed and did not come back in {BACK_WITHIN:.0f} s.")

    def _read(self) -> dict[str, Any]:
        try:
            note: dict[str, Any] = json.loads(self._note.read_text())
        except (OSError, ValueError) as error:
            raise Failed(
                f"{self._note} cannot be read; only what `make run` started can be killed."
            ) from error
        return note

    def _tells(self, role: str, text: str) -> None:
        self._timeline.tell(Part.OUTSIDE, role, text)


def of_role(role: str, processes: dict[str, int]) -> dict[str, int]:
    """The processes of a role: "relay" has "relay-1" and "relay-2"."""
    return {name: pid for name, pid in processes.items() if name.partition("-")[0] == role}
