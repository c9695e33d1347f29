"""A day in the world of the tests: people act, time passes, and what falls due is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import clock
from catering.domain.baskets import Portion
from catering.domain.deliveries import DeliveryStatus
from catering.domain.geography import Point
from catering.domain.people import Actor
from catering.domain.refusals import Refusal, Refused
from catering.models import Delivery, Offer, Product, Stop, Task, TaskState, Ticket
from catering.services import dispatching, driving, kitchens, offering, travelling
from catering.workers import couriers as couriers  # importing registers the handlers
from catering.workers import deadlines as deadlines
from catering.workers import payments as payments
from catering.workers import people as people
from catering.workers.runtime import Runtime
from tests.footprint import footprint
from tests.world import AT_KITCHEN, World

from .remembering import remembered

T = TypeVar("T")
P = ParamSpec("P")
Step = Callable[[AsyncSession], Awaitable[T]]


def step(
    take: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *how: P.args, **by: P.kwargs
) -> Step[T]:
    """A use case with all it needs but the transaction."""
    return lambda session: take(session, *how, **by)


async def done(world: World, take: Step[T]) -> T:
    """Take a step in a transaction of its own."""
    async with world.transaction() as session:
        return await take(session)


async def refused(world: World, take: Step[Any], *kinds: type[Refusal]) -> tuple[Any, ...]:
    """The step is refused with just these refusals, and nothing has changed anywhere."""
    before = await everything(world)
    with pytest.raises(Refused) as no:
        await done(world, take)
    assert [type(refusal) for refusal in no.value.refusals] == list(kinds)
    assert await everything(world) == before
    return no.value.refusals


async def everything(world: World) -> dict[str, str | None]:
    """What is in all the tables, as one sum each."""
    return await footprint(world.transaction)


async def stock(world: World, product: UUID) -> int | None:
    async with world.transaction() as session:
        return (await session.get_one(Product, product)).stock


async def somebody_waits(world: World) -> bool:
    """Whether one transaction waits for another."""
    async with world.transaction() as session:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        return bool(await session.scalar(text(query)))


async def sought(world: World) -> None:
    """A round: the best driver is asked for each delivery that waits."""
    plan = await done(world, dispatching.plan_round)
    for delivery_id, prospects in plan.asked:
        await done(world, step(dispatching.ask, delivery_id, prospects))


@dataclass
class Day:
    """The world and a worker: nothing happens by itself unless time passes."""

    world: World
    runtime: Runtime

    async def do(self, take: Step[T]) -> T:
        """Take a step, and have done what follows from it at once."""
        result = await done(self.world, take)
        await self.work()
        return result

    async def work(self) -> None:
        """Do all that is due now."""
        await self.passes(seconds=0)

    async def passes(self, **time: float) -> None:
        """Let time pass; each task is done at the very moment when it falls due."""
        now = await self.clock()
        end = now + timedelta(**time)
        while (task := await self._next(end)) is not None:
            now = await self.moved(now, task.due)
            assert await self.runtime.run(task.id)
        await self.moved(now, end)
        await self.must_have_gone_well()

    async def clock(self) -> datetime:
        return await done(self.world, clock)

    async def waits(self, order_id: UUID) -> list[str]:
        """What is waited for."""
        return sorted(t.kind for t in await self.world.open_tasks(order_id) if t.is_wait)

    @remembered
    async def order(self, *portions: Portion, **changes: Any) -> UUID:
        """An order whose tickets have reached their kitchens."""
        id = await self.world.order(*portions, **changes)
        await self.work()
        return id

    def cook(self, ticket: Ticket) -> Actor:
        return self.world.cook if ticket.restaurant_id == self.world.kitchen else (
            self.world.market_cook
        )  # fmt: skip

    async def tickets(self, id: UUID) -> list[Ticket]:
        return (await self.world.look(id)).tickets

    async def delivery(self, id: UUID) -> Delivery:
        delivery = (await self.world.look(id)).delivery
        assert delivery is not None
        return delivery

    async def online(self, driver: Actor, at: Point = AT_KITCHEN) -> None:
        await self.do(step(driving.go_online, at, by=driver))

    @remembered
    async def accepted(self, *portions: Portion, **changes: Any) -> UUID:
        """An order that all its kitchens have said yes to."""
        id = await self.order(*portions, **changes)
        for ticket in await self.tickets(id):
            by = self.cook(ticket)
            await self.do(step(kitchens.accept, ticket.id, None, by=by))
        return id

    @remembered
    async def searched(self, *portions: Portion, **changes: Any) -> UUID:
        """An order that a carrier is looked for."""
        id = await self.accepted(*portions, **changes)
        await self.passes(minutes=5)
        assert (await self.delivery(id)).status is DeliveryStatus.SEARCHING
        return id

    async def offer(self, id: UUID) -> Offer:
        """The offer that is open."""
        (offer,) = [o for o in (await self.delivery(id)).offers if o.status == "SENT"]
        return offer

    @remembered
    async def offered(self, *portions: Portion, **changes: Any) -> UUID:
        """An order that was just offered to the one driver who is online."""
        await self.online(self.world.driver)
        return await self.searched(*portions, **changes)

    @remembered
    async def assigned(self, *portions: Portion, **changes: Any) -> UUID:
        """An order that the driver has taken."""
        id = await self.offered(*portions, **changes)
        await self.accept_offer(id)
        return id

    async def accept_offer(self, id: UUID) -> None:
        """The driver who was asked says yes."""
        offer = await self.offer(id)
        await self.do(step(offering.accept, offer.id, by=self.world.driver))

    async def stops(self, id: UUID) -> list[Stop]:
        return (await self.delivery(id)).stops

    async def arrive(self, stop: Stop) -> None:
        await self.do(step(travelling.arrive, stop.id, None, by=self.world.driver))

    async def complete(self, stop: Stop, pin: str | None = None) -> None:
        by = self.world.driver
        await self.do(step(travelling.complete, stop.id, pin, None, None, by=by))

    @remembered
    async def collected(self, *portions: Portion, **changes: Any) -> UUID:
        """An order that is all on board."""
        id = await self.assigned(*portions, **changes)
        for stop in (await self.stops(id))[:-1]:
            await self.arrive(stop)
            await self.complete(stop)
        return id

    @remembered
    async def at_the_door(self, *portions: Portion, **changes: Any) -> UUID:
        id = await self.collected(*portions, **changes)
        await self.arrive((await self.stops(id))[-1])
        return id

    @remembered
    async def delivered(self, *portions: Portion, **changes: Any) -> UUID:
        id = await self.at_the_door(*portions, **changes)
        order = await self.world.look(id)
        await self.complete((await self.stops(id))[-1], order.pin)
        return id

    async def moved(self, now: datetime, then: datetime) -> datetime:
        """Let it be that late, unless it is later already; what it is then."""
        if then > now:
            await self.world.time_passes(then - now)
        return max(now, then)

    async def must_have_gone_well(self) -> None:
        """A worker outlives what fails; a test does not."""
        async with self.world.transaction() as session:
            failed = select(Task.kind, Task.errors).where(func.jsonb_array_length(Task.errors) > 0)
            assert (await session.execute(failed)).all() == []

    async def _next(self, end: datetime) -> Task | None:
        query = select(Task).where(Task.state == TaskState.PENDING, Task.due <= end)
        async with self.world.transaction() as session:
            task: Task | None = await session.scalar(query.order_by(Task.due, Task.id).limit(1))
            return task
