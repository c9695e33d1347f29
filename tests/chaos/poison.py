"""Tasks that nobody can ever do, among all the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from catering.database import Transaction, now
from catering.models import Task, TaskState
from catering.rush.checks import Finding
from catering.workers.kitchens import OFTEN

KIND: Final = "submit_ticket"
MORE: Final = 3
"""How often each is still tried."""


async def spread(transaction: Transaction, count: int) -> Sequence[UUID]:
    """Tickets to be submitted that do not exist, almost as often tried as anything ever is."""
    async with transaction() as session:
        tasks = [
            Task(
                kind=KIND, subject_id=(nothing := uuid4()), dedup=f"{KIND}:{nothing}", due=now(),
                attempts=OFTEN - MORE,
            )
            for _ in range(count)
        ]  # fmt: skip
        session.add_all(tasks)
        await session.flush()
        return [task.id for task in tasks]


async def found(transaction: Transaction, poison: Sequence[UUID]) -> Finding:
    """Each was given up after its last try, with its errors."""
    async with transaction() as session:
        tasks = (await session.scalars(select(Task).where(Task.id.in_(poison)))).all()
    wrong = [
        f"{task.id} is {task.state} after {task.attempts} tries"
        for task in tasks
        if task.state is not TaskState.DEAD or task.attempts < OFTEN or not task.errors
    ]
    wrong += ["some are gone"] * (len(tasks) < len(poison))
    tried = sum(task.attempts - OFTEN + MORE for task in tasks)
    return Finding("poison is given up", f"{len(tasks)} tasks, tried {tried} times", tuple(wrong))
