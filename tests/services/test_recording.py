from __future__ import annotations

from sqlalchemy import func, select, text

from catering.domain import ids
from catering.models import Task
from catering.services.recording import begin
from tests.world import World


async def test_work_is_begun_once_however_often_a_connection_is_asked(world: World) -> None:
    """Also when PostgreSQL has settled on a plan that knows nothing of our parameters."""
    subject = ids.new()
    async with world.transaction() as session:
        await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        for _ in range(3):
            await begin(session, "find_carrier", subject)
        tasks = select(func.count()).where(Task.subject_id == subject)
        assert await session.scalar(tasks) == 1
