"""A migration comes while orders do: it gives way, and so nobody waits for it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from catering import migrating
from catering.settings import Settings
from tests.live.serving import Api
from tests.services.acting import somebody_waits
from tests.world import World

from .cooking import handed_over
from .guests import Guest
from .processes import until

NEXT = "9999"
WIDER_ORDERS = f'''
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEXT}", "{{head}}", None, None

def upgrade():
    op.add_column("orders", sa.Column("colour", sa.Text()))

def downgrade():
    op.drop_column("orders", "colour")
'''


@pytest.fixture
async def release(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """A next version of ours, which changes the table that everybody reads; taken back in the
    end."""
    head = migrating.head()
    assert head is not None
    folder = tmp_path / "migrations"
    shutil.copytree(migrating.FOLDER, folder)
    (folder / "versions" / f"{NEXT}_colours.py").write_text(WIDER_ORDERS.format(head=head))
    monkeypatch.setattr(migrating, "FOLDER", folder)
    monkeypatch.setattr(migrating, "ATTEMPTS", 1_000)
    yield
    await migrating.downgraded(settings.database_url, head)


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who may read for as long as he likes."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


@pytest.mark.usefixtures("worker", "release")
async def test_orders_come_in_and_go_out_while_a_migration_waits_for_a_long_reader(
    world: World, api: Api, settings: Settings, reader: asyncpg.Connection
) -> None:
    guest = await Guest.of(world, settings)
    ordered = [await guest.order(api, "before")]
    async with reader.transaction():
        await reader.fetch("SELECT FROM orders")
        migrator = asyncio.create_task(migrating.upgraded(settings.database_url))
        for key in ("one", "two", "three"):
            await until(lambda: somebody_waits(world))
            ordered.append(await guest.order(api, key))
            await handed_over(world, ordered[-1])
        assert not migrator.done()
    await migrator
    ordered.append(await guest.order(api, "after"))

    assert await migrating.current(settings.database_url) == NEXT
    assert await guest.orders() == set(ordered)
    await handed_over(world, ordered[-1])
    assert await reader.fetchval("SELECT count(*) FROM orders WHERE colour IS NULL") == 5
