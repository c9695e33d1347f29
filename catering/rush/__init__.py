"""`catering rush`: a lunch rush on a virtual clock, and whether all was well in the end.

It plays on a database of its own, which it makes and drops. Customers, kitchens, drivers and the
office act by the services, tasks are done by the worker's handlers, events are announced as the
relay announces them, and the outside is the simulator, spoken to by the real adapters. Chance is
decided by the seed: the same seed gives the same rush, line by line.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import time
from typing import Final

import uvloop

from catering.rush.ending import Failed
from catering.rush.playing import Plan, played
from catering.rush.scratch import scratch

__all__ = ["Plan", "main"]

BROKEN: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 130


def main(server: str, plan: Plan) -> int:
    """Play it on a database server; the exit code of the command."""
    began = time.monotonic()
    gc.set_threshold(100_000)  # this process ends soon, and lets most of what it makes go by itself
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            broken = runner.run(_rush(server, plan))
    except Failed as failed:
        sys.stderr.write(f"{failed}\n")
        return FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    sys.stderr.write(f"It took {time.monotonic() - began:.1f} s.\n")
    return BROKEN if broken else 0


async def _rush(server: str, plan: Plan) -> bool:
    this = asyncio.current_task()
    assert this is not None
    # Whoever is asked to leave takes his database along.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    async with scratch(server) as database, played(database, plan) as rush:
        findings = await rush.findings()
        for line in (*rush.lines(), "", *findings):
            sys.stdout.write(f"{line}\n")
        return any(finding.wrong for finding in findings)
