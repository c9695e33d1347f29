"""Getting far with an order takes a hundred steps, and each test wants to go on from there.

What was reached once from the untouched world is put back the next time, row by row, with the
clock as it was. Nothing is made up: the rows are those that the real steps left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction, clock
from catering.models import Base
from tests.transactions import OneConnection

StageT = TypeVar("StageT", bound=Callable[..., Coroutine[Any, Any, UUID]])

_reached: dict[str, _Reached] = {}


def remembered(stage: StageT) -> StageT:
    """A stage of an order that is gone through once for all the tests of a process."""

    @wraps(stage)
    async def reach(day: Any, *portions: Any, **changes: Any) -> UUID:
        transaction = day.world.transaction
        if not isinstance(transaction, OneConnection) or transaction.begun:
            return await stage(day, *portions, **changes)
        key = repr((stage.__name__, portions, sorted(changes.items())))
        if key not in _reached:
            id = await stage(day, *portions, **changes)
            _reached[key] = await _taken(transaction, id)
        else:
            await _put_back(transaction, _reached[key])
        return _reached[key].id

    return cast(StageT, reach)


@dataclass(frozen=True, slots=True)
class _Reached:
    id: UUID
    at: datetime
    rows: dict[str, str]


async def _taken(transaction: Transaction, id: UUID) -> _Reached:
    every = " UNION ALL ".join(
        f"SELECT '{table.name}', (SELECT jsonb_agg(t)::text FROM \"{table.name}\" t)"
        for table in Base.metadata.sorted_tables
    )
    async with transaction() as session:
        found = (await session.execute(text(every))).all()
        return _Reached(id, await clock(session), {row[0]: row[1] for row in found if row[1]})


async def _put_back(transaction: Transaction, reached: _Reached) -> None:
    async with transaction() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in reached.rows:
                statement = text(_upsert(table))
                await session.execute(statement, {"rows": reached.rows[table.name]})
        await set_clock(session, reached.at)


async def set_clock(session: AsyncSession, at: datetime) -> None:
    """What the database's clock shows from now on."""
    ahead = "extract(epoch FROM CAST(:at AS timestamptz) - now()) || ' seconds'"
    await session.execute(
        text(f"SELECT set_config('catering.clock_offset', {ahead}, false)"), {"at": at}
    )


def _upsert(table: Table) -> str:
    columns = [f'"{column.name}"' for column in table.columns if column.computed is None]
    keys = [f'"{column.name}"' for column in table.primary_key]
    names, changes = ", ".join(columns), ", ".join(f"{name} = EXCLUDED.{name}" for name in columns)
    return (
        f'INSERT INTO "{table.name}" ({names}) SELECT {names} '
        f'FROM jsonb_populate_recordset(NULL::"{table.name}", CAST(:rows AS jsonb)) '
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
    )
