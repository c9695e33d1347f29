"""A worker dies in the middle of a call outside: what it did is found, what it did not is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from catering.models import TaskState
from tests.parts import Part
from tests.workers.conftest import Stage

from . import errands
from .desk import Desk
from .errands import Errand
from .processes import Run, death_of, until

KINDS = ("submit_ticket", "book_courier", "make_charge")
MOMENTS = {
    moment: ", ".join(f"{moment} of {kind}" for kind in KINDS)
    for moment in ("before call", "after call", "after commit")
} | {"after submission": "after submission, after charge"}


@pytest.fixture
async def resting(worker: Part, engine: AsyncEngine) -> AsyncIterator[Part]:  # noqa: ARG001
    """A worker that does nothing until it is thawed: before `engine` clears the tables."""
    worker.freeze()
    yield worker
    worker.thaw()


@pytest.fixture
async def four(resting: Part, stage: Stage, desk: Desk) -> Sequence[Errand]:  # noqa: ARG001
    """At a kitchen without idempotency, at one with, at a courier company, and at a bank."""
    booking, charge = await errands.booking(stage, desk), await errands.charge(stage, desk)
    return [*await errands.tickets(stage, desk), booking, charge]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_worker_killed_at_any_moment_doubles_nothing_and_loses_nothing(
    four: Sequence[Errand], desk: Desk, resting: Part, run: Run, moment: str
) -> None:
    doomed = [run("worker", crash_at=MOMENTS[moment]) for _ in four]
    for number, errand in enumerate(four, start=1):
        await desk.release(errand.task)

        async def dead(number: int = number) -> bool:
            return sum(part.has_died for part in doomed) == number

        await until(dead)
        left = TaskState.DONE if moment == "after commit" else TaskState.RUNNING
        assert (await desk.look(errand.task)).state is left
        assert await errand.effects() == (moment != "before call")

    await desk.end_leases()
    resting.thaw()

    await _all_done_once(four, desk, attempts=1 if moment == "after commit" else 2)


async def test_a_worker_killed_while_its_calls_are_on_their_way_doubles_nothing(
    four: Sequence[Errand], stage: Stage, desk: Desk, resting: Part, run: Run
) -> None:
    doomed = run("worker")
    for errand in four:
        await stage.outside.hold(errand.provider, errand.operation)
        await desk.release(errand.task)
    for errand in four:
        await errand.in_flight()
        assert await errand.effects() == 0
    doomed.kill()
    await stage.outside.release()
    for errand in four:
        await until(errand.effects)

    await desk.end_leases()
    resting.thaw()

    await _all_done_once(four, desk, attempts=2)


async def test_a_dead_letter_whose_courier_was_sent_does_not_send_another(
    resting: Part, stage: Stage, desk: Desk, run: Run
) -> None:
    errand = await errands.booking(stage, desk)
    doomed = run("worker", crash_at="after submission")
    await desk.release(errand.task)
    await death_of(doomed)
    assert await errand.effects() == 1

    # As if it had died of it every time until it was given up, and an operator had it revived.
    await desk.change(errand.task, state=TaskState.PENDING, attempts=0, lease_until=None)
    resting.thaw()

    await _all_done_once([errand], desk, attempts=1)


async def _all_done_once(all: Sequence[Errand], desk: Desk, *, attempts: int) -> None:
    for errand in all:
        task = await desk.done(errand.task)
        assert task.attempts == attempts, (errand.provider, task.errors)
        assert await errand.effects() == 1, errand.provider
        assert await desk.events(errand.success, errand.subject) == 1, errand.provider
