"""Claiming, finishing and putting back tasks: who may, and what remains."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import Transaction, now
from catering.models import Task, TaskState
from catering.workers import dead_letters, ringing, tasks
from catering.workers.tasks import Claim, LostTask

from .desk import Desk

SECOND = timedelta(seconds=1)


class Clock:
    """The database's clock as the one transaction of a test shows it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._by = timedelta(0)

    async def claim(self, id: UUID) -> Claim | None:
        async with self._transaction() as session:
            await self.set(session)
            return await tasks.claim(session, id)

    async def ring(self) -> list[UUID]:
        async with self._transaction() as session:
            await self.set(session)
            return [id for id, _ in await ringing.to_ring(session)]

    async def take_back(self) -> int:
        async with self._transaction() as session:
            await self.set(session)
            return await tasks.take_back_expired(session)

    def passes(self, by: timedelta) -> None:
        self._by += by

    async def set(self, session: AsyncSession) -> None:
        offset = f"{self._by.total_seconds()} seconds"
        query = text("SELECT set_config('catering.clock_offset', :by, true)")
        await session.execute(query, {"by": offset})


@pytest.fixture
def clock(transaction: Transaction) -> Clock:
    return Clock(transaction)


@pytest.fixture
async def task(desk: Desk) -> UUID:
    return await desk.add("anything")


async def claimed(clock: Clock, id: UUID) -> Claim:
    claim = await clock.claim(id)
    assert claim is not None
    return claim


async def finish(transaction: Transaction, claim: Claim) -> None:
    async with transaction() as session:
        await tasks.finish(session, claim)


async def test_a_task_has_one_owner_and_its_attempt_counts_before_it_runs(
    desk: Desk, clock: Clock, task: UUID
) -> None:
    claim = await claimed(clock, task)

    assert await clock.claim(task) is None
    row = await desk.look(task)
    assert (row.state, row.attempts, row.token) == (TaskState.RUNNING, 1, claim.token)


async def test_a_task_is_not_taken_before_its_time(desk: Desk, clock: Clock) -> None:
    id = await desk.add("anything", due=now() + timedelta(minutes=1))
    assert await clock.claim(id) is None
    assert await clock.ring() == []

    clock.passes(timedelta(seconds=61))
    assert await clock.ring() == [id]
    assert await clock.claim(id) is not None


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.DEAD, TaskState.CANCELLED])
async def test_what_is_over_is_not_taken(desk: Desk, clock: Clock, state: TaskState) -> None:
    id = await desk.add("anything", state=state)
    assert await clock.claim(id) is None
    assert await clock.ring() == []


