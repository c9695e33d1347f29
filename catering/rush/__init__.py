"""`catering rush`: a lunch rush on a virtual clock, and whether all was well in the end.

It plays on databases of its own, which it makes and drops. Customers, kitchens, drivers and the
office act by the services, tasks are done by the worker's handlers, events are announced as the
relay announces them, and the outside is the simulator, spoken to by the real adapters. Chance is
decided by the seed: the same seed gives the same rush, line by line.

A district is one sequence of moments, on one core; a town of several is as many rushes, which
have nothing in common but the machine that they share.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Coroutine
from typing import Any

import uvloop

from catering.rush.ending import BROKEN, FAILED, INTERRUPTED, WELL, Failed
from catering.rush.plan import Plan

__all__ = ["Plan", "main"]


def main(server: str, plan: Plan) -> int:
    """Play it on a database server; the exit code of the command."""
    began = time.monotonic()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            all_well = runner.run(_until_asked_to_leave(_play(server, plan)))
    except Failed as failed:
        sys.stderr.write(f"{failed}\n")
        return FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    sys.stderr.write(f"It took {time.monotonic() - began:.1f} s.\n")
    return WELL if all_well else BROKEN


async def _play(server: str, plan: Plan) -> bool:
    # Imported where it is played: whoever only waits for districts needs none of the engine, and
    # they begin a second earlier.
    if len(plan.districts()) > 1:
        from catering.rush import districts

        return await districts.play(server, plan)
    from catering.rush import district

    return await district.play(server, plan)


async def _until_asked_to_leave(playing: Coroutine[Any, Any, bool]) -> bool:
    """Whoever is asked to leave takes his databases along."""
    this = asyncio.current_task()
    assert this is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    return await playing
