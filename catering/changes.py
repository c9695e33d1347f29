"""Live updates: follow a channel, be woken when something happened there.

What crosses Redis is only the wake-up. Whoever is woken reads the truth from PostgreSQL, under
his own rights; a wake-up may come late, doubled, or for nothing, but a change is never missed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Changes(Protocol):
    """Who wants to know when something changes in a channel."""

    def follow(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """Wake-ups for `order:<uuid>`, `restaurant:<uuid>`, `driver:<uuid>`, `delivery:<uuid>`
        or `board`, from the moment the context is entered; many may come as one."""
        ...
