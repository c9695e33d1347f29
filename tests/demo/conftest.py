"""A town that was seeded the way people seed it: committed, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catering.demo.seeding import seed
from catering.settings import Settings
from tests.databases import Databases


@pytest.fixture(scope="module")
def empty(databases: Databases, redis_url: str) -> Iterator[Settings]:
    """The settings of a database in which there is nothing but tables."""
    with databases.new("demo") as url:
        yield Settings(database_url=url, redis_url=redis_url)


@pytest.fixture(scope="module")
def town(empty: Settings) -> Settings:
    """The settings of a seeded database."""
    seed(replace(empty, simulator_url="http://127.0.0.1:8199"))
    return empty
