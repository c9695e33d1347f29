"""Restaurants through the API: what their staff say, and what everybody sees."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from catering.database import clock
from catering.domain.geography import Point, Zone
from catering.domain.ids import Prefix
from catering.services import hosting
from tests.graphql.conftest import Ask
from tests.graphql.steps import shown
from tests.world import World

SEEN = """
query ($id: ID!) {
  restaurant(by: {id: $id}) {
    name acceptsOrders paused pausedUntil pauseReason busyUntil extraMinutes preparationTime
    openingHours { day spans { opens closes } } exceptionalDays { date spans { opens } }
    deliveryZone { radiusMeters outline { latitude } } kitchenCapacity { tickets slot }
  }
}
"""


def saying(operation: str, selection: str = "name") -> str:
    """A document with one intention about a restaurant."""
    kind = operation[:1].upper() + operation[1:]
    return f"""
    mutation ($input: {kind}Input!) {{
      answer: {operation}(input: $input) {{
        restaurant {{ {selection} }}
        errors {{ __typename ... on UserError {{ path }} ... on InvalidInput {{ rule }} }}
      }}
    }}
    """


async def say(ask: Ask, world: World, operation: str, **given: Any) -> Any:
    given = {"restaurantId": shown(Prefix.RESTAURANT, world.kitchen), **given}
    data = await ask(saying(operation), by=world.cook, input=given)
    return data["answer"]["errors"]


async def test_a_restaurant_shows_all_that_its_staff_say(ask: Ask, world: World) -> None:
    async with world.transaction() as session:
        now = await clock(session)
    until = (now + timedelta(hours=1)).isoformat()
    day = (now + timedelta(days=3)).date().isoformat()
    night = [{"opens": "18:00", "closes": "02:00"}]
    said: dict[str, dict[str, Any]] = {
        "changeRestaurantDetails": {"name": "Кухня", "preparationTime": "PT30M"},
        "setOpeningHours": {"days": [{"day": "FRIDAY", "spans": night}]},
        "setExceptionalDay": {"date": day, "spans": []},
        "setDeliveryZone": {"zone": {"radiusMeters": 5000}},
        "pauseRestaurant": {"until": until, "reason": "No gas."},
        "setBusyMode": {"extraMinutes": 10, "until": until},
        "setKitchenCapacity": {"tickets": 4, "slotMinutes": 20},
    }
    for operation, given in said.items():
        assert await say(ask, world, operation, **given) == []

    seen = (await ask(SEEN, by=None, id=shown(Prefix.RESTAURANT, world.kitchen)))["restaurant"]

    assert seen["openingHours"] == [{"day": "FRIDAY", "spans": night}]
    assert seen["exceptionalDays"] == [{"date": day, "spans": []}]
    assert seen["deliveryZone"] == {"radiusMeters": 5000, "outline": None}
    assert (seen["paused"], seen["pauseReason"], seen["acceptsOrders"]) == (True, "No gas.", False)
    assert (seen["extraMinutes"], seen["preparationTime"]) == (10, "PT40M")
    assert seen["pausedUntil"] == seen["busyUntil"]
    assert seen["kitchenCapacity"] == {"tickets": 4, "slot": "PT20M"}

    for operation in ("resumeRestaurant", "clearExceptionalDay"):
        given = {"date": day} if operation == "clearExceptionalDay" else {}
        assert await say(ask, world, operation, **given) == []
    seen = (await ask(SEEN, by=None, id=shown(Prefix.RESTAURANT, world.kitchen)))["restaurant"]
    assert (seen["paused"], seen["pausedUntil"], seen["exceptionalDays"]) == (False, None, [])


async def test_a_manager_opens_a_restaurant(ask: Ask, world: World) -> None:
    given = {
        "slug": "new-place", "name": "Нове", "phone": "067 123 45 67", "currency": "UAH",
        "preparationTime": "PT15M",
        "address": {"line": "вул. Нова, 1", "location": {"latitude": 50.4, "longitude": 30.5}},
    }  # fmt: skip
    document = saying("createRestaurant", "slug acceptsOrders nextTransitionAt")

    answer = (await ask(document, by=world.manager, input=given))["answer"]

    closed = {"slug": "new-place", "acceptsOrders": False, "nextTransitionAt": None}
    assert answer == {"restaurant": closed, "errors": []}
    (again,) = (await ask(document, by=world.manager, input=given))["answer"]["errors"]
    assert (again["path"], again["rule"]) == (["input", "slug"], "taken")


async def test_the_database_finds_those_that_deliver_to_a_door_as_the_rules_do(
    ask: Ask, world: World
) -> None:
    corners = ((50.40, 30.40), (50.40, 30.60), (50.50, 30.60), (50.46, 30.52), (50.50, 30.40))
    outline = Zone(outline=tuple(Point(*corner) for corner in corners))
    async with world.transaction() as session:
        await hosting.deliver_within(session, world.kitchen, outline, by=world.cook)
        await hosting.deliver_within(session, world.market, Zone(4_000), by=world.manager)
    dice = random.Random(1)
    document = """
    query ($door: GeoPointInput!) { restaurants(filter: {deliversTo: $door}) { nodes { name } } }
    """
    for _ in range(12):
        door = Point(dice.uniform(50.38, 50.52), dice.uniform(30.38, 30.62))
        given = {"latitude": door.latitude, "longitude": door.longitude}
        found = (await ask(document, by=None, door=given))["restaurants"]["nodes"]
        expected = {
            "Kitchen": outline.covers(Point(50.4387, 30.5230), door),
            "Market": Zone(4_000).covers(Point(50.4400, 30.5200), door),
        }
        assert {one["name"] for one in found} == {name for name, is_in in expected.items() if is_in}
