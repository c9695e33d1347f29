"""One owner per data folder."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import TextIO

from catering.embedded.refusing import CannotStart


def take(data: Path) -> TextIO:
    """The folder's lock, held until the file is closed or this process is gone, however it ends.

    Raises `CannotStart` that names the holder when somebody else has it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be used ({error.strerror}). "
            "Choose one that you may write to with CATERING_DATA."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise _taken(data, lock) from None
    _sign(lock)
    return lock


def _taken(data: Path, lock: TextIO) -> CannotStart:
    with lock:
        lock.seek(0)
        holder = lock.readline().strip() or "an unknown process"
    pid = holder.partition(",")[0].removeprefix("process ")
    return CannotStart(
        f"The data folder {data} is in use by {holder}. Stop it there with Ctrl-C, "
        f"or with `kill {pid}`, or choose another folder with CATERING_DATA."
    )


def _sign(lock: TextIO) -> None:
    now = datetime.now().astimezone()
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S}\n")
    lock.flush()
