"""A worker that is frozen for longer than its lease wakes up to find its work done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from catering.models import Task, TaskState
from catering.services import kitchens
from tests.parts import Part
from tests.workers.conftest import Stage

from . import errands
from .desk import Desk
from .errands import Errand
from .processes import Run, until

FIND = "incomingOrders.getIncomingOrders"
FARE = "estimate_fare"


@pytest.mark.usefixtures("relay")
@pytest.mark.parametrize("made", [errands.poster_ticket, errands.booking, errands.charge])
async def test_a_frozen_worker_cannot_finish_what_another_has_finished(
    stage: Stage, desk: Desk, run: Run, made: Callable[[Stage, Desk], Awaitable[Errand]]
) -> None:
    errand = await made(stage, desk)
    frozen = await _frozen_in(errand.operation, errand, desk, run)
    await stage.outside.release()
    await until(errand.effects)

    task = await _done_by_another(frozen, errand, desk, run)

    assert (task.token, task.attempts) == (2, 2)
    assert await errand.effects() == 1
    assert await desk.events(errand.success, errand.subject) == 1


@pytest.mark.usefixtures("relay")
async def test_a_frozen_worker_does_not_submit_what_another_has_submitted(
    stage: Stage, desk: Desk, run: Run
) -> None:
    errand = await errands.poster_ticket(stage, desk)
    async with stage.world.transaction() as session:  # an earlier try has come to nothing
        await kitchens.begin_submission(session, errand.subject)
    frozen = await _frozen_in(FIND, errand, desk, run)
    await stage.outside.release()
    await _answered(errand, FIND)  # "there is no such order": so it would submit it next

    await _done_by_another(frozen, errand, desk, run)

    assert await errand.effects() == 1
    assert await desk.events(errand.success, errand.subject) == 1


@pytest.mark.usefixtures("relay")
async def test_a_frozen_worker_does_not_book_what_another_has_booked(
    stage: Stage, desk: Desk, run: Run
) -> None:
    errand = await errands.booking(stage, desk)
    frozen = await _frozen_in(FARE, errand, desk, run)
    await stage.outside.release()
    await _answered(errand, FARE)  # so it would take it next

    await _done_by_another(frozen, errand, desk, run)

    assert await errand.effects() == 1
    assert await desk.events(errand.success, errand.subject) == 1


async def _frozen_in(operation: str, errand: Errand, desk: Desk, run: Run) -> Part:
    """A worker that has asked, and sleeps before it is answered."""
    frozen = run("worker")
    await errand.stage.outside.hold(errand.provider, operation)
    await desk.release(errand.task)
    await until(lambda: _held(errand, operation))
    frozen.freeze()
    return frozen


async def _answered(errand: Errand, operation: str) -> None:
    async def answered() -> bool:
        return any(request["status"] == 200 for request in await _held(errand, operation))

    await until(answered)


async def _held(errand: Errand, operation: str) -> list[dict[str, Any]]:
    """The requests that are, or were, held."""
    made = (await errand.stage.outside.ledger(provider=errand.provider))["requests"]
    return [each for each in made if (each["operation"], each["fault"]) == (operation, "hold")]


async def _done_by_another(frozen: Part, errand: Errand, desk: Desk, run: Run) -> Task:
    """The task after another worker has done it, and the frozen one has woken and gone."""
    assert (await desk.look(errand.task)).state is TaskState.RUNNING
    await desk.end_leases()
    run("worker")
    done = await desk.done(errand.task)

    frozen.thaw()
    assert frozen.leave() == 0  # which means that nothing is in its hands any more
    after = await desk.look(errand.task)
    assert (after.state, after.token, after.finished_at) == (
        TaskState.DONE, done.token, done.finished_at,
    )  # fmt: skip
    return after
