"""What nobody will ask for again is put away, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update

from catering.database import now
from catering.domain import ids
from catering.domain.archiving import HISTORY
from catering.domain.events import EventKind
from catering.domain.letters import Purpose
from catering.models import (
    Event,
    IdempotencyKey,
    KitchenSlot,
    Letter,
    Session,
    Task,
    TaskState,
    Webhook,
)
from catering.services import following, tidying
from catering.services.following import StreamResetReason
from catering.workers import housekeeping as housekeeping
from tests.graphql.steps import announced
from tests.world import World

from .acting import Day, done, step

DAY = timedelta(days=1)


async def tidy_up(day: Day) -> Task:
    """What a worker does once an hour."""
    await done(day.world, tidying.see_to_it)
    await done(day.world, tidying.see_to_it)  # every worker does
    async with day.world.transaction() as session:
        mine = update(Task).where(Task.kind == "tidy_up", Task.state == TaskState.PENDING)
        (id,) = (await session.scalars(mine.values(due=now()).returning(Task.id))).all()
    assert await day.runtime.run(id)
    async with day.world.transaction() as session:
        return await session.get_one(Task, id)


async def history(world: World, order: UUID) -> Counter[str]:
    query = select(Event.kind, func.count()).where(Event.order_id == order).group_by(Event.kind)
    async with world.transaction() as session:
        return Counter({row[0]: row[1] for row in await session.execute(query)})


async def movements(world: World) -> int:
    query = select(func.count()).where(Event.kind == EventKind.COURIER_MOVED)
    async with world.transaction() as session:
        return (await session.execute(query)).scalar_one()


async def test_where_a_courier_was_is_forgotten_in_a_week_and_what_happened_in_a_year(
    day: Day,
) -> None:
    world = day.world
    order = await day.delivered()
    async with world.transaction() as session:
        session.add(
            Event(kind=EventKind.COURIER_MOVED, subject_id=uuid4(), driver_id=world.driver.id)
        )
    last = await announced(world)
    told = await history(world, order)

    await tidy_up(day)
    assert await movements(world) > 0
    assert await done(world, step(following.resume, "1")) == 1

    await world.time_passes(8 * DAY)
    live = await world.order()
    await announced(world)
    await tidy_up(day)
    assert await movements(world) == 0
    assert await done(world, step(following.resume, "1")) is StreamResetReason.POSITION_EXPIRED
    assert await done(world, step(following.resume, str(last))) == last
    assert await history(world, order) == told

    await world.time_passes(HISTORY + DAY)
    await tidy_up(day)
    assert await history(world, order) == Counter()
    assert await history(world, live), "what is not over is not history"


async def test_what_is_of_no_use_any_more_goes_and_the_rest_stays(day: Day) -> None:
    world = day.world
    await leave_things(world, world.kitchen)
    await world.time_passes(31 * DAY)
    await leave_things(world, world.market)
    before = await count(world)
    assert before == dict.fromkeys(before, 2)

    task = await tidy_up(day)

    assert await count(world) == {**dict.fromkeys(before, 1), "dead letters": 2}
    assert (task.state, task.attempts) == (TaskState.PENDING, 0)


async def test_what_is_too_much_for_once_is_done_in_several_goes(day: Day) -> None:
    many = tidying.AT_ONCE * housekeeping.ROUNDS
    async with day.world.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO tasks (id, kind, subject_id, dedup, state, due, token, attempts,"
                " errors, finished_at) SELECT gen_random_uuid(), 'done', gen_random_uuid(), 'done',"
                " 'DONE', now(), 0, 0, '[]', now() - interval '30 days'"
                " FROM generate_series(1, :many)"
            ),
            {"many": many + 1},
        )
    task = await tidy_up(day)
    async with day.world.transaction() as session:
        left = await session.scalar(select(func.count(Task.id)).where(Task.kind == "done"))
        soon = task.due - (await session.scalars(select(now()))).one()
    assert left == 1
    assert soon <= housekeeping.SOON


async def leave_things(world: World, restaurant: UUID) -> None:
    """One of each kind, that is of use for now."""
    account = await world.account(str(restaurant), port="kitchen", provider="poster", base_url="")
    async with world.transaction() as session:
        at = (await session.scalars(select(now()))).one()
        session.add_all(
            [
                Webhook(account_id=account, dedupe_key="1", raw=b"", headers={}, received_at=at),
                Letter(purpose=Purpose.ACTIVATION, email="a@b.test", created_at=at),
                Session(
                    family_id=uuid4(), user_id=world.customer.id,
                    token_hash=uuid4().bytes, expires_at=at,
                ),
                IdempotencyKey(
                    actor_id=world.customer.id, key=str(restaurant), operation="placeOrder",
                    fingerprint=b"", created_at=at,
                ),
                KitchenSlot(restaurant_id=restaurant, starts_at=at, places=1),
                _over(TaskState.DONE, at),
                _over(TaskState.DEAD, at),
            ]
        )  # fmt: skip


def _over(state: TaskState, at: object) -> Task:
    return Task(
        kind="anything", subject_id=ids.new(), dedup=str(ids.new()), state=state, due=at,
        finished_at=at,
    )  # fmt: skip


async def count(world: World) -> dict[str, int]:
    over = select(func.count()).where(Task.kind == "anything")
    queries = {
        "tasks": over.where(Task.state == TaskState.DONE),
        "dead letters": over.where(Task.state == TaskState.DEAD),
        **{
            model.__tablename__: select(func.count()).select_from(model)
            for model in (Webhook, Letter, Session, IdempotencyKey, KitchenSlot)
        },
    }
    async with world.transaction() as session:
        return {
            name: (await session.execute(query)).scalar_one() for name, query in queries.items()
        }
