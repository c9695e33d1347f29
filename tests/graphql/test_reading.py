"""What is asked at the same time is read in one transaction, and everybody gets his own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction
from catering.schema.reading import Reading

BROKEN: Select[Any] = select(literal_column("1 / 0"))


def number(n: int) -> Select[Any]:
    return select(func.abs(n))


@dataclass
class Counting:
    """The real transactions, and how many there were."""

    transaction: Transaction
    count: int = 0

    @asynccontextmanager
    async def __call__(self, *, apart: bool = False) -> AsyncIterator[AsyncSession]:
        self.count += 1
        async with self.transaction(apart=apart) as session:
            yield session


@pytest.fixture
def counting(transaction: Transaction) -> Counting:
    return Counting(transaction)


@pytest.fixture
def read(counting: Counting) -> Callable[[Select[Any]], Any]:
    reading = Reading(counting)

    async def read(query: Select[Any]) -> Any:
        ((value,),) = await reading.rows(query)
        return value

    return read


async def test_what_is_asked_together_is_read_together(counting: Counting, read: Any) -> None:
    assert await asyncio.gather(*(read(number(n)) for n in range(5))) == [0, 1, 2, 3, 4]
    assert counting.count == 1


async def test_what_is_asked_later_is_read_later(counting: Counting, read: Any) -> None:
    assert [await read(number(1)), await read(number(2))] == [1, 2]
    assert counting.count == 2


async def test_all_are_told_of_an_error_and_the_next_ones_are_answered(read: Any) -> None:
    asked = (read(number(1)), read(BROKEN), read(number(3)))
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in found] == [DBAPIError] * 3
    assert await read(number(4)) == 4


async def test_who_has_gone_keeps_nobody_waiting(counting: Counting, read: Any) -> None:
    gone, stays = (asyncio.create_task(read(number(n))) for n in (1, 2))
    await asyncio.sleep(0)  # both have asked
    gone.cancel()
    assert await stays == 2
    assert gone.cancelled()
    assert counting.count == 1


async def test_nothing_is_read_for_nobody(counting: Counting, read: Any) -> None:
    gone = asyncio.create_task(read(number(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert await read(number(2)) == 2
    assert counting.count == 1
