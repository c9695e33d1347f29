"""One district, played in this process."""

from __future__ import annotations

import gc
import sys

from catering.rush.plan import Plan
from catering.rush.playing import played
from catering.rush.scratch import scratch


async def play(server: str, plan: Plan) -> bool:
    """Print what became of it; whether all was well. Raises `Failed` where it cannot go on."""
    gc.set_threshold(100_000)  # this process ends soon, and lets most of what it makes go by itself
    async with scratch(server) as database, played(database, plan) as rush:
        findings = await rush.findings()
        for line in (*rush.lines(), "", *findings):
            sys.stdout.write(f"{line}\n")
        return not any(finding.wrong for finding in findings)
