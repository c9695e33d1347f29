"""A crowd that wants the last of something, at the door of a real server."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta

import httpx
from sqlalchemy import func, select

from catering.database import Transaction, clock
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.models import Product, Session, Ticket, User
from catering.services import supplying, tokens
from tests.world import World

from .serving import Api

CROWD = 200
PLACE = """mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { order { status } errors { ... on UserError { code } } } }"""


async def crowd(transaction: Transaction) -> list[str]:
    """The tokens of so many customers who are signed in; nobody types a password."""
    people = [ids.new() for _ in range(CROWD)]
    async with transaction() as session:
        end = await clock(session) + timedelta(minutes=10)
        session.add_all(
            User(id=id, email=f"{id}@t.test", password_hash="-", display_name="-", role="CUSTOMER")
            for id in people
        )
        await session.flush()
        session.add_all(
            Session(family_id=id, user_id=id, token_hash=id.bytes, expires_at=end) for id in people
        )
        return [await tokens.sign(session, id, Role.CUSTOMER, id, end) for id in people]


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
    body = json.dumps({"query": PLACE, "variables": {"input": wish}}).encode()
    unlimited = httpx.Limits(max_connections=None)

    async with httpx.AsyncClient(verify=False, limits=unlimited, timeout=60) as http:

        async def one(token: str) -> tuple[int, str]:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            answer = await http.post(f"{api.url}/graphql", content=body, headers=headers)
            told = (answer.json().get("data") or {}).get("placeOrder") or {
                "errors": [{"code": "?"}]
            }
            codes = [error["code"] for error in told["errors"]]
            return answer.status_code, ", ".join(codes) or told["order"]["status"]

        told = Counter(await asyncio.gather(*map(one, await crowd(transaction))))

    assert told == {(200, "PLACED"): 10, (200, "PRODUCT_UNAVAILABLE"): 190}
    async with transaction() as session:
        assert (await session.get_one(Product, world.borscht)).quota_left == 0
        cooked = select(func.count()).select_from(Ticket)
        assert await session.scalar(cooked.where(Ticket.restaurant_id == world.kitchen)) == 10
