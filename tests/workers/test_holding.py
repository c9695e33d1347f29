"""To finish a task is to hold its order: what others do to both meanwhile, and what comes next."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from catering.domain.people import SYSTEM
from catering.domain.refusals import NotFound, Refused
from catering.models import Order, Task, TaskState, Ticket
from catering.services import orders
from catering.workers import tasks
from catering.workers.tasks import Claim, LostTask
from tests.engine.processes import until
from tests.footprint import footprint
from tests.services.acting import somebody_waits
from tests.world import World


async def test_who_waits_for_the_order_sees_what_became_of_his_task(world: World) -> None:
    claim = await _claimed(world)
    async with world.transaction() as session:
        assert claim.order_id is not None
        await orders.lock(session, claim.order_id)
        (await session.get_one(Task, claim.id)).state = TaskState.CANCELLED
        await session.flush()
        finishing = asyncio.create_task(_finish(world, claim))
        await until(lambda: somebody_waits(world))
    before = await footprint(world.transaction)
    with pytest.raises(LostTask):
        await finishing
    assert await footprint(world.transaction) == before


async def test_what_is_done_next_begins_where_the_other_one_ended(world: World) -> None:
    claim = await _claimed(world)
    async with world.transaction() as session:
        assert claim.order_id is not None
        order = await orders.lock(session, claim.order_id)
        order.address_details = "Ring twice."
        await session.flush()
        finishing = asyncio.create_task(_finish(world, claim))
        await until(lambda: somebody_waits(world))
    assert (await finishing).address_details == "Ring twice."


async def test_nobody_changes_an_order_while_its_task_is_finished(world: World) -> None:
    claim = await _claimed(world)
    async with world.transaction() as session:
        await tasks.finish(session, claim)
        assert claim.order_id is not None
        locking = asyncio.create_task(_lock(world, claim))

        async def waits_or_has_it() -> bool:
            return locking.done() or await somebody_waits(world)

        await until(waits_or_has_it)
        assert not locking.done()
    await locking


async def test_a_part_of_another_order_comes_from_that_one(world: World) -> None:
    claim, other = await _claimed(world), await world.order()
    ticket_id = (await world.look(other)).tickets[0].id
    async with world.transaction() as session:
        assert claim.order_id is not None
        orders.is_held(session, claim.order_id, await tasks.finish(session, claim))
        ticket = await orders.with_ticket(session, ticket_id, by=SYSTEM)
        assert ticket.order.id == other
        with pytest.raises(Refused) as no:
            await orders.with_ticket(session, uuid4(), by=SYSTEM)
        assert [type(refusal) for refusal in no.value.refusals] == [NotFound]
        assert (await orders.lock(session, other)).id == other


async def _claimed(world: World) -> Claim:
    """A task of a new order, in our hands."""
    order_id = await world.order()
    async with world.transaction() as session:
        submit = select(Task.id).where(Task.order_id == order_id, Task.kind == "submit_ticket")
        claim = await tasks.claim(session, (await session.scalars(submit)).all()[0])
    assert claim is not None
    return claim


async def _finish(world: World, claim: Claim) -> Order:
    async with world.transaction() as session:
        at = await tasks.finish(session, claim)
        assert claim.order_id is not None
        orders.is_held(session, claim.order_id, at)
        ticket: Ticket = await orders.with_ticket(session, claim.subject_id, by=SYSTEM)
        return ticket.order


async def _lock(world: World, claim: Claim) -> None:
    async with world.transaction() as session:
        assert claim.order_id is not None
        await orders.lock(session, claim.order_id)
