"""What a worker has in hand: orders are not held up by others, and whoever leaves hands back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, update

from catering.database import now
from catering.domain.events import EventKind
from catering.domain.letters import Purpose
from catering.domain.people import SYSTEM
from catering.domain.reactions import OTHERS_WAIT
from catering.domain.tickets import TicketStatus
from catering.models import Letter, Task, TaskState, User
from catering.providers.mail import Message, Sent
from catering.services import recording
from catering.workers.runtime import Runtime
from catering.workers.tasks import LEASE
from catering.workers.working import AT_ONCE, Floor
from tests.engine.processes import until

from .conftest import Stage


class Hanging:
    """A mail server that takes a letter and says nothing."""

    def __init__(self) -> None:
        self.taken, self.go_on = 0, asyncio.Event()

    async def send(self, message: Message) -> Sent:  # noqa: ARG002 - whatever it is
        self.taken += 1
        await self.go_on.wait()
        return Sent()


async def test_a_mail_server_that_hangs_holds_no_order_up(stage: Stage) -> None:
    letters = [await _letter(stage) for _ in range(6)]
    order = await stage.world.order()
    post = Hanging()
    floor = Floor(Runtime(stage.world.transaction, stage.outside.http, mail=post))

    for task in await _tasks(stage, "send_mail"):
        assert task.priority == OTHERS_WAIT
        floor.hear(task.id, task.priority)
    await until(lambda: _is(post.taken == AT_ONCE[OTHERS_WAIT]))
    for task in await _tasks(stage, "submit_ticket"):
        floor.hear(task.id, task.priority)
    await until(lambda: _submitted(stage, order))

    post.go_on.set()
    await until(lambda: _is(post.taken == len(letters)))
    await floor.leave()
    assert {task.state for task in await _tasks(stage, "send_mail")} == {TaskState.DONE}


@pytest.mark.parametrize(
    ("operation", "kind", "is_in_doubt"),
    [("get_ticket", "poll_ticket", False), ("put_ticket", "submit_ticket", True)],
)
async def test_who_leaves_hands_back_what_takes_too_long(
    stage: Stage, operation: str, kind: str, is_in_doubt: bool
) -> None:
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    world = stage.world
    order = await world.order(world.portion(world.juice))
    if not is_in_doubt:
        await stage.do("submit_ticket")
    await stage.outside.hold("open-kitchen", operation)
    (before,) = await _tasks(stage, kind)
    async with world.transaction() as session:
        await session.execute(update(Task).where(Task.id == before.id).values(due=now()))

    floor = Floor(stage.runtime)
    floor.hear(before.id)
    await until(lambda: stage.outside.requests("open-kitchen", operation))
    await floor.leave(patience=0)
    await stage.outside.release()

    (task,) = await _tasks(stage, kind)
    assert (task.state, task.attempts) == (TaskState.PENDING, 0)
    assert task.errors == ["Its worker was stopped."]
    async with world.transaction() as session:
        wait = task.due - (await session.scalars(select(now()))).one()
    assert (wait > LEASE / 2) is is_in_doubt, "what was sent may still be on its way"

    assert await stage.do(kind) == 1
    (ticket,) = (await world.look(order)).tickets
    assert await stage.outside.live_effects(ticket.reference) == 1


async def test_what_was_never_begun_is_rung_for_again_at_once(stage: Stage) -> None:
    for _ in range(6):
        await _letter(stage)
    post = Hanging()
    floor = Floor(Runtime(stage.world.transaction, stage.outside.http, mail=post))
    async with stage.world.transaction() as session:
        await session.execute(update(Task).values(rung_at=now()))
    for task in await _tasks(stage, "send_mail"):
        floor.hear(task.id, task.priority)
    await until(lambda: _is(post.taken == AT_ONCE[OTHERS_WAIT]))

    await floor.leave(patience=0)
    floor.hear(UUID(int=1))

    told = [(t.state, t.rung_at, t.attempts) for t in await _tasks(stage, "send_mail")]
    assert told == [(TaskState.PENDING, None, 0)] * 6


async def _letter(stage: Stage) -> UUID:
    async with stage.world.transaction() as session:
        customer = await session.get_one(User, stage.world.customer.id)
        letter = Letter(purpose=Purpose.PASSWORD_RESET, email=customer.email)
        session.add(letter)
        await session.flush()
        await recording.happened(session, EventKind.LETTER_WRITTEN, letter.id, by=SYSTEM)
    return letter.id


async def _tasks(stage: Stage, kind: str) -> list[Task]:
    async with stage.world.transaction() as session:
        query = select(Task).where(Task.kind == kind).order_by(Task.id)
        return list((await session.scalars(query)).all())


async def _submitted(stage: Stage, order: UUID) -> bool:
    tickets = (await stage.world.look(order)).tickets
    return all(ticket.status is TicketStatus.SUBMITTED for ticket in tickets)


async def _is(true: bool) -> bool:
    return true
