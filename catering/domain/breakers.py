"""When a provider is left in peace, and when somebody looks whether it is back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 5
"""After so many calls in a row without an answer nobody calls, until a probe has been answered."""

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(seconds=40)
LONGEST_WISH: Final = timedelta(minutes=5)
"""A provider may ask to be left in peace, but orders do not wait for an hour."""

RETRIES: Final = 20.0
"""Failures take one each, answers give a fifth, and so does every second. Below one half nothing is
tried again: a provider that fails one call in two must not get twice as many of them."""
GIVEN_BACK: Final = 0.2


@dataclass(frozen=True, slots=True)
class Standing:
    """How we stand with a provider `at` a moment: open to calls; left in peace, `away` for so long
    yet; or left in peace but for whoever asks here, who is the one to look (`probing`)."""

    at: datetime
    away: timedelta | None = None
    probing: bool = False
    reason: str | None = None


def pause(probes: int) -> timedelta:
    """How long a provider is left in peace after so many probes in vain. Each doubles it."""
    doubled: int = 2 ** min(probes, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


@dataclass(slots=True)
class Budget:
    """How many more tries that are not the first may be made at one provider."""

    left: float = RETRIES
    at: datetime | None = None

    def time_passes(self, now: datetime) -> None:
        """What time gives back: whoever waits long enough is heard, also when nobody else calls."""
        seconds = (now - self.at).total_seconds() if self.at is not None else 0.0
        self.left = min(RETRIES, self.left + GIVEN_BACK * max(0.0, seconds))
        self.at = now

    def count(self, *, answered: bool) -> None:
        """One call was made."""
        self.left = min(RETRIES, self.left + GIVEN_BACK) if answered else max(0.0, self.left - 1)

    @property
    def spent(self) -> bool:
        """Whether nothing is tried again for now."""
        return self.left <= RETRIES / 2
