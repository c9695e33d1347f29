"""Changing something: what was done, or everything that was wrong, and then nothing was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.slots import Capacity
from catering.services import hosting
from tests.graphql.conftest import Ask
from tests.graphql.placing import PLACE, how_many, placed, wish
from tests.graphql.steps import shown
from tests.world import World


async def test_an_order_is_placed_at_todays_prices(ask: Ask, world: World) -> None:
    answer = await placed(ask, world)
    assert answer["errors"] == []
    assert answer["order"]["status"] == "PLACED"
    assert answer["order"]["payment"] == {"method": "CASH", "status": "PENDING"}
    assert answer["order"]["number"].startswith("C-")
    assert len(answer["order"]["pin"]) == 4
    assert answer["query"]["orders"]["totalCount"] == 1


async def test_a_full_kitchen_names_the_window_to_order_for(ask: Ask, world: World) -> None:
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    window = {"from": start.isoformat(), "until": (start + timedelta(hours=1)).isoformat()}
    async with world.transaction() as session:
        await hosting.take_on(session, world.kitchen, Capacity(1, 60), by=world.cook)
    await placed(ask, world, window=window)

    answer = await placed(ask, world, window=window, idempotencyKey="two")

    (error,) = answer["errors"]
    assert (error["code"], error["path"]) == ("KITCHEN_FULL", ["input", "window"])
    assert (error["restaurant"], len(error["nextSlots"])) == ({"name": "Kitchen"}, 3)
    again = await placed(ask, world, window=error["nextWindow"], idempotencyKey="three")
    assert again["errors"] == []


async def test_saying_it_twice_does_it_once(ask: Ask, world: World) -> None:
    first, again = await placed(ask, world), await placed(ask, world)
    assert first["order"]["id"] == again["order"]["id"]
    assert await how_many(world) == 1


async def test_a_key_belongs_to_one_request(ask: Ask, world: World) -> None:
    await placed(ask, world)
    answer = await placed(ask, world, contactPhone="067 765 43 21")
    (error,) = answer["errors"]
    assert (error["__typename"], error["code"]) == ("IdempotencyConflict", "IDEMPOTENCY_CONFLICT")
    assert error["path"] == ["input", "idempotencyKey"]
    assert await how_many(world) == 1


async def test_the_same_request_is_the_same_however_it_is_written(ask: Ask, world: World) -> None:
    first = await placed(ask, world)
    product = [shown(Prefix.PRODUCT, one) for one in (world.borscht, world.juice)]
    written = f"""
    mutation ($key: String!) {{
      again: placeOrder(input: {{
        paymentMethod: CASH, type: FOR_CUSTOMER, contactPhone: "067 123 45 67",
        lines: [
          {{productId: "{product[0]}", quantity: 1}}, {{productId: "{product[1]}", quantity: 2}}
        ],
        destination: {{
          location: {{latitude: 50.4318, longitude: 30.5137}}, line: "вул. Антоновича, 50"
        }},
        idempotencyKey: $key
      }}) {{ order {{ id }} errors {{ __typename }} }}
    }}
    """
    answer = await ask(written, by=world.customer, key="one")
    assert answer["again"] == {"order": {"id": first["order"]["id"]}, "errors": []}


async def test_everything_that_is_wrong_is_told_at_once(ask: Ask, world: World) -> None:
    lines = [
        {"productId": "prd_x"},
        {"productId": shown(Prefix.PRODUCT, ids.new())},
        {"productId": shown(Prefix.RESTAURANT, world.kitchen)},
    ]
    answer = await placed(ask, world, lines=lines)
    assert answer["order"] is None
    where = [(error["__typename"], error["path"]) for error in answer["errors"]]
    assert ("NotFound", ["input", "lines", "0", "productId"]) in where
    assert ("NotFound", ["input", "lines", "2", "productId"]) in where
    assert await how_many(world) == 0


async def test_what_ran_out_is_named_with_what_is_left(ask: Ask, world: World) -> None:
    lines = [{"productId": shown(Prefix.PRODUCT, world.juice), "quantity": 50}]
    (error,) = (await placed(ask, world, lines=lines))["errors"]
    assert error["__typename"] == "ProductUnavailable"
    assert error["product"] == {"name": "Juice"}
    assert error["availableQuantity"] == 10
    assert await how_many(world) == 0


async def test_another_price_than_expected_is_no_order(ask: Ask, world: World) -> None:
    total = {"amount": "1.00", "currency": "UAH"}
    (error,) = (await placed(ask, world, expectedTotal=total))["errors"]
    assert error["__typename"] == "PriceChanged"
    assert error["expected"] == {"amount": "1.00"}
    assert float(error["actual"]["amount"]) > 240
    assert await how_many(world) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotencyKey": ""},
        {"idempotencyKey": "k" * 201},
        {"contactPhone": "12"},
        {"type": "FOR_FACILITY"},
        {"paymentMethod": "CARD"},
        {"destination": None},
        {"destination": {"line": "x", "location": {"latitude": 500, "longitude": 1}}},
        {"destination": {"line": "", "location": {"latitude": 50.43, "longitude": 30.51}}},
        {"destination": {"line": "x" * 5000, "location": {"latitude": 50.4, "longitude": 30.5}}},
        {"window": {"from": "2020-01-01T00:00:00Z", "until": "2020-01-01T00:30:00Z"}},
        {"expectedTotal": {"amount": "0.001", "currency": "UAH"}},
        {"expectedTotal": {"amount": "100.00", "currency": "XXX"}},
        {"lines": []},
        {"lines": [{"productId": "x"}] * 101},
    ],
)
async def test_what_cannot_be_is_refused_as_data(
    ask: Ask, world: World, changes: dict[str, Any]
) -> None:
    answer = await placed(ask, world, **changes)
    assert answer["order"] is None
    assert answer["errors"] != []
    assert all(error["message"] and error["path"] for error in answer["errors"])
    assert await how_many(world) == 0


@pytest.mark.parametrize("quantity", [0, -1, 100, 2**31 - 1])
async def test_a_quantity_is_between_one_and_what_is_sensible(
    ask: Ask, world: World, quantity: int
) -> None:
    lines = [{"productId": shown(Prefix.PRODUCT, world.borscht), "quantity": quantity}]
    answer = await placed(ask, world, lines=lines)
    assert answer["errors"][0]["path"] == ["input", "lines", "0", "quantity"]


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotencyKey": "a\0b"},
        {"contactPhone": "067\0"},
        {"destination": {"line": "\0", "location": {"latitude": 50.43, "longitude": 30.51}}},
    ],
)
async def test_text_that_no_database_keeps_is_a_fault_of_the_request(
    ask: Ask, world: World, changes: dict[str, Any]
) -> None:
    data, codes = await ask.all(PLACE, by=world.customer, input=wish(world, **changes))
    assert codes in ([], ["BAD_USER_INPUT"])
    assert codes or data["placeOrder"]["errors"]
    assert await how_many(world) == 0


@pytest.mark.usefixtures("world")
async def test_so_it_is_in_a_search(ask: Ask) -> None:
    search = "query ($s: String!) { restaurants(filter: {search: $s}) { nodes { id } } }"
    _, codes = await ask.all(search, by=None, s="\0")
    assert codes == ["BAD_USER_INPUT"]
    by_slug = "query ($s: String!) { restaurant(by: {slug: $s}) { id } }"
    _, codes = await ask.all(by_slug, by=None, s="\0")
    assert codes == ["BAD_USER_INPUT"]


async def test_a_quote_is_for_everybody_and_orders_nothing(ask: Ask, world: World) -> None:
    document = """
    query ($input: OrderQuoteInput!) {
      orderQuote(input: $input) {
        quote { subtotal { amount } deliveryFee { amount } total { amount } estimatedAt validUntil }
        errors { __typename ... on UserError { path } }
      }
    }
    """
    whole = wish(world)
    basket = {"lines": whole["lines"], "destination": whole["destination"]}
    answer = (await ask(document, by=None, input=basket))["orderQuote"]
    assert answer["errors"] == []
    assert answer["quote"]["subtotal"] == {"amount": "240.00"}
    assert await how_many(world) == 0
    answer = (await ask(document, by=None, input={"lines": []}))["orderQuote"]
    assert answer == {
        "quote": None,
        "errors": [{"__typename": "EmptyOrder", "path": ["input", "lines"]}],
    }


async def test_a_customer_calls_off_his_own_order_only(ask: Ask, world: World) -> None:
    document = """
    mutation ($input: CancelOrderInput!) {
      cancelOrder(input: $input) {
        order { status cancellation { reason actorRole actor { displayName } cancelledAt } }
        errors { __typename }
      }
    }
    """
    id = shown(Prefix.ORDER, await world.order())
    given = {"orderId": id, "reason": "CHANGED_MIND", "idempotencyKey": "c"}
    answer = await ask(document, by=world.stranger, input=given)
    assert answer["cancelOrder"] == {"order": None, "errors": [{"__typename": "NotFound"}]}
    answer = await ask(document, by=world.customer, input=given)
    assert answer["cancelOrder"]["order"]["status"] == "CANCELLED"
    told = answer["cancelOrder"]["order"]["cancellation"]
    assert (told["reason"], told["actorRole"]) == ("CHANGED_MIND", "CUSTOMER")
    again = await ask(document, by=world.customer, input={**given, "idempotencyKey": "d"})
    assert again["cancelOrder"]["errors"] == [{"__typename": "ForbiddenStep"}]
