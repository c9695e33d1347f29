"""Named places where a test can have this process die, as if the power had failed."""

from __future__ import annotations

import os
import signal

_PLACES = os.environ.get("CATERING_CRASH_AT", "").split(", ")


def crash_point(place: str, kind: str = "") -> None:
    """Die here, if `CATERING_CRASH_AT` names this place, or this place `of` this kind of task.

    Several are separated by a comma and a space.
    """
    if place in _PLACES or f"{place} of {kind}" in _PLACES:
        os.kill(os.getpid(), signal.SIGKILL)
