"""Processes that do not outlive the one that started them.

This file is also a program: started with `python -I -S` in front of a command, it drops root, asks
Linux for a signal at the death of its parent, and becomes the command. A program, and not a
`preexec_fn`, because Python code between fork and exec can deadlock a process that has threads.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial

PR_SET_PDEATHSIG = 1


def tethered(
    command: Sequence[str], *, at_death: signal.Signals, user: int | None = None
) -> list[str]:
    """The command that runs `command` as `user` and sends it `at_death` when we are gone.

    Linux counts the death of the *thread* that started it. Other systems lack the tether: there the
    next start ends what was left behind.
    """
    who = "-" if user is None else str(user)
    tether = [sys.executable, "-I", "-S", __file__, str(int(at_death)), str(os.getpid()), who]
    return [*tether, *command]


def tie() -> Callable[[int], object]:
    """What ties this very process to its parent, when it is called with a signal."""
    if sys.platform != "linux":
        return lambda _: None
    import ctypes

    return partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG)


def _become(at_death: int, parent: int, user: str, command: list[str]) -> None:
    tied = tie()  # before the drop: nobody may be unable to reach Python's own files
    if user != "-":
        _drop_to(int(user))
    tied(at_death)  # after the drop: changing user clears it
    if sys.platform == "linux" and os.getppid() != parent:
        sys.exit("the process that asked for this one is gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and exec would inherit that
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point


def _drop_to(user: int) -> None:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
