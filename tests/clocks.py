"""A machine whose clock is wrong, for one process and without touching the machine."""

from __future__ import annotations

import datetime as dates
import sys
import time
from typing import Any

_DATETIME = dates.datetime
_TIME = time.time


def put_ahead(seconds: float) -> None:
    """From now on this process believes it to be so many seconds later; fewer than none: earlier.

    Only what is asked of the wall clock: how long something takes is told by another one. Who has
    imported `datetime` by name has it replaced; C code that asks the kernel still knows better.
    """
    ahead = dates.timedelta(seconds=seconds)

    class Wrong(_DATETIME, metaclass=_LikeTheRightOne):
        @classmethod
        def now(cls, tz: dates.tzinfo | None = None) -> Any:
            return _DATETIME.now(tz) + ahead

        @classmethod
        def utcnow(cls) -> Any:
            return _DATETIME.now(dates.UTC).replace(tzinfo=None) + ahead

        @classmethod
        def today(cls) -> Any:
            return _DATETIME.now() + ahead

    time.time = lambda: _TIME() + seconds
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is _DATETIME and module.__name__ != __name__:
                setattr(module, name, Wrong)


class _LikeTheRightOne(type):
    """Moments made by others, such as the driver of the database, are moments, too."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _DATETIME)
