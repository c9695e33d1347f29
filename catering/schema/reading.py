"""Queries that are asked at the same time go to the database together.

An operation asks level by level, and each level asks for several things at once. Apart, each of
them would take a connection and a transaction of its own: half of what a short query costs, and
as many connections for one caller as he has fields.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, Select

from catering.database import Transaction

Rows: TypeAlias = Sequence[Row[Any]]


class Reading:
    """The reading of one operation. Where one query of several fails, all of them do: what can
    go wrong with them is the database, and it went wrong for all."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._asked: list[tuple[Select[Any], asyncio.Future[Rows]]] = []
        self._under_way = set[asyncio.Task[None]]()

    async def rows(self, query: Select[Any]) -> Rows:
        """All rows of a query, read with those that others ask for at this moment."""
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._begin)
        answer: asyncio.Future[Rows] = loop.create_future()
        self._asked.append((query, answer))
        return await answer

    def _begin(self) -> None:
        asked, self._asked = self._asked, []
        task = asyncio.create_task(self._read(asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _read(self, asked: Sequence[tuple[Select[Any], asyncio.Future[Rows]]]) -> None:
        waiting = [(query, answer) for query, answer in asked if not answer.done()]
        if not waiting:  # whoever asked has gone
            return
        try:
            async with self._transaction(apart=True) as session:
                found = [(await session.execute(query)).all() for query, _ in waiting]
        except Exception as error:
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), rows in zip(waiting, found, strict=True):
            if not answer.done():
                answer.set_result(rows)
