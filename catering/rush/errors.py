"""What was logged as an error: a worker outlives it, a rush does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from catering.rush.checks import Finding


class Errors(logging.Handler):
    """All of them, as they were written."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines = list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        why = f": {record.exc_info[1]!r}" if record.exc_info else ""
        self.lines.append(f"{record.getMessage()}{why}")

    def finding(self) -> Finding:
        """That there were none."""
        return Finding("no task failed", "no errors were logged", tuple(self.lines))


@contextmanager
def listening() -> Iterator[Errors]:
    """For the time of a `with`."""
    errors, log = Errors(), logging.getLogger("catering")
    log.addHandler(errors)
    try:
        yield errors
    finally:
        log.removeHandler(errors)
