"""All that is written in the database, in one line: when it is the same, nothing has happened."""

from __future__ import annotations

from sqlalchemy import text

from catering.database import Transaction
from catering.models import Base

_ALL = " UNION ALL ".join(
    f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t"
    for name in sorted(Base.metadata.tables)
)


async def footprint(transaction: Transaction) -> dict[str, str | None]:
    """One word for each table."""
    async with transaction() as session:
        rows = (await session.execute(text(_ALL))).all()
        return {row[0]: row[1] for row in rows}
