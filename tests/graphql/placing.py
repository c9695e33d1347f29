"""Placing an order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from catering.domain.ids import Prefix
from catering.models import Order
from tests.graphql.conftest import Ask
from tests.graphql.steps import shown
from tests.world import World

PLACE = """
mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order { id number status version total { amount currency } payment { method status } pin }
    errors {
      __typename
      ... on UserError { code message path }
      ... on InvalidInput { rule }
      ... on ProductUnavailable { product { name } availableQuantity alternatives { name } }
      ... on PriceChanged { expected { amount } actual { amount } }
      ... on KitchenFull { restaurant { name } nextSlots { from until } nextWindow { from until } }
    }
    query { orders { totalCount } }
  }
}
"""


def wish(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "lines": [
            {"productId": shown(Prefix.PRODUCT, world.borscht)},
            {"productId": shown(Prefix.PRODUCT, world.juice), "quantity": 2},
        ],
        "destination": {
            "line": "вул. Антоновича, 50", "location": {"latitude": 50.4318, "longitude": 30.5137},
        },
        "contactPhone": "067 123 45 67",
        "paymentMethod": "CASH",
        "idempotencyKey": "one",
        **changes,
    }  # fmt: skip


async def placed(ask: Ask, world: World, **changes: Any) -> Any:
    data = await ask(PLACE, by=world.customer, input=wish(world, **changes))
    return data["placeOrder"]


async def how_many(world: World) -> int:
    async with world.transaction() as session:
        return int((await session.execute(select(func.count(Order.id)))).scalar_one())
