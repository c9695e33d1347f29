"""Live updates: follow a channel, be woken when something happened there.

What crosses Redis is only the wake-up. Whoever is woken reads the truth from PostgreSQL, under
his own rights; a wake-up may come late, doubled, or for nothing, but a change is never missed.
"""

from __future__ import annotations