async def test_who_was_replaced_can_not_finish(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    slow = await claimed(clock, task)
    clock.passes(tasks.LEASE + SECOND)
    assert await clock.take_back() == 1
    quick = await claimed(clock, task)
    assert quick.token > slow.token

    with pytest.raises(LostTask):
        await finish(transaction, slow)
    async with transaction() as session:
        assert await tasks.put_back(session, slow, "Never mind.", most=1) is None
    row = await desk.look(task)
    assert (row.state, row.token) == (TaskState.RUNNING, quick.token)

    await finish(transaction, quick)
    assert (await desk.look(task)).state is TaskState.DONE


async def test_a_cancelled_task_can_not_be_finished(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    claim = await claimed(clock, task)
    await desk.change(task, state=TaskState.CANCELLED)

    with pytest.raises(LostTask):
        await finish(transaction, claim)
    assert (await desk.look(task)).state is TaskState.CANCELLED


async def test_what_a_lost_task_wrote_is_not_kept(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    claim = await claimed(clock, task)
    await desk.change(task, token=Task.token + 1)
    other = await desk.add("witness", due=now() + timedelta(hours=1))

    async def overwrite() -> None:
        async with transaction() as session:
            (await session.get_one(Task, other)).kind = "changed"
            await tasks.finish(session, claim)

    with pytest.raises(LostTask):
        await overwrite()
    assert (await desk.look(other)).kind == "witness"


async def test_a_lease_is_renewed_by_its_owner_only(
    clock: Clock, task: UUID, transaction: Transaction
) -> None:
    claim = await claimed(clock, task)
    clock.passes(tasks.LEASE - SECOND)
    async with transaction() as session:
        await clock.set(session)
        await tasks.hold(session, claim)
    clock.passes(tasks.LEASE - SECOND)
    assert await clock.take_back() == 0

    clock.passes(2 * SECOND)
    assert await clock.take_back() == 1
    with pytest.raises(LostTask):
        async with transaction() as session:
            await tasks.hold(session, claim)
    assert await clock.claim(task) is not None


async def test_a_task_that_is_asked_for_while_it_runs_runs_once_more(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    claim = await claimed(clock, task)
    async with transaction() as session:
        row = await session.get_one(Task, task)
        shown = await session.scalar(text("SELECT catering_now()"))
        assert shown is not None
        row.begin_again(shown, shown)
    assert await clock.claim(task) is None  # still in hand

    await finish(transaction, claim)
    row = await desk.look(task)
    assert (row.state, row.attempts, row.finished_at) == (TaskState.PENDING, 0, None)

    await finish(transaction, await claimed(clock, task))
    assert (await desk.look(task)).state is TaskState.DONE


async def test_a_task_can_do_what_it_could_for_now_and_come_again(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    claim = await claimed(clock, task)
    async with transaction() as session:
        await tasks.finish(session, claim)
        await tasks.again(session, claim, timedelta(seconds=10))

    assert await clock.claim(task) is None
    clock.passes(timedelta(seconds=11))
    assert (await claimed(clock, task)).attempts == 1
    assert (await desk.look(task)).finished_at is None


async def test_a_failed_try_waits_longer_each_time_and_the_last_one_is_the_end(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    pauses = []
    for number in range(1, 5):
        claim = await claimed(clock, task)
        async with transaction() as session:
            await clock.set(session)
            state = await tasks.put_back(session, claim, f"Error {number}", most=4)
            due = (await session.get_one(Task, task)).due
            pauses.append(due - (await session.scalars(text("SELECT catering_now()"))).one())
        assert state is (TaskState.PENDING if number < 4 else TaskState.DEAD)
        assert await clock.claim(task) is None
        clock.passes(timedelta(minutes=1))

    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(seconds=0.8)
    row = await desk.look(task)
    assert row.errors == ["Error 1", "Error 2", "Error 3", "Error 4"]
    assert await clock.claim(task) is None

    async with transaction() as session:
        assert await dead_letters.revive(session, [task], login="me") == 1
    revived = await claimed(clock, task)
    assert revived.attempts == 1
    assert revived.token == claim.token + 1  # what was tried before death is not forgotten


async def test_only_the_last_errors_are_kept(
    desk: Desk, clock: Clock, task: UUID, transaction: Transaction
) -> None:
    for number in range(15):
        claim = await claimed(clock, task)
        async with transaction() as session:
            error = f"{number} " + "x" * 1000
            await tasks.put_back(session, claim, error, most=99, after=timedelta(0))
    errors = (await desk.look(task)).errors
    assert [error.split()[0] for error in errors] == [str(number) for number in range(5, 15)]
    assert max(map(len, errors)) == 500


async def test_a_bell_that_nobody_heard_rings_again(clock: Clock, task: UUID) -> None:
    assert await clock.ring() == [task]
    clock.passes(ringing.RING_AGAIN - SECOND)
    assert await clock.ring() == []
    clock.passes(2 * SECOND)
    assert await clock.ring() == [task]


async def test_what_was_taken_back_is_rung_for_at_once(
    desk: Desk, clock: Clock, task: UUID
) -> None:
    assert await clock.ring() == [task]
    await claimed(clock, task)
    clock.passes(tasks.LEASE + SECOND)
    await clock.take_back()

    assert await clock.ring() == [task]
    row = await desk.look(task)
    assert (row.attempts, row.errors) == (1, ["The worker fell silent."])


async def test_orders_come_before_what_can_wait(desk: Desk, transaction: Transaction) -> None:
    longer_ago = now() - timedelta(hours=1)
    for _ in range(3):
        await desk.add("send_mail", due=longer_ago)
    order = await desk.add("submit_ticket")

    async with transaction() as session:
        ((id, _),) = await ringing.to_ring(session, 1)
        (unheard, *_) = await ringing.unheard(session, timedelta(0), 10)
    assert id == unheard[0] == order
