"""How a rush ends before its end."""

from __future__ import annotations


class Failed(Exception):
    """It cannot go on; the message says why, and what to do."""
