"""`make chaos`: orders flow through the simulators while everything is killed, cut and emptied.

Real processes, real PostgreSQL and Redis, faults by a seeded choice. When they are over, every
order that was acknowledged has to end, and what is left behind has to obey the invariants of
docs/reliability.md; each is printed with its count. The exit code says whether all of them hold.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import func, select

from catering import database
from catering.database import Transaction
from catering.domain.orders import ENDS
from catering.models import Order

from . import findings, house, town
from .havoc import Havoc
from .house import House

WATCHED: Final = 25
PATIENCE: Final = 150.0
"""Seconds in which every order has to end once the faults are over."""
LAST_WORDS: Final = 6_000


async def main(orders: int, seconds: float, seed: int) -> int:
    """Everything, from the first process to the last check; the exit code."""
    began = time.monotonic()
    say(f"{orders} orders within {seconds:.0f} s of faults, seed={seed}")
    with tempfile.TemporaryDirectory(prefix="catering-chaos-") as folder:
        async with house.opened(Path(folder)) as it:
            say(f"Everything runs after {time.monotonic() - began:.0f} s")
            engine = database.engine(it.database_url)
            try:
                return await _hurt(it, database.transactions(engine), orders, seconds, seed)
            finally:
                await engine.dispose()


async def _hurt(it: House, transaction: Transaction, orders: int, seconds: float, seed: int) -> int:
    keeping = asyncio.create_task(it.keep_servers())
    limits = httpx.Limits(max_connections=400)
    async with (
        httpx.AsyncClient(timeout=10.0, trust_env=False, limits=limits) as http,
        town.settled(it, transaction, http, seed) as people,
    ):
        trouble = Havoc(it, seed)
        async with asyncio.TaskGroup() as group:
            group.create_task(trouble.go_on(seconds))
            group.create_task(people.guests.order(orders, seconds * 0.9, WATCHED))
        say(f"Faults: {sum(trouble.done.values())}")
        for what, count in sorted(trouble.done.items()):
            say(f"  {count:5} × {what}")
        await _ended(transaction)
        found = await findings.of(transaction, people)
    keeping.cancel()
    for finding in found:
        say(str(finding))
    if broken := any(finding.wrong for finding in found):
        words = it.log.read_text(errors="replace")
        say(f"The log of the processes ends with:\n{words[-LAST_WORDS:]}")
    return int(broken)


async def _ended(transaction: Transaction) -> None:
    """Wait until no order is open any more, or for so long that one never will end."""
    began = time.monotonic()
    open_orders = select(func.count()).where(Order.status.not_in(ENDS))
    while time.monotonic() - began < PATIENCE:
        async with transaction() as session:
            if await session.scalar(open_orders) == 0:
                say(f"The last order ended {time.monotonic() - began:.0f} s after the last fault")
                return
        await asyncio.sleep(0.5)
    say(f"Some orders have not ended {PATIENCE:.0f} s after the last fault")


def say(line: str) -> None:
    """A line for whoever has started it, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, prog="make chaos")
    asked.add_argument("--orders", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=90.0)
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    given = asked.parse_args()
    sys.exit(asyncio.run(main(given.orders, given.seconds, given.seed)))
