"""However long a list is: the number of statements stays the same."""

from __future__ import annotations

from typing import Any

import pytest

from catering.domain.ids import Prefix
from tests.graphql.conftest import Ask
from tests.graphql.steps import announced, assigned, shown
from tests.world import World

MOST = 16


@pytest.fixture(autouse=True)
async def key(ask: Ask) -> None:
    """What cursors are sealed with is read once in the life of a process, by whoever is first."""
    await ask("{ restaurants(first: 0) { totalCount } }", by=None)


async def cost(ask: Ask, document: str, **given: Any) -> int:
    with ask.counting() as sent:
        await ask(document, **given)
    return len(sent)


TICKETS = """
tickets {
  restaurant { name provider { provider } } provider { provider }
  lines { product { name price { amount } } standBy { product { name } } substitute { name } }
}
"""
JOURNEY = """
customer { displayName }
delivery {
  driver { user { displayName } state } carrier { provider } stops { kind ticket { status } }
}
waitingOn { deadline }
"""
MONEY = "subtotal { amount } lines { unitPrice { amount } total { amount } }"
TROUBLE = "resolutions { line { name } } cancellation { actor { displayName } }"
HISTORY = "history(first: 10) { nodes { kind actor { displayName } } }"


@pytest.mark.parametrize("selection", ["id", TICKETS, JOURNEY, MONEY, TROUBLE, HISTORY])
async def test_a_list_of_orders(ask: Ask, world: World, selection: str) -> None:
    document = f"{{ orders {{ nodes {{ {selection} }} }} }}"
    order = await world.order()
    await assigned(world, order)
    await announced(world)
    for who in (world.manager, world.customer, world.cook):
        alone = await cost(ask, document, by=who)
        assert alone <= MOST
    for _ in range(4):
        await world.order()
    await announced(world)
    # The newest orders lack a delivery: what is there of five may cost less, but never more.
    assert await cost(ask, document, by=world.manager) <= alone + 1


@pytest.mark.usefixtures("world")
async def test_the_menus_of_several_restaurants(ask: Ask) -> None:
    document = """
    query ($first: Int) {
      restaurants(first: $first) { nodes { menu { products { price { amount } availability } } } }
    }
    """
    alone = await cost(ask, document, by=None, first=1)
    assert await cost(ask, document, by=None, first=2) == alone <= 4


@pytest.mark.usefixtures("world")
async def test_the_pages_of_several_restaurants(ask: Ask) -> None:
    document = """
    query ($first: Int) {
      restaurants(first: $first) { nodes { products(first: 5) { nodes { name } totalCount } } }
    }
    """
    alone = await cost(ask, document, by=None, first=1)
    assert await cost(ask, document, by=None, first=2) == alone


async def test_many_nodes_at_once(ask: Ask, world: World) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { name } } }"
    products = [
        shown(Prefix.PRODUCT, id)
        for id in (world.juice, world.borscht, world.bread, world.varenyky)
    ]
    with ask.counting() as sent:
        answer = await ask(document, by=None, ids=[*products, products[0], "x"])
    assert [node and node["name"] for node in answer["nodes"]] == [
        "Juice", "Borscht", "Bread", "Varenyky", "Juice", None,
    ]  # fmt: skip
    assert len(sent) == 1


async def test_the_board(ask: Ask, world: World) -> None:
    document = "{ orderBoard { columns { status count orders { nodes { id number } } } } }"
    await world.order()
    alone = await cost(ask, document, by=world.manager)
    await world.order()
    assert await cost(ask, document, by=world.manager) == alone
