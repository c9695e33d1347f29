from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from catering.rush.plan import Plan
from catering.rush.playing import Played, played
from catering.rush.scratch import opened
from tests.databases import Databases

SMALL = Plan(orders=10, minutes=30, restaurants=5, drivers=4, seed=3)


@asynccontextmanager
async def play(url: str) -> AsyncIterator[Played]:
    """A small rush, on a database in which there is nothing yet."""
    async with opened(url) as database, played(database, SMALL) as rush:
        yield rush


@pytest.fixture(scope="package")
def url(databases: Databases) -> Iterator[str]:
    with databases.new("rush") as url:
        yield url


@pytest.fixture
def another_url(databases: Databases) -> Iterator[str]:
    with databases.new("rush_again") as url:
        yield url


@pytest.fixture(scope="package")
async def over(url: str) -> AsyncIterator[Played]:
    """One that is over."""
    async with play(url) as rush:
        yield rush
