"""A closed account: nobody gets in, and a driver's work goes to others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from catering.domain.deliveries import DeliveryStatus
from catering.domain.offers import OfferStatus
from catering.domain.people import Actor, Role
from catering.domain.refusals import (
    AccountSuspended,
    DriverNotApproved,
    DriverOffline,
    ForbiddenStep,
    NotFound,
    Refused,
)
from catering.models import Driver, Offer, User
from catering.services import driving, offering, sessions, suspending, tokens, travelling
from catering.services.sessions import Credentials
from catering.services.tokens import BadToken
from catering.settings import Settings
from tests.services.acting import Day, refused, step
from tests.world import AT_KITCHEN, World


async def closed(day: Day, whom: Actor) -> None:
    assert whom.id is not None
    await day.do(step(suspending.suspend, whom.id, "He was rude.", by=day.world.manager))


async def driver_row(world: World) -> Driver:
    async with world.transaction() as session:
        return await session.get_one(Driver, world.driver.id)


async def test_nobody_gets_in_with_a_closed_account_until_it_is_opened(
    world: World, day: Day, settings: Settings
) -> None:
    id = world.customer.id
    assert id is not None
    async with world.transaction() as session:
        begun = await sessions.begin(session, id, Role.CUSTOMER, settings)
    await closed(day, world.customer)
    known = Credentials(id, "-")
    async with world.transaction() as session:
        with pytest.raises(BadToken):
            await tokens.read(session, begun.access_token)
        stale = await sessions.refresh(session, begun.refresh_token, settings)
        assert not isinstance(stale, sessions.Tokens)
    await refused(world, step(sessions.sign_in, known, None, settings), AccountSuspended)

    await day.do(step(suspending.reinstate, id, by=world.manager))
    async with world.transaction() as session:
        again = await sessions.sign_in(session, known, None, settings)
        assert (await tokens.read(session, again.access_token)).actor == world.customer


async def test_the_offer_of_a_suspended_driver_goes_to_the_next(world: World, day: Day) -> None:
    id = await day.offered()
    first = await day.offer(id)
    await day.online(world.second_driver)
    await closed(day, world.driver)

    async with world.transaction() as session:
        offers = await session.scalars(select(Offer).order_by(Offer.created_at, Offer.id))
        told = [(offer.driver_id, offer.status) for offer in offers]
    assert told == [
        (world.driver.id, OfferStatus.WITHDRAWN), (world.second_driver.id, OfferStatus.SENT),
    ]  # fmt: skip
    assert not (await driver_row(world)).online
    await refused(world, step(driving.go_online, AT_KITCHEN, by=world.driver), DriverNotApproved)
    with pytest.raises(Refused):
        await day.do(step(offering.accept, first.id, by=world.driver))


async def test_what_a_suspended_driver_has_not_collected_is_searched_for_again(
    world: World, day: Day
) -> None:
    id = await day.assigned()
    await closed(day, world.driver)
    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (DeliveryStatus.SEARCHING, None)
    assert "carrier_search" in await day.waits(id)


async def test_with_the_food_on_board_a_manager_is_called(world: World, day: Day) -> None:
    id = await day.collected()
    await closed(day, world.driver)
    delivery = await day.delivery(id)
    assert (delivery.driver_id, delivery.escalated) == (world.driver.id, True)
    assert "delivery_unhandled" in await day.waits(id)


async def test_what_goes_back_needs_no_manager_and_is_back_in_time(world: World, day: Day) -> None:
    id = await day.at_the_door()
    called = step(travelling.try_contact, (await day.delivery(id)).id, None, by=world.driver)
    await day.do(called)
    await day.do(called)
    await day.passes(minutes=7)
    assert (await day.delivery(id)).status is DeliveryStatus.RETURNING

    await closed(day, world.driver)

    assert await day.waits(id) == ["return_overdue"]
    await day.passes(minutes=60)
    assert (await day.delivery(id)).status is DeliveryStatus.RETURNED


async def test_who_was_offered_work_while_he_was_suspended_cannot_take_it(
    world: World, day: Day
) -> None:
    offer = await day.offer(await day.offered())
    async with world.transaction() as session:  # and no worker has come yet
        await suspending.suspend(session, world.driver.id, "Rude.", by=world.manager)  # type: ignore[arg-type]
    await refused(world, step(offering.accept, offer.id, by=world.driver), DriverOffline)


async def test_managers_are_closed_by_admins_and_admins_by_nobody(world: World) -> None:
    async with world.transaction() as session:
        boss = User(email="boss@test", password_hash="-", display_name="Boss", role=Role.ADMIN)
        session.add(boss)
    admin = Actor(boss.id, Role.ADMIN)
    assert world.manager.id is not None
    for whom, by in ((world.manager.id, world.manager), (boss.id, world.manager), (boss.id, admin)):
        await refused(world, step(suspending.suspend, whom, "No.", by=by), ForbiddenStep)
    await refused(world, step(suspending.suspend, world.kitchen, "No.", by=admin), NotFound)
    async with world.transaction() as session:
        await suspending.suspend(session, world.manager.id, "Yes.", by=admin)
    async with world.transaction() as session:
        manager = await session.get_one(User, world.manager.id)
        assert (manager.suspended_at is not None, manager.suspension) == (True, "Yes.")
