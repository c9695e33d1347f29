"""A task that kills whoever does it is given up; all others are done meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from catering import doctor
from catering.database import Transaction, now
from catering.domain.events import EventKind
from catering.domain.refusals import Refused
from catering.models import Event, TaskState
from catering.services import accounts
from catering.settings import Settings
from catering.workers import dead_letters
from catering.workers.kitchens import OFTEN
from tests.parts import environment
from tests.workers.conftest import Stage

from . import errands
from .desk import Desk
from .processes import Run, until


@pytest.mark.usefixtures("relay")
async def test_a_task_that_kills_its_workers_ends_as_a_dead_letter_that_can_be_revived(
    stage: Stage, desk: Desk, run: Run, commands: Mapping[str, str]
) -> None:
    poison, other = await errands.tickets(stage, desk)
    await desk.change(poison.task, attempts=OFTEN - 2)
    innocent = await desk.add("offer_waiting_deliveries")
    await desk.release(poison.task)

    deaths = await _given_up(run, desk, poison.task, besides=innocent)
    row = await desk.look(poison.task)
    assert (deaths, row.attempts) == (2, OFTEN + 1)
    assert row.errors == ["The worker fell silent."] * 2 + ["Its workers died of it."]
    assert await poison.effects() == 0

    listed = _catering(commands, "dead-letters", "list")
    assert str(poison.task) in listed
    assert "Its workers died of it." in listed
    shown = _catering(commands, "dead-letters", "show", str(poison.task)).splitlines()
    assert shown[-3:] == [f"  {error}" for error in row.errors]
    run("worker")
    assert _catering(commands, "dead-letters", "retry", str(poison.task)) == "Due again: 1\n"
    await desk.done(poison.task)
    assert await poison.effects() == 1
    assert _catering(commands, "dead-letters", "list") == "There are none.\n"

    await desk.release(other.task)
    await desk.done(other.task)


async def test_a_dead_letter_is_dropped_with_a_reason_and_by_name(
    desk: Desk, transaction: Transaction
) -> None:
    dead = await desk.add("submit_ticket", state=TaskState.DEAD, finished_at=now(), errors=["No."])
    alive = await desk.add("submit_ticket", due=now() + timedelta(hours=1))

    with pytest.raises(Refused):
        async with transaction() as session:
            await dead_letters.drop(session, [dead, alive], "A test", login="me@here")
    assert (await desk.look(dead)).state is TaskState.DEAD

    async with transaction() as session:
        assert await dead_letters.drop(session, [dead], "A test", login="me@here") == 1
    assert (await desk.look(dead)).state is TaskState.CANCELLED
    async with transaction() as session:
        (event,) = (await session.scalars(select(Event).where(Event.subject_id == dead))).all()
    assert (event.kind, event.note) == (EventKind.DEAD_LETTER_DROPPED, "A test")
    assert event.data == {"kind": "submit_ticket", "login": "me@here"}
    with pytest.raises(Refused):
        async with transaction() as session:
            await dead_letters.letter(session, dead)


async def test_the_doctor_tells_what_was_given_up_and_who_does_not_answer(
    settings: Settings, stage: Stage, desk: Desk, transaction: Transaction
) -> None:
    around = doctor.Surroundings(settings, None)
    for subject in ("dead letters", "providers"):
        await asyncio.to_thread(doctor.CHECKS[subject], around)

    await desk.add("submit_ticket", state=TaskState.DEAD, finished_at=now())
    away = await stage.account("uklon", "courier")
    async with transaction() as session:
        await accounts.leave_in_peace(session, away, "they answered 503", None)
    with pytest.raises(doctor.Bad, match="given up: 1;"):
        await asyncio.to_thread(doctor.CHECKS["dead letters"], around)
    with pytest.raises(doctor.Bad, match=r"uklon does not answer since .* \(they answered 503\)"):
        await asyncio.to_thread(doctor.CHECKS["providers"], around)


@pytest.fixture
def commands(settings: Settings) -> Mapping[str, str]:
    return environment(settings)


async def _given_up(run: Run, desk: Desk, poison: UUID, *, besides: UUID) -> int:
    """Start workers again and again, until a task that kills them is dead and the one `besides` is
    done; how many died."""
    deaths, part = 0, run("worker", crash_at="before call of submit_ticket")

    async def dead() -> bool:
        nonlocal deaths, part
        if part.has_died:
            deaths += 1
            await desk.end_leases()
            part = run("worker", crash_at="before call of submit_ticket")
        return (await desk.look(poison)).state is TaskState.DEAD

    await until(dead)
    await desk.done(besides)
    part.kill()
    return deaths


def _catering(commands: Mapping[str, str], *words: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "catering", *words],
        env=commands, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
