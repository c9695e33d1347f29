"""A provider that is down: its orders wait and say so, all others go on, and it is found again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from catering.database import now
from catering.domain.breakers import FAILURES, Standing
from catering.domain.tickets import TicketStatus
from catering.models import ProviderAccount, Task, Ticket
from catering.services import accounts, kitchens
from catering.workers.runtime import Runtime
from tests.engine.processes import until
from tests.services.acting import somebody_waits

from .conftest import Stage

DOWN = 1_000


class House:
    """A kitchen whose system is down, one whose system is not, and orders for both."""

    def __init__(self, stage: Stage, account: UUID, order: UUID) -> None:
        self.stage, self.account_id, self.order_id = stage, account, order

    async def account(self) -> ProviderAccount:
        async with self.stage.world.transaction() as session:
            return await session.get_one(ProviderAccount, self.account_id)

    async def ticket(self) -> Ticket:
        order = await self.stage.world.look(self.order_id)
        return next(t for t in order.tickets if t.restaurant_id == self.stage.world.market)

    async def task(self) -> Task:
        query = select(Task).where(
            Task.kind == "submit_ticket", Task.subject_id == (await self.ticket()).id
        )
        async with self.stage.world.transaction() as session:
            return (await session.scalars(query)).one()

    async def calls(self) -> int:
        made = (await self.stage.outside.ledger(provider="open-kitchen"))["requests"]
        return len(made)

    async def time_to_look(self) -> None:
        async with self.stage.world.transaction() as session:
            await session.execute(update(ProviderAccount).values(breaker_probe_at=now()))


@pytest.fixture
async def house(stage: Stage) -> House:
    """The market's system has failed as often as it takes."""
    await stage.connect(stage.world.kitchen, "poster", "1")
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    await stage.outside.fail("open-kitchen", "*", "error", status=503, times=DOWN)
    order = await stage.world.order()
    async with stage.world.transaction() as session:
        query = select(ProviderAccount.id).where(ProviderAccount.provider == "open_kitchen")
        account = (await session.scalars(query)).one()
    await stage.work()
    for _ in range(FAILURES):
        await stage.do("submit_ticket")
    return House(stage, account, order)


async def test_a_provider_that_is_down_is_left_in_peace_and_says_so(house: House) -> None:
    stage, account = house.stage, await house.account()
    assert account.breaker_opened_at is not None
    assert account.breaker_reason == "they answered 503"
    calls, attempts = await house.calls(), (await house.task()).attempts
    assert calls == FAILURES

    for _ in range(5):
        await stage.do("submit_ticket")
    await Runtime(stage.world.transaction, stage.outside.http).run((await house.task()).id)

    task = await house.task()
    assert (await house.calls(), task.attempts) == (calls, attempts), "not even by another worker"
    assert task.held_up_by is not None
    assert "does not answer since" in task.held_up_by
    assert (await stage.world.kinds(house.order_id)).count("ORDER_HELD_UP") == 1
    order = await stage.world.look(house.order_id)
    statuses = {t.restaurant_id: t.status for t in order.tickets}
    assert statuses[stage.world.kitchen] is TicketStatus.SUBMITTED
    assert statuses[stage.world.market] is TicketStatus.SUBMITTING


async def test_one_looks_whether_it_is_back_and_then_all_go_on(house: House) -> None:
    stage, calls = house.stage, await house.calls()
    await stage.do("submit_ticket")
    await house.time_to_look()
    await stage.do("submit_ticket")
    await stage.do("submit_ticket")
    assert await house.calls() == calls + 1, "one looks, and all others wait"
    assert (await house.account()).breaker_probes == 1

    await stage.outside.tell("faults", clear=True)
    another = await stage.world.order(stage.world.portion(stage.world.juice))
    await stage.do("submit_ticket")
    await house.time_to_look()
    async with stage.world.transaction() as session:
        await session.execute(
            update(Task).where(Task.id == (await house.task()).id).values(due=now())
        )
    assert "submit_ticket" in await stage.work(soon=timedelta(0))
    assert (await house.account()).breaker_opened_at is None
    assert (await house.ticket()).status is TicketStatus.SUBMITTED
    (other,) = (await stage.world.look(another)).tickets
    assert other.status is TicketStatus.SUBMITTED, "who was held up with it goes on at once"
    assert (await house.task()).held_up_by is None


async def test_who_looks_and_dies_leaves_the_next_look_to_others(house: House) -> None:
    async def look() -> Standing:
        async with house.stage.world.transaction() as session:
            return (await accounts.approach(session, house.account_id))[1]

    await house.time_to_look()
    async with house.stage.world.transaction() as session:
        _, first = await accounts.approach(session, house.account_id)
        at_the_same_moment = asyncio.create_task(look())
        await until(lambda: somebody_waits(house.stage.world))
    second, third = await at_the_same_moment, await look()
    assert first.probing
    assert not second.probing
    assert third.away is not None
    assert third.away > timedelta(seconds=1)


async def test_who_only_asks_leaves_it_in_peace_as_well(stage: Stage) -> None:
    await stage.connect(stage.world.market, "open_kitchen", "gulliver")
    order = await stage.world.order()
    await stage.work()
    async with stage.world.transaction() as session:
        query = select(ProviderAccount.id).where(ProviderAccount.provider == "open_kitchen")
        house = House(stage, (await session.scalars(query)).one(), order)
    await stage.outside.fail("open-kitchen", "*", "error", status=503, times=DOWN)
    for _ in range(FAILURES):
        await stage.do("poll_ticket")
    assert (await house.account()).breaker_opened_at is not None
    calls = await house.calls()
    await stage.do("poll_ticket")
    assert await house.calls() == calls


async def test_a_delivery_says_which_companies_cannot_be_asked(stage: Stage) -> None:
    world = stage.world
    away = await stage.account("uklon", "courier")
    async with world.transaction() as session:
        await accounts.leave_in_peace(session, away, "no answer", timedelta(hours=1))
    order = await world.order(world.portion(world.borscht))
    await stage.do("submit_ticket")
    (ticket,) = (await world.look(order)).tickets
    async with world.transaction() as session:
        await kitchens.accept(session, ticket.id, None, by=world.cook)
    for kind in ("plan_delivery", "search_due", "find_carrier", "dispatch_round", "find_carrier"):
        await stage.do(kind)

    (search,) = [t for t in await world.open_tasks(order) if t.kind == "find_carrier"]
    assert search.held_up_by is not None
    assert search.held_up_by.startswith("uklon does not answer since")
    assert await stage.outside.requests("uklon", "create_order") == 0
