"""`make guards`: each guard off in turn. The exit code says whether a test has noticed each."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.databases import MIGRATED, migrated
from tests.servers import started

from .guard import DoesNotFit, Guard
from .switches import GUARDS
from .trying import BrokenCheck, copied, tried, without


def main(guards: Sequence[Guard]) -> int:
    """First everything as it is, once; then each guard off in turn. The exit code."""
    with started() as (postgres, redis), migrated(postgres) as name, copied() as copy:
        os.environ |= {"CATERING_DATABASE_URL": postgres, "CATERING_REDIS_URL": redis}
        os.environ[MIGRATED] = name
        if not _as_it_is(guards, copy):
            return 2
        endings = [_off(guard, copy) for guard in guards]
    say(f"{sum(endings)} of {len(guards)} guards are missed when they are off.")
    return int(not all(endings))


def _as_it_is(guards: Sequence[Guard], copy: Path) -> bool:
    """Whether the tests pass while all guards are on."""
    began = time.monotonic()
    outcome = tried(copy, sorted({guard.test for guard in guards}))
    if not outcome.passed():
        say(f"The tests do not even pass with every guard on:\n{outcome.words}")
        return False
    say(f"With every guard on, {outcome.count} tests pass ({time.monotonic() - began:.0f} s).")
    return True


def _off(guard: Guard, copy: Path) -> bool:
    """Whether its test has noticed; a line about it."""
    outcome = without(guard, copy)
    noticed = outcome.noticed(guard.test)
    told = guard.test.removeprefix("tests/")
    say(f"{'noticed' if noticed else 'UNNOTICED':>9}  {guard.name}: {guard.off} [{told}]")
    if not noticed:
        say(outcome.words)
    return noticed


def say(line: str) -> None:
    """A line for whoever has started it, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    named = {guard.name: guard for guard in GUARDS}
    asked = argparse.ArgumentParser(description=__doc__, prog="make guards")
    asked.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(named)}")
    given = asked.parse_args().names
    if strange := [name for name in given if name not in named]:
        asked.error(f"no such guard: {', '.join(strange)}; there are: {', '.join(named)}")
    try:
        sys.exit(main([named[name] for name in given] or GUARDS))
    except (BrokenCheck, DoesNotFit) as broken:
        say(f"The check itself is broken. {broken}")
        sys.exit(2)
