"""Several districts, each played in a process of its own: as many at once as there are cores."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from catering.rush.ending import BROKEN, WELL, Failed
from catering.rush.plan import Plan


@dataclass(frozen=True, slots=True)
class Told:
    """What a district had to say, and the exit code of its rush."""

    plan: Plan
    text: str
    errors: str
    code: int


async def play(server: str, plan: Plan) -> bool:
    """Print what became of each, in their order; whether all was well everywhere.

    Raises `Failed` where one of them could not be played.
    """
    cores = asyncio.Semaphore(len(os.sched_getaffinity(0)))
    async with asyncio.TaskGroup() as group:
        playing = [group.create_task(_told(server, one, cores)) for one in plan.districts()]
    return judged([task.result() for task in playing])


def judged(told: Sequence[Told]) -> bool:
    """Print what each has to say; whether all was well. Raises `Failed`, and prints nothing, where
    one of them could not be played.

    What a district says is what the command says that stands above it.
    """
    for one in told:
        if one.code not in {WELL, BROKEN}:
            raise Failed(f"{one.plan}\n{one.errors.strip()}")
    for place, one in enumerate(told, 1):
        sys.stdout.write(f"District {place} of {len(told)}: {one.plan}\n\n{one.text}\n")
    broken = [str(place) for place, one in enumerate(told, 1) if one.code == BROKEN]
    well = f"All was well in all {len(told)} districts."
    sys.stdout.write(f"BROKEN in district {', '.join(broken)}.\n" if broken else f"{well}\n")
    return not broken


async def _told(server: str, plan: Plan, cores: asyncio.Semaphore) -> Told:
    what = json.dumps({"server": server, "plan": asdict(plan)})
    async with cores:
        process = await create_subprocess_exec(
            sys.executable, "-m", "catering.rush", stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        try:
            text, errors = await process.communicate(what.encode())
        finally:
            await _end(process)
    return Told(plan, text.decode(), errors.decode(), process.returncode or 0)


async def _end(process: Process) -> None:
    """It takes its database along."""
    if process.returncode is None:
        process.terminate()
        await process.wait()
