"""A crowd of drivers who all say yes to the same delivery."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from catering.database import Transaction
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.offers import OfferStatus
from catering.domain.people import Role
from catering.models import Delivery, Driver, Offer
from tests.graphql.steps import offered
from tests.world import World

from .crowds import at_once, crowd
from .serving import Api

ACCEPT = """mutation ($input: AcceptOfferInput!) {
  acceptOffer(input: $input) { offer { status } errors { ... on UserError { code } } } }"""


async def test_of_two_hundred_who_say_yes_one_gets_it_and_the_others_are_told(
    api: Api, transaction: Transaction
) -> None:
    world = await World.made(transaction)
    delivery, first = await offered(world, await world.order(world.portion(world.borscht)))
    people = await crowd(transaction, 200, Role.DRIVER)
    offers = {id: ids.new() for id in people}
    async with transaction() as session:
        session.add_all(
            Driver(id=id, vehicle="CAR", online=True, approved_at=func.catering_now())
            for id in people
        )
        await session.flush()
        session.add_all(
            Offer(
                id=offers[id], delivery_id=delivery.id, driver_id=id, status=OfferStatus.SENT,
                reward=first.reward, currency=first.currency, distance_m=1,
                expires_at=func.catering_now() + timedelta(hours=1),
            )
            for id in people
        )  # fmt: skip
    yes = [
        (token, {"offerId": ids.encode(Prefix.OFFER, offers[id]), "idempotencyKey": "yes"})
        for id, token in people.items()
    ]

    told = await at_once(api.url, ACCEPT, yes)

    assert told == {(200, "done"): 1, (200, "OFFER_TAKEN"): 199}
    async with transaction() as session:
        of_it = select(Offer.status).where(Offer.delivery_id == delivery.id)
        statuses = await session.scalars(of_it)
        assert Counter(statuses) == {OfferStatus.ACCEPTED: 1, OfferStatus.WITHDRAWN: 200}
        carried = (await session.get_one(Delivery, delivery.id)).driver_id
        assert carried in people
