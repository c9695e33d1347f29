"""Whoever watches a delivery sees it move, between what is written down as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from catering.changes import Lookout
from catering.database import Transaction, now
from catering.domain.deliveries import DeliveryStatus
from catering.domain.events import EventKind
from catering.domain.geography import Point
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.domain.whereabouts import Fix
from catering.models import Delivery, Driver
from catering.resolvers.streaming import Moment
from catering.resolvers.tracking import TrackingScreen
from catering.schema.context import Context
from catering.schema.live import PositionChanged

from .asking import TRACKING, text
from .people import Person, Town
from .riding import Ride, moved
from .serving import Api


@pytest.fixture
async def driver(town: Town, transaction: Transaction) -> Person:
    driver = await town.person(Role.DRIVER)
    async with transaction() as session:
        online = update(Driver).where(Driver.id == driver.id).values(online=True)
        await session.execute(online)
    return driver


@pytest.fixture
async def delivery(town: Town, order: UUID, driver: Person) -> UUID:
    """It is on its way, and was written down just now."""
    id = await town.delivery(order, driver)
    await town.becomes(Delivery, id, status=DeliveryStatus.TO_PICKUP, position_at=now())
    return id


@pytest.mark.usefixtures("lookout")
async def test_a_courier_is_seen_between_two_events(
    api: Api, town: Town, anna: Person, driver: Person, delivery: UUID
) -> None:
    ride = Ride(api, driver.token)
    async with api.socket(anna.token) as socket:
        await socket.subscribe(TRACKING, id=text(Prefix.DELIVERY, delivery))
        _, begun = await moved(socket)

        await ride.on(meters=1_000)
        where, position = await moved(socket)
        assert (round(where, 4), position) == (round(ride.latitude, 4), begun)

        there = {"latitude": 50.47, "longitude": 30.52}
        event = await town.happens(
            EventKind.COURIER_MOVED, delivery, delivery_id=delivery, data=there
        )
        assert await moved(socket) == (50.47, str(event))

    async with api.socket(anna.token) as socket:
        await socket.subscribe(TRACKING, id=text(Prefix.DELIVERY, delivery), after=position)
        assert await moved(socket) == (50.47, str(event)), "nothing that was written is left out"


async def test_nobody_is_told_oftener_than_each_second_or_of_an_older_place(
    anna: Person, driver: Person, delivery: UUID, transaction: Transaction, lookout: Lookout
) -> None:
    nothing: Any = None
    who = Actor(anna.id, Role.CUSTOMER)
    context = Context(who, transaction, nothing, nothing, whereabouts=lookout)
    screen = TrackingScreen(delivery, who)
    begun = datetime.now(UTC) + timedelta(seconds=5)

    async def told(after: float, latitude: float) -> float | None:
        at = begun + timedelta(seconds=after)
        await lookout.follow(driver.id, Fix(Point(latitude, 30.52), at), at)
        said = await screen.between(context, 7)
        assert said is None or (said.position, said.occurred_at) == ("7", at)
        return None if said is None else round(said.at.latitude, 3)

    assert await told(0, 50.46) == 50.46
    assert await screen.between(context, 7) is None, "that was told"
    assert await told(0.9, 50.4601) is None
    assert await told(4.0, 50.4620) == 50.462
    async with transaction() as session:
        estimate: Any = SimpleNamespace(kind=EventKind.ORDER_ESTIMATED, status=None)
        said = await screen.tell(session, estimate, Moment("8", begun))
    assert isinstance(said, PositionChanged)
    assert said.at.latitude > 50.461, "as far as he was told already"


async def test_who_may_not_see_a_delivery_any_more_is_told_nothing(
    town: Town, driver: Person, delivery: UUID, transaction: Transaction, lookout: Lookout
) -> None:
    nothing: Any = None
    later = datetime.now(UTC) + timedelta(seconds=5)
    await lookout.follow(driver.id, Fix(Point(50.46, 30.52), later), later)
    for person, sees in ((driver, True), (await town.person(Role.CUSTOMER), False)):
        who = Actor(person.id, person.role)
        context = Context(who, transaction, nothing, nothing, whereabouts=lookout)
        said = await TrackingScreen(delivery, who).between(context, 1)
        assert (said is not None) is sees
    await town.becomes(Delivery, delivery, driver_id=None, status=DeliveryStatus.SEARCHING)
    manager = Actor((await town.person(Role.MANAGER)).id, Role.MANAGER)
    context = Context(manager, transaction, nothing, nothing, whereabouts=lookout)
    assert await TrackingScreen(delivery, manager).between(context, 1) is None
