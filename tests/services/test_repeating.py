from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.baskets import Wish
from catering.domain.people import Actor
from catering.domain.refusals import EmptyOrder, IdempotencyConflict, Refusal
from catering.models import IdempotencyKey, Order
from catering.services import ordering, repeating, travelling
from catering.services.repeating import KEPT
from tests.world import World

from .acting import Day, Step, done, everything, refused, step


async def test_saying_it_twice_orders_once(world: World) -> None:
    wish = world.wish()
    first = await done(world, placing(wish, by=world.customer))
    before = await everything(world)

    assert await done(world, placing(wish, by=world.customer)) == first

    assert await everything(world) == before


async def test_a_key_is_for_one_request(world: World) -> None:
    await done(world, placing(world.wish(), by=world.customer))
    other = world.wish(world.portion(world.bread))

    (no,) = await refused(world, placing(other, by=world.customer), IdempotencyConflict)

    assert no.path == ("idempotencyKey",)
    async with world.transaction() as session:
        key = (await session.scalars(select(IdempotencyKey))).one()
        assert no.retry_after == key.created_at + KEPT


async def test_a_key_is_one_persons_own(world: World) -> None:
    wish = world.wish()
    first = await done(world, placing(wish, by=world.customer))
    assert await done(world, placing(wish, by=world.stranger)) != first


async def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    wish = world.wish(world.portion(world.borscht))
    first = await done(world, placing(wish, by=world.customer))
    await world.time_passes(KEPT)
    assert await done(world, placing(wish, by=world.customer)) == first
    await world.time_passes(timedelta(seconds=1))
    assert await done(world, placing(wish, by=world.customer)) != first


async def test_a_refusal_is_not_kept(world: World) -> None:
    bad = world.wish()
    bad = Wish(
        bad.type, type(bad.basket)((), bad.basket.destination), bad.contact_phone,
        bad.payment_method,
    )  # fmt: skip

    await refused(world, placing(bad, by=world.customer), EmptyOrder)

    assert isinstance(await done(world, placing(world.wish(), by=world.customer)), UUID)


async def test_a_refusal_that_is_given_back_is_not_kept_either(day: Day) -> None:
    """A wrong PIN is stored, so it is no exception; the next try with the same key is a new one."""
    world = day.world
    id = await day.at_the_door(world.portion(world.borscht))
    door, driver = (await day.stops(id))[-1], world.driver

    async def once(session: AsyncSession) -> UUID | Refusal:
        wrong = step(travelling.complete, door.id, "?", None, None, by=driver)
        return await repeating.once(
            session, "key", "completeStop", "?", lambda: wrong(session), by=driver
        )

    for tries in (1, 2):
        assert isinstance(await done(world, once), Refusal)
        assert (await world.look(id)).pin_failures == tries


async def test_two_at_once_with_one_key_order_once(committed: World) -> None:
    world = committed
    wish = world.wish()

    ids = await asyncio.gather(*(done(world, placing(wish, by=world.customer)) for _ in range(8)))

    assert len(set(ids)) == 1
    async with world.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1


def placing(wish: Wish, *, by: Actor) -> Step[UUID | Refusal]:
    return lambda session: repeating.once(
        session, "key", "placeOrder", wish, lambda: ordering.place(session, wish, by=by), by=by
    )
