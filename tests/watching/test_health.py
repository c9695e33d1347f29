"""Whether we live, and whether we are of use."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from catering import database
from catering.database import Transaction

from .conftest import Watch, number


@pytest.mark.parametrize(
    ("revision", "status", "told"),
    [
        ("0001", 503, {"status": "away", "database": "not migrated"}),
        ("9999", 200, {"status": "degraded", "database": "ok"}),
    ],
)
async def test_it_is_ready_when_the_database_has_what_the_code_wants(
    watch: Watch, transaction: Transaction, revision: str, status: int, told: dict[str, Any]
) -> None:
    """A newer one than ours is no reason to stop: the next release is being rolled out."""
    async with transaction() as session:
        await session.execute(
            text("UPDATE alembic_version SET version_num = :it"), {"it": revision}
        )
    ready = await watch().get("/health/ready")
    assert (ready.status_code, ready.json()) == (status, {**told, "redis": "away"})
    assert (await watch().get("/health/live")).status_code == 200


async def test_without_postgresql_it_says_so_and_tells_what_it_knows_by_itself(
    watch: Watch,
) -> None:
    away = database.transactions(database.engine("postgresql://127.0.0.1:1/nowhere"))
    here = watch(on=away)
    ready = await here.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "away")
    page = (await here.get("/metrics")).text
    assert number(page, "catering_database_up") == 0
    assert number(page, "catering_process", role="api") == 1
    assert number(page, "catering_overdue_unhandled") is None
