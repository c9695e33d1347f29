"""The one task that nobody waits for: put away what is of no use any more."""

from __future__ import annotations

from datetime import timedelta

from catering.services import tidying

from . import tasks
from .handling import handles
from .runtime import Runtime
from .tasks import Claim

ROUNDS = 20
"""Batches of one kind in one go: whoever comes next is not kept waiting."""

SOON = timedelta(seconds=5)


@handles("tidy_up")
async def tidy_up(runtime: Runtime, task: Claim) -> None:
    """A few rows at a time, each time in a transaction of its own."""
    left = False
    for sweep in tidying.sweeps(runtime.history):
        for _ in range(ROUNDS):
            async with runtime.transaction() as session:
                taken = await sweep(session)
            if not taken:
                break
        else:
            left = True
    async with runtime.finishing(task) as session:
        await tasks.again(session, task, SOON if left else tidying.EVERY)
