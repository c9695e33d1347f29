"""Where a driver is: for those who may know it, as he was seen last."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.changes import Lookout, Nowhere
from catering.database import clock
from catering.domain.geography import Point
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.domain.whereabouts import Fix
from catering.models import Delivery, Driver
from catering.services import driving, travelling
from tests.graphql.conftest import Ask
from tests.graphql.steps import assigned, shown
from tests.world import AT_KITCHEN, World

WHERE = "position { latitude } positionAt"
LOOK = f"query ($id: ID!) {{ order(id: $id) {{ delivery {{ {WHERE} driver {{ {WHERE} }} }} }} }}"
DRIVER = f"query ($id: ID!) {{ node(id: $id) {{ ... on Driver {{ {WHERE} }} }} }}"
ERASE = "mutation ($id: ID!) { eraseUser(input: {userId: $id}) { errors { __typename } } }"
NORTH = Point(50.5, 30.52)
A_MILLISECOND = timedelta(milliseconds=1)
NOTHING = {"position": None, "positionAt": None}


@pytest.fixture
def driver(world: World) -> UUID:
    assert world.driver.id is not None
    return world.driver.id


async def now(world: World) -> datetime:
    async with world.transaction() as session:
        return await clock(session)


async def looked(ask: Ask, order: UUID, by: Actor) -> tuple[Any, Any]:
    """What is seen of the delivery and of its driver."""
    delivery = (await ask(LOOK, by=by, id=shown(Prefix.ORDER, order)))["order"]["delivery"]
    return delivery, delivery.pop("driver")


def is_at(seen: Any, point: Point, at: datetime) -> bool:
    close = seen["position"]["latitude"] == pytest.approx(point.latitude, abs=1e-5)
    return close and abs(datetime.fromisoformat(seen["positionAt"]) - at) < A_MILLISECOND


async def test_who_may_see_a_position_sees_the_newest(
    ask: Ask, world: World, driver: UUID, lookout: Lookout
) -> None:
    ask.whereabouts = lookout
    order = await world.order()
    delivery = await assigned(world, order)
    begun = await now(world)
    async with world.transaction() as session:
        await driving.report_position(session, AT_KITCHEN, begun, by=world.driver)
    measured, heard = begun + timedelta(seconds=4), begun + timedelta(seconds=5)
    await lookout.follow(driver, Fix(NORTH, measured), heard)

    for who in (world.customer, world.driver, world.manager):
        of_delivery, of_driver = await looked(ask, order, who)
        assert is_at(of_delivery, NORTH, heard)
        if who is world.customer:
            assert of_driver == NOTHING, "where he is is shown with the delivery alone"
        else:
            assert is_at(of_driver, NORTH, measured)

    await world.time_passes(timedelta(seconds=6))
    async with world.transaction() as session:
        await driving.report_position(session, AT_KITCHEN, await clock(session), by=world.driver)
    for seen in await looked(ask, order, world.manager):
        assert is_at(seen, AT_KITCHEN, await now(world))
    ask.whereabouts = Nowhere()
    assert is_at((await looked(ask, order, world.manager))[1], AT_KITCHEN, await now(world))

    async with world.transaction() as session:
        await travelling.release(session, delivery.id, by=world.driver)
    await lookout.follow(driver, Fix(NORTH, measured), heard + timedelta(minutes=1))
    ask.whereabouts = lookout
    assert await looked(ask, order, world.customer) == (NOTHING, None)


async def test_a_delivery_that_has_ended_does_not_follow_its_driver(
    ask: Ask, world: World, driver: UUID, lookout: Lookout
) -> None:
    ask.whereabouts = lookout
    order = await world.order()
    delivery = await assigned(world, order)
    async with world.transaction() as session:
        await driving.report_position(session, AT_KITCHEN, await clock(session), by=world.driver)
        ended = update(Delivery).where(Delivery.id == delivery.id).values(status="DELIVERED")
        await session.execute(ended)
    later = await now(world) + timedelta(seconds=5)
    await lookout.follow(driver, Fix(NORTH, later), later)
    of_delivery, _ = await looked(ask, order, world.customer)
    assert is_at(of_delivery, AT_KITCHEN, await now(world))


async def test_a_delivery_is_where_its_driver_took_it_until_he_reports(
    ask: Ask, world: World, driver: UUID, lookout: Lookout
) -> None:
    """He may have come online since Redis heard of him."""
    ask.whereabouts = lookout
    before = await now(world) - timedelta(minutes=5)
    await lookout.follow(driver, Fix(NORTH, before), before)
    order = await world.order()
    await assigned(world, order)
    of_delivery, _ = await looked(ask, order, world.customer)
    assert of_delivery == {"position": {"latitude": AT_KITCHEN.latitude}, "positionAt": None}


async def test_who_was_erased_is_nowhere(
    ask: Ask, world: World, driver: UUID, lookout: Lookout
) -> None:
    ask.whereabouts = lookout
    later = await now(world) + timedelta(seconds=5)
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.driver)
    await lookout.follow(driver, Fix(NORTH, later), later)
    admin = replace(world.manager, role=Role.ADMIN)
    answer = await ask(ERASE, by=admin, id=shown(Prefix.USER, driver))
    assert answer == {"eraseUser": {"errors": []}}
    assert await lookout.everybody() == {}

    # Redis was away just then, say: it still knows what PostgreSQL has forgotten.
    await lookout.follow(driver, Fix(NORTH, later), later)
    assert (await ask(DRIVER, by=admin, id=shown(Prefix.DRIVER, driver)))["node"] == NOTHING
    async with world.transaction() as session:
        assert (await session.get_one(Driver, driver)).position_at is None
