"""The money of an order, as each of those around it may see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catering.domain.ids import Prefix
from catering.domain.orders import PaymentMethod
from catering.services import kitchens, travelling
from catering.services.orders import lock
from tests.graphql.conftest import Ask
from tests.graphql.placing import how_many, placed
from tests.graphql.steps import assigned, shown
from tests.world import World

LOOK = """
query ($id: ID!) {
  order(id: $id) {
    total { amount } cancellationFee { amount currency }
    payment {
      method status authorized { amount } captured { amount } refunded { amount }
      entries { id entry account reason bearer amount { amount } line { name } }
    }
  }
}
"""


async def test_each_sees_his_side_of_the_ledger(ask: Ask, world: World) -> None:
    id = await world.order(world.portion(world.borscht))

    his = (await ask(LOOK, by=world.customer, id=shown(Prefix.ORDER, id)))["order"]
    office = (await ask(LOOK, by=world.manager, id=shown(Prefix.ORDER, id)))["order"]
    kitchen = (await ask(LOOK, by=world.cook, id=shown(Prefix.ORDER, id)))["order"]

    total = float(his["total"]["amount"])
    assert [_told(e) for e in his["payment"]["entries"]] == [
        ("DUE", "ORDERED", -120.0, "Borscht"),
        ("DUE", "ORDERED", 120.0 - total, None),
    ]
    assert [e["account"] for e in office["payment"]["entries"]] == ["DUE", "ESCROW"] * 2
    assert sum(float(e["amount"]["amount"]) for e in office["payment"]["entries"]) == 0
    assert kitchen["payment"] is None


REFUND = """
mutation ($input: RefundOrderInput!) {
  refundOrder(input: $input) {
    order { payment { status refunded { amount } } }
    errors { __typename ... on UserError { path } ... on InvalidInput { rule } }
  }
}
"""
REFUNDS = """query ($id: ID!) {
  order(id: $id) { refunds { amount { amount } reason bearer note line { name } } }
}"""


async def test_the_office_gives_back_and_those_whom_it_concerns_see_it(
    ask: Ask, world: World
) -> None:
    id = await _delivered(world)
    line = (await world.look(id)).tickets[0].lines[0]
    given = {
        "orderId": shown(Prefix.ORDER, id), "lineId": shown(Prefix.LINE, line.id),
        "amount": {"amount": "20.00", "currency": "UAH"}, "reason": "BAD", "note": "Вибачте!",
        "bearer": "RESTAURANT", "idempotencyKey": "once",
    }  # fmt: skip
    for _ in range(2):  # the same key gives back once
        done = (await ask(REFUND, by=world.manager, input=given))["refundOrder"]
        assert done == {
            "order": {"payment": {"status": "PARTIALLY_REFUNDED", "refunded": {"amount": "20.00"}}},
            "errors": [],
        }
    more = {**given, "amount": {"amount": "100.01", "currency": "UAH"}, "idempotencyKey": "more"}
    no = (await ask(REFUND, by=world.manager, input=more))["refundOrder"]
    assert no["errors"] == [
        {"__typename": "InvalidInput", "path": ["input", "amount", "amount"], "rule": "charged"}
    ]
    told = {
        "amount": {"amount": "20.00"}, "reason": "BAD", "bearer": "RESTAURANT",
        "note": "Вибачте!", "line": {"name": "Borscht"},
    }  # fmt: skip
    for who, sees in (
        (world.manager, [told]), (world.customer, [told]), (world.cook, [told]),
        (world.market_cook, []), (world.driver, []),
    ):  # fmt: skip
        seen = await ask(REFUNDS, by=who, id=shown(Prefix.ORDER, id))
        assert seen["order"]["refunds"] == sees


async def _delivered(world: World) -> UUID:
    id = await world.order()
    for stop in (await assigned(world, id)).stops:
        pin = (await world.look(id)).pin
        async with world.transaction() as session:
            await travelling.arrive(session, stop.id, None, by=world.driver)
        async with world.transaction() as session:
            await travelling.complete(session, stop.id, pin, None, None, by=world.driver)
    return id


async def test_what_calling_off_costs_is_told_before_and_only_to_those_it_concerns(
    ask: Ask, world: World
) -> None:
    id = await world.order(world.portion(world.borscht))
    assert await _fee(ask, world, id) == {"amount": "0.00", "currency": "UAH"}

    async with world.transaction() as session:
        (ticket,) = (await lock(session, id)).tickets
        for status in ("SUBMITTING", "SUBMITTED"):
            ticket.status = type(ticket.status)(status)
    async with world.transaction() as session:
        await kitchens.accept(session, ticket.id, None, by=world.cook)

    assert await _fee(ask, world, id) == {"amount": "60.00", "currency": "UAH"}
    other = await ask(LOOK, by=world.cook, id=shown(Prefix.ORDER, id))
    assert other["order"]["cancellationFee"] is None


async def test_a_card_pays_with_a_token(ask: Ask, world: World) -> None:
    card = {"paymentMethod": "CARD", "paymentToken": "tok_visa"}
    (no,) = (await placed(ask, world, **card))["errors"]
    assert (no["__typename"], no["path"]) == ("InvalidInput", ["input", "paymentMethod"])
    assert await how_many(world) == 0

    await world.account("kasa", port="payment", provider="kasa", base_url="http://nobody.test")
    answer = await placed(ask, world, **card, idempotencyKey="two")
    assert answer["errors"] == []
    assert answer["order"]["payment"] == {"method": PaymentMethod.CARD, "status": "PENDING"}


async def _fee(ask: Ask, world: World, id: Any) -> Any:
    answer = await ask(LOOK, by=world.customer, id=shown(Prefix.ORDER, id))
    return answer["order"]["cancellationFee"]


def _told(entry: dict[str, Any]) -> tuple[str, str, float, str | None]:
    line = entry["line"]
    amount = float(entry["amount"]["amount"])
    return entry["account"], entry["reason"], amount, line["name"] if line else None
