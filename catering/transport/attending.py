"""How much each user has open at once: a bound, for a socket costs us more than it costs him."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from catering.domain.people import Actor


class TooMany(Exception):
    """He has as many sockets and streams open as he may."""


class Attendance:
    """Of one process. Another process counts its own: a bound on harm needs no exactness."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[UUID | None] = Counter()

    @contextmanager
    def attending(self, actor: Actor) -> Iterator[None]:
        """One more, for as long as the context is entered. Raises `TooMany`."""
        if self._open[actor.id] >= self._most:
            raise TooMany(f"You may have {self._most} sockets and streams open at once.")
        self._open[actor.id] += 1
        try:
            yield
        finally:
            self._open[actor.id] -= 1
            if not self._open[actor.id]:
                del self._open[actor.id]  # or everybody who was ever here would stay in memory
