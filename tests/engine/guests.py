"""Customers who order over HTTP, and say it again with the same key when nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import select

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.models import Order
from catering.settings import Settings
from catering.transport.codes import Code
from tests.graphql.placing import wish
from tests.live.serving import Api
from tests.world import World

from .watching import token

PLACE: Final = """mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { id } errors { ... on UserError { code message } } } }"""


@dataclass(frozen=True)
class Guest:
    """The customer of a world, signed in."""

    world: World
    token: str

    @classmethod
    async def of(cls, world: World, settings: Settings) -> Self:
        return cls(world, await token(world, world.customer, settings))

    async def ask(self, api: Api, key: str) -> dict[str, Any]:
        """What the API says to an order under this key. Raises `TransportError` when it does not
        say anything."""
        juice = ids.encode(Prefix.PRODUCT, self.world.juice)
        borscht = ids.encode(Prefix.PRODUCT, self.world.borscht)
        lines = [{"productId": borscht}, {"productId": juice}]
        return await api.ask(
            PLACE, self.token, input=wish(self.world, lines=lines, idempotencyKey=key)
        )

    async def order(self, api: Api, key: str) -> UUID:
        """The order of this key: it has to be made, or to be there already."""
        return placed(await self.ask(api, key))

    async def orders(self) -> set[UUID]:
        """All orders that he has."""
        query = select(Order.id).where(Order.customer_id == self.world.customer.id)
        async with self.world.transaction() as session:
            return set((await session.scalars(query)).all())


def placed(answer: dict[str, Any]) -> UUID:
    """The order that an answer tells of."""
    told = answer["data"]["placeOrder"]
    assert told["errors"] == [], answer
    _, id = ids.decode(told["order"]["id"])
    return id


def is_unavailable(answer: dict[str, Any]) -> bool:
    """Whether it says: try again. Anything but this and an order fails the test."""
    if "errors" not in answer:
        placed(answer)
        return False
    assert {error["extensions"]["code"] for error in answer["errors"]} == {Code.UNAVAILABLE}, answer
    return True
