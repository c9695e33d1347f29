"""How often a process that serves looks for garbage."""

from __future__ import annotations

import gc


def settle() -> None:
    """What is here now stays, so it is never looked at again; the rest is looked at less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
