"""How a rush ends: the exit codes of the command, and what ends it before its end."""

from __future__ import annotations

from typing import Final

WELL: Final = 0
BROKEN: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 130


class Failed(Exception):
    """It cannot go on; the message says why, and what to do."""
