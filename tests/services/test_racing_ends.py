"""Somebody ends an order while somebody else goes on with it: one of both holds, whoever comes
first, and the other is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import pytest

from catering.domain.deliveries import DeliveryStatus
from catering.domain.ledger import Bearer
from catering.domain.orders import CancellationReason, OrderStatus
from catering.domain.people import Actor
from catering.domain.refunds import Claim, RefundReason
from catering.domain.refusals import Refused
from catering.models import Order, Stop
from catering.services import cancelling, refunding, travelling
from tests.engine.processes import until
from tests.graphql.steps import assigned
from tests.world import World

from .acting import Step, done, somebody_waits, step
from .replaying import must_replay


@pytest.mark.parametrize(
    ("first", "ends_as", "is_carried"),
    [
        ("cancel", OrderStatus.CANCELLED, DeliveryStatus.CANCELLED),
        ("collect", OrderStatus.IN_DELIVERY, DeliveryStatus.TO_DROPOFF),
    ],
)
async def test_what_is_called_off_and_collected_at_once_is_one_of_both(
    committed: World, first: str, ends_as: OrderStatus, is_carried: DeliveryStatus
) -> None:
    world = committed
    id, (pickup, _) = await _at_the_kitchen(world)
    steps = {"cancel": _cancelling(id, world.customer), "collect": _completing(world, pickup)}

    assert await _at_once(world, steps, first) == "FORBIDDEN_STEP"

    order = await world.look(id)
    assert (order.status, order.deliveries[0].status) == (ends_as, is_carried)
    await _must_be_whole(world, id)


@pytest.mark.parametrize(
    ("first", "ends_as", "paid"),
    [("cancel", OrderStatus.CANCELLED, False), ("deliver", OrderStatus.DELIVERED, True)],
)
async def test_what_is_called_off_and_handed_over_at_once_is_one_of_both(
    committed: World, first: str, ends_as: OrderStatus, paid: bool
) -> None:
    world = committed
    id, stops = await _at_the_door(world)
    pin = (await world.look(id)).pin
    steps = {
        "cancel": _cancelling(id, world.manager),
        "deliver": _completing(world, stops[-1], pin),
    }

    assert await _at_once(world, steps, first) == "FORBIDDEN_STEP"

    order = await world.look(id)
    assert (order.status, bool(order.captured)) == (ends_as, paid)
    assert (await world.kinds(id)).count("DELIVERY_DELIVERED") == paid
    await _must_be_whole(world, id)


async def test_what_is_given_back_by_two_at_once_is_given_back_once(committed: World) -> None:
    world = committed
    id, stops = await _at_the_door(world)
    order = await world.look(id)
    await done(world, _completing(world, stops[-1], order.pin))
    claim = Claim((order.total, "UAH"), RefundReason.BAD, Bearer.PLATFORM)
    steps = {who: step(refunding.refund, id, claim, by=world.manager) for who in ("one", "two")}

    assert await _at_once(world, steps, "one") == "INVALID_INPUT"

    order = await world.look(id)
    assert order.refunded == order.captured == order.total
    assert (await world.kinds(id)).count("ORDER_REFUND_GRANTED") == 1
    await _must_be_whole(world, id)


async def _at_once(world: World, steps: Mapping[str, Step[object]], first: str) -> str:
    """The first is about to commit when the other comes, who has to wait; what he is told then."""
    (second,) = (take for name, take in steps.items() if name != first)
    async with world.transaction() as session:
        await steps[first](session)
        await session.flush()
        coming = asyncio.create_task(done(world, second))
        await until(lambda: somebody_waits(world))
        assert not coming.done()
    with pytest.raises(Refused) as no:
        await coming
    return str(no.value.refusals[0].code)


async def _at_the_kitchen(world: World) -> tuple[UUID, list[Stop]]:
    """An order whose driver stands where its food is, and all his stops."""
    id = await world.order(world.portion(world.borscht))
    await assigned(world, id)
    stops = (await world.look(id)).deliveries[0].stops
    await done(world, step(travelling.arrive, stops[0].id, None, by=world.driver))
    return id, stops


async def _at_the_door(world: World) -> tuple[UUID, list[Stop]]:
    id, stops = await _at_the_kitchen(world)
    await done(world, _completing(world, stops[0]))
    await done(world, step(travelling.arrive, stops[1].id, None, by=world.driver))
    return id, stops


def _cancelling(id: UUID, by: Actor) -> Step[Order]:
    return step(cancelling.cancel, id, CancellationReason.CHANGED_MIND, None, by=by)


def _completing(world: World, stop: Stop, pin: str | None = None) -> Step[object]:
    return step(travelling.complete, stop.id, pin, None, None, by=world.driver)


async def _must_be_whole(world: World, id: UUID) -> None:
    """It is what its events say, and its books are even."""
    await must_replay(world, id)
    assert sum((await world.balances(id)).values()) == 0
    assert not (await world.look(id)).needs_action
