"""The servers of a test run: those that are configured, or else embedded ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from catering import embedded

from .folders import open_folder


@contextmanager
def started() -> Iterator[tuple[str, str]]:
    """Where PostgreSQL and Redis are, for the time of a `with`."""
    postgres, redis = (os.environ.get(f"CATERING_{name}_URL") for name in ("DATABASE", "REDIS"))
    with (
        open_folder() as data,
        embedded.start(data, postgres=not postgres, redis=not redis) as servers,
    ):
        yield str(postgres or servers.database_url), str(redis or servers.redis_url)
