"""Looking at what was committed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.sql import Executable

from catering import database
from catering.settings import Settings


def rows(settings: Settings, query: Executable) -> Sequence[Row[Any]]:
    """What a query finds."""

    async def look() -> Sequence[Row[Any]]:
        engine = database.engine(settings.database_url, size=1)
        async with engine.connect() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query)).all()
        await engine.dispose()
        return found

    return asyncio.run(look())
