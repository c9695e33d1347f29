from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from catering.domain import ids
from catering.domain.deliveries import CARRIED, DeliveryStatus
from catering.domain.offers import OfferStatus
from catering.domain.orders import CancellationReason
from catering.domain.people import Actor
from catering.domain.refusals import (
    DriverBusy,
    DriverOffline,
    NotFound,
    OfferExpired,
    OfferTaken,
    Refused,
)
from catering.models import Delivery, Driver, Offer
from catering.services import cancelling, driving, offering, overdue
from catering.services import kitchens as kitchens_
from catering.services.planning import plan
from tests.world import AT_KITCHEN, World

from .acting import Day, Step, done, refused, sought, step


async def test_who_takes_an_offer_has_the_delivery(day: Day) -> None:
    id = await day.assigned(day.world.portion(day.world.borscht))

    delivery = await day.delivery(id)
    assert (delivery.status, delivery.driver_id) == (DeliveryStatus.ASSIGNED, day.world.driver.id)
    assert [offer.status for offer in delivery.offers] == [OfferStatus.ACCEPTED]
    assert await day.waits(id) == ["courier_silent", "ticket_late"]


async def test_of_two_who_were_asked_one_gets_it(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    await day.online(world.second_driver)
    first = await day.offer(id)
    second = await _also_offered(world, first, to=world.second_driver)
    await day.do(step(offering.accept, first.id, by=world.driver))

    for answer in (offering.accept, offering.decline):
        await refused(world, step(answer, second, by=world.second_driver), OfferTaken)


async def test_an_offer_cannot_be_answered_twice(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    offer = await day.offer(id)
    await day.do(step(offering.decline, offer.id, by=world.driver))

    await refused(world, step(offering.accept, offer.id, by=world.driver), OfferTaken)


async def test_an_answer_after_forty_seconds_comes_too_late(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    offer = await day.offer(id)
    accept = step(offering.accept, offer.id, by=world.driver)

    await world.time_passes(offer.expires_at - await day.clock())  # and nobody has noticed yet
    (no,) = await refused(world, accept, OfferExpired)
    assert no.expired_at == offer.expires_at
    await day.work()
    assert (await day.delivery(id)).offers[0].status is OfferStatus.EXPIRED
    await refused(world, accept, OfferExpired)


async def test_a_driver_who_went_offline_takes_nothing(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    offer = await day.offer(id)
    async with world.transaction() as session:
        await session.execute(update(Driver).values(online=False))

    await refused(world, step(offering.accept, offer.id, by=world.driver), DriverOffline)


async def test_a_driver_who_carries_takes_no_second_delivery(day: Day) -> None:
    world = day.world
    carried = await day.delivery(await day.collected(world.portion(world.borscht)))
    await day.online(world.second_driver)
    id = await day.searched(world.portion(world.borscht))
    offer = await _also_offered(world, await day.offer(id), to=world.driver)

    (no,) = await refused(world, step(offering.accept, offer, by=world.driver), DriverBusy)

    assert no.delivery_id == carried.id


async def test_an_offer_is_nobody_elses(day: Day) -> None:
    world = day.world
    offer = await day.offer(await day.offered(world.portion(world.borscht)))

    for by in (world.second_driver, world.customer, world.cook):
        await refused(world, step(offering.accept, offer.id, by=by), NotFound)


async def test_an_offer_for_what_was_called_off_is_withdrawn(day: Day) -> None:
    world = day.world
    id = await day.offered(world.portion(world.borscht))
    offer = await day.offer(id)
    await day.do(step(cancelling.cancel, id, CancellationReason.OTHER, None, by=world.manager))

    await refused(world, step(offering.accept, offer.id, by=world.driver), OfferTaken)


async def test_of_twenty_yeses_at_once_one_counts(committed: World) -> None:
    world = committed
    offer = await _offered(world)

    said = await _race(world, [step(offering.accept, offer, by=world.driver)] * 20)

    assert said == {"yes": 1, "OFFER_TAKEN": 19}


async def test_two_drivers_at_once_share_no_delivery(committed: World) -> None:
    world = committed
    first = await _offered(world)
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.second_driver)
        offer = await session.get_one(Offer, first)
    second = await _also_offered(world, offer, to=world.second_driver)
    yes = offering.accept

    said = await _race(
        world, [step(yes, first, by=world.driver), step(yes, second, by=world.second_driver)] * 5
    )

    assert said == {"yes": 1, "OFFER_TAKEN": 9}


async def test_nobody_is_offline_and_carries(committed: World) -> None:
    """The driver says yes and goes offline at once: one of both holds, whichever was first."""
    world = committed
    for _ in range(5):
        offer = await _offered(world)

        await _race(
            world,
            [
                step(driving.go_offline, None, by=world.driver),
                step(offering.accept, offer, by=world.driver),
            ],
        )

        async with world.transaction() as session:
            query = select(Delivery).where(Delivery.driver_id == world.driver.id)
            carried = await session.scalar(query.where(Delivery.status.in_(CARRIED)))
            driver = await session.get_one(Driver, world.driver.id)
            assert driver.online is (carried is not None)
            await session.execute(update(Delivery).values(status="CANCELLED"))
            await session.execute(update(Offer).values(status="WITHDRAWN"))


async def _race(world: World, steps: list[Step[Any]]) -> Counter[str]:
    async def take(one: Step[Any]) -> str:
        try:
            await done(world, one)
        except Refused as no:
            return str(no.refusals[0].code)
        return "yes"

    return Counter(await asyncio.gather(*map(take, steps)))


async def _also_offered(world: World, offer: Offer, to: Actor) -> UUID:
    """Another driver is asked for the same: the rules never do that, so we do."""
    id = ids.new()
    async with world.transaction() as session:
        session.add(
            Offer(
                id=id, delivery_id=offer.delivery_id, driver_id=to.id, status=OfferStatus.SENT,
                reward=offer.reward, currency=offer.currency, distance_m=1,
                expires_at=offer.expires_at,
            )
        )  # fmt: skip
    return id


async def _offered(world: World) -> UUID:
    """An order that was offered just now, all committed."""
    async with world.transaction() as session:
        await driving.go_online(session, AT_KITCHEN, by=world.driver)
    id = await world.order(world.portion(world.borscht))
    (ticket,) = (await world.look(id)).tickets
    await done(world, step(kitchens_.begin_submission, ticket.id))
    await done(world, step(kitchens_.accept, ticket.id, None, by=world.cook))
    await done(world, step(plan, id))
    delivery = (await world.look(id)).delivery
    assert delivery is not None
    await done(world, step(overdue.search_due, delivery.id))
    await sought(world)
    (offer,) = (await world.look(id)).deliveries[0].offers
    return offer.id
