"""A crowd that wants the last of something."""

from __future__ import annotations

from sqlalchemy import func, select

from catering.database import Transaction
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.models import Product, Ticket
from catering.services import supplying
from tests.world import World

from .crowds import at_once, crowd
from .serving import Api

PLACE = """mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { status } errors { ... on UserError { code } } } }"""


async def test_two_hundred_at_once_share_the_last_ten_portions(
    api: Api, transaction: Transaction
) -> None:
    world = await World.made(transaction)
    async with transaction() as session:
        await supplying.set_daily_quota(session, world.borscht, 10, by=world.cook)
    wish = {
        "lines": [{"productId": ids.encode(Prefix.PRODUCT, world.borscht)}],
        "destination": {
            "line": "вул. Антоновича, 50", "location": {"latitude": 50.4318, "longitude": 30.5137},
        },
        "contactPhone": "+380671234567", "paymentMethod": "CASH", "idempotencyKey": "one",
    }  # fmt: skip
    people = await crowd(transaction, 200, Role.CUSTOMER)

    told = await at_once(api.url, PLACE, [(token, wish) for token in people.values()])

    assert told == {(200, "done"): 10, (200, "PRODUCT_UNAVAILABLE"): 190}
    async with transaction() as session:
        assert (await session.get_one(Product, world.borscht)).quota_left == 0
        cooked = select(func.count()).select_from(Ticket)
        assert await session.scalar(cooked.where(Ticket.restaurant_id == world.kitchen)) == 10
