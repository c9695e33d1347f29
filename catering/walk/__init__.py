"""`catering walk`: one order from basket to door, played through the public API alone.

Customer, manager, two restaurants and a driver do what people with apps would do, over HTTP and
live sockets. The walk fails when the order does not arrive, and when what was seen live is not
what the order's history tells. It imports nothing else of `catering`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

import httpx

from catering.walk.ending import Failed, Unreachable, failures
from catering.walk.killing import Killer
from catering.walk.ledger import Books
from catering.walk.story import Story
from catering.walk.talking import Api
from catering.walk.telling import Timeline

TIMEOUT: Final = 15.0
"""Seconds for one answer."""
FAILED: Final = 1
UNREACHABLE: Final = 2
INTERRUPTED: Final = 130


def main(url: str, carrier: bool, card: bool, kill: bool, data: Path) -> int:
    """Play the story against the instance at `url`; the exit code of the command.

    With `carrier` a courier company carries the order instead of a driver of ours. With `card` it
    is paid by card instead of cash. With `kill` processes of the instance, which `catering up`
    noted in `data`, are killed on the way.
    """
    try:
        asyncio.run(_walk(url, data if kill else None, carrier=carrier, card=card))
    except Unreachable as nobody:
        return _end(f"{nobody} Start everything with `make run` first.", UNREACHABLE)
    except Failed as failed:
        return _end(str(failed), FAILED)
    except BaseExceptionGroup as group:
        reasons = [str(failed) for failed in failures(group)]
        if not reasons:
            raise
        return _end(reasons[0], FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


async def _walk(url: str, data: Path | None, *, carrier: bool, card: bool) -> None:
    timeline = Timeline(sys.stdout)
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
        api = Api(url, http)
        timeline.say(_playbill(api.url, carrier=carrier, card=card, kill=data is not None))
        await api.greet()
        killer = Killer(data, api.url, timeline) if data else None
        books = await Books.open(http, killer.simulator) if killer else None
        story = Story(api, timeline, carrier=carrier, card=card)
        await story.play(killer)
        for line in story.summary().lines():
            timeline.say(line)
        if books:
            timeline.say(await books.close())


def _playbill(url: str, *, carrier: bool, card: bool, kill: bool) -> str:
    who = "an outside courier" if carrier else "a driver of our own"
    pays = "by card" if card else "in cash"
    trouble = ", while worker, relays and API are killed on the way" if kill else ""
    return (
        f"One order from two restaurants, carried by {who} and paid {pays}{trouble}.\n"
        f"Everything is done and seen through {url}, as customer, staff, driver and manager.\n"
    )


def _end(reason: str, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"{reason}\n")
    return code
