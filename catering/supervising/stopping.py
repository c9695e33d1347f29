"""How somebody tells us to stop: Ctrl-C, SIGTERM, or a closed terminal."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IMPATIENT_AFTER = 1.0


class Wish:
    """Set by a signal, looked at by the loop: nothing is torn down in the middle of a start."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._hurry = False
        self._before: dict[signal.Signals, Any] = {}

    def stop(self) -> bool:
        return self._first is not None

    def hurry(self) -> bool:
        """Whether the wish was repeated.

        Not by the echo of the first one: `make` hands a SIGTERM on that the group has had already.
        """
        return self._hurry

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now
        elif now - self._first > IMPATIENT_AFTER:
            self._hurry = True
