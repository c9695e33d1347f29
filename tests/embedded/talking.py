"""Short conversations with the servers."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def sql(url: str | None, *statements: str) -> Any:
    """The value that the last statement gives."""

    async def ask() -> Any:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(ask())


def redis(url: str | None, *command: str) -> Any:
    with Redis.from_url(
        url or "", socket_timeout=5, retry=Retry(NoBackoff(), 0), decode_responses=True
    ) as client:
        return client.execute_command(*command)
