"""Menus through the API: what the staff write, what everybody reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from catering.database import clock
from catering.domain.ids import Prefix
from catering.models import Category
from tests.graphql.conftest import Ask
from tests.graphql.steps import shown
from tests.world import World

PRODUCT = """
id name kind description image price { amount } allergens diets preparationTime dailyQuota
availability availableQuantity availabilitySource snoozedUntil category { name }
"""


async def say(ask: Ask, world: World, operation: str, selection: str, **given: Any) -> Any:
    kind = operation[:1].upper() + operation[1:]
    document = f"""
    mutation ($input: {kind}Input!) {{
      answer: {operation}(input: $input) {{ {selection} errors {{ __typename }} }}
    }}
    """
    return (await ask(document, by=world.cook, input=given))["answer"]


async def chapter(world: World) -> str:
    async with world.transaction() as session:
        query = select(Category.id).where(Category.restaurant_id == world.kitchen)
        return shown(Prefix.CATEGORY, (await session.scalars(query)).one())


async def test_a_dish_is_added_with_all_that_is_known_of_it(ask: Ask, world: World) -> None:
    given = {
        "categoryId": await chapter(world), "name": "Syrnyky", "idempotencyKey": "one",
        "price": {"amount": "155.50", "currency": "UAH"}, "preparationTime": "PT12M",
        "allergens": ["MILK", "EGGS", "MILK"], "diets": ["VEGETARIAN"],
        "image": "https://example.com/syrnyky.jpg",
    }  # fmt: skip

    first = await say(ask, world, "addProduct", f"product {{ {PRODUCT} }}", **given)
    again = await say(ask, world, "addProduct", "product { id }", **given)

    product = first["product"]
    assert again["product"]["id"] == product["id"]
    assert (product["price"]["amount"], product["kind"]) == ("155.50", "DISH")
    assert (product["allergens"], product["diets"]) == (["EGGS", "MILK"], ["VEGETARIAN"])
    assert (product["preparationTime"], product["category"]["name"]) == ("PT12M", "All")
    assert (product["availability"], product["availabilitySource"]) == ("AVAILABLE", "RESTAURANT")


async def test_what_is_left_out_stays_and_null_forgets(ask: Ask, world: World) -> None:
    id = shown(Prefix.PRODUCT, world.borscht)
    change = "changeProductDetails"
    told = {"allergens": ["CELERY"], "description": "Red.", "diets": ["VEGAN"]}
    await say(ask, world, change, "product { id }", productId=id, **told)

    changed = await say(
        ask,
        world,
        change,
        f"product {{ {PRODUCT} }}",
        productId=id,
        description=None,
        name="Borsch",
    )

    product = changed["product"]
    assert (product["name"], product["description"]) == ("Borsch", None)
    assert (product["allergens"], product["diets"]) == (["CELERY"], ["VEGAN"])
    nameless = await say(ask, world, change, "product { id }", productId=id, name=None)
    assert nameless == {"product": None, "errors": [{"__typename": "InvalidInput"}]}


async def test_availability_is_said_and_seen(ask: Ask, world: World) -> None:
    id = shown(Prefix.PRODUCT, world.borscht)
    async with world.transaction() as session:
        until = (await clock(session) + timedelta(hours=2)).isoformat()

    async def seen(operation: str, **given: Any) -> tuple[Any, ...]:
        answer = await say(ask, world, operation, f"product {{ {PRODUCT} }}", productId=id, **given)
        product = answer["product"]
        found = await ask(
            "query ($a: [Availability!]) { restaurants { nodes {"
            " products(filter: {availability: $a}) { nodes { name } } } } }",
            by=None, a=[product["availability"]],
        )  # fmt: skip
        names = [p["name"] for r in found["restaurants"]["nodes"] for p in r["products"]["nodes"]]
        assert "Borscht" in names, "the filter agrees"
        return product["availability"], product["availableQuantity"]

    assert await seen("setAvailability", availability="LIMITED", quantity=4) == ("LIMITED", 4)
    assert await seen("setDailyQuota", portions=3) == ("LIMITED", 3)
    assert await seen("snoozeProduct", until=until) == ("SNOOZED", 0)
    assert await seen("setAvailability", availability="UNAVAILABLE") == ("UNAVAILABLE", 0)
    assert await seen("setAvailability", availability="AVAILABLE") == ("LIMITED", 3)
    assert await seen("setDailyQuota", portions=None) == ("AVAILABLE", None)


@pytest.mark.parametrize(("who", "count"), [("cook", 1), ("manager", 1), ("market_cook", 0)])
async def test_those_who_make_prices_read_what_they_were(
    ask: Ask, world: World, who: str, count: int
) -> None:
    id = shown(Prefix.PRODUCT, world.borscht)
    price = {"amount": "125.00", "currency": "UAH"}
    await say(ask, world, "changeProductPrice", "product { id }", productId=id, price=price)

    told = """
    query ($id: ID!) {
      node(id: $id) {
        ... on Product {
          priceHistory {
            totalCount nodes { old { amount } new { amount } actorRole actor { displayName } }
          }
        }
      }
    }
    """
    history = (await ask(told, by=getattr(world, who), id=id))["node"]["priceHistory"]

    change = {
        "old": {"amount": "120.00"}, "new": {"amount": "125.00"}, "actorRole": "RESTAURANT",
        "actor": {"displayName": "A restaurant"},
    }  # fmt: skip
    assert history == {"totalCount": count, "nodes": [change] * count}


async def test_chapters_come_and_go(ask: Ask, world: World) -> None:
    home = shown(Prefix.RESTAURANT, world.kitchen)
    new = await say(
        ask, world, "addCategory", "category { id name }", restaurantId=home, name="Soups"
    )
    id = new["category"]["id"]
    renamed = await say(
        ask, world, "renameCategory", "category { name }", categoryId=id, name="Broths"
    )
    assert renamed["category"]["name"] == "Broths"
    gone = await say(ask, world, "removeCategory", "restaurant { menu { name } }", categoryId=id)
    assert gone == {"restaurant": {"menu": [{"name": "All"}]}, "errors": []}
