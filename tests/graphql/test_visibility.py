"""Not yours is not found; and of what is yours you see your part."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from catering.domain.ids import Prefix
from catering.models import Task
from tests.graphql.conftest import Ask
from tests.graphql.steps import announced, assigned, offered, shown
from tests.world import World

ORDER = """
query ($id: ID!) {
  order(id: $id) {
    id pin
    customer { displayName email phone }
    tickets { restaurant { name } lines { name } }
    lines { name }
    resolutions { id }
    history(first: 100) { nodes { kind } }
  }
}
"""

ID = "query ($id: ID!) { order(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }"


@pytest.mark.parametrize("who", ["stranger", "driver", "second_driver"])
async def test_not_yours_is_not_found(ask: Ask, world: World, who: str) -> None:
    id = shown(Prefix.ORDER, await world.order())
    answer = await ask(ID, by=getattr(world, who), id=id)
    assert answer == {"order": None, "node": None, "nodes": [None]}
    listed = await ask("{ orders { nodes { id } totalCount } }", by=getattr(world, who))
    assert listed == {"orders": {"nodes": [], "totalCount": 0}}


async def test_nobody_in_particular_finds_no_order(ask: Ask, world: World) -> None:
    id = shown(Prefix.ORDER, await world.order())
    nodes = "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    assert await ask(nodes, by=None, id=id) == {"node": None, "nodes": [None]}


async def test_an_order_of_one_kitchen_is_unknown_to_the_other(ask: Ask, world: World) -> None:
    id = await world.order(world.portion(world.borscht))
    assert (await ask(ID, by=world.market_cook, id=shown(Prefix.ORDER, id)))["order"] is None
    assert (await ask(ID, by=world.cook, id=shown(Prefix.ORDER, id)))["order"] is not None


async def test_a_kitchen_sees_its_own_part_and_no_more(ask: Ask, world: World) -> None:
    order_id = await world.order()
    await assigned(world, order_id)
    await announced(world)
    answer = await ask(ORDER, by=world.cook, id=shown(Prefix.ORDER, order_id))
    order = answer["order"]
    assert [ticket["restaurant"]["name"] for ticket in order["tickets"]] == ["Kitchen"]
    assert [line["name"] for line in order["lines"]] == ["Borscht"]
    assert order["pin"] is None
    assert order["customer"]["email"] is order["customer"]["phone"] is None
    told = [entry["kind"] for entry in order["history"]["nodes"]]
    assert told.count("TICKET_ACCEPTED") == 1
    assert not any(kind.startswith(("DELIVERY_", "OFFER_", "ORDER_")) for kind in told)


async def test_a_kitchen_cannot_open_the_ticket_of_another(ask: Ask, world: World) -> None:
    order = await world.look(await world.order())
    id = next(t.id for t in order.tickets if t.restaurant_id == world.market)
    answer = await ask(
        "query ($id: ID!) { node(id: $id) { id } }", by=world.cook, id=shown(Prefix.TICKET, id)
    )
    assert answer == {"node": None}


async def test_a_driver_sees_what_he_carries_without_the_secrets(ask: Ask, world: World) -> None:
    order_id = await world.order()
    await assigned(world, order_id)
    await announced(world)
    id = shown(Prefix.ORDER, order_id)
    order = (await ask(ORDER, by=world.driver, id=id))["order"]
    assert len(order["tickets"]) == 2
    assert order["pin"] is order["customer"]["email"] is order["customer"]["phone"] is None
    told = [entry["kind"] for entry in order["history"]["nodes"]]
    assert "DELIVERY_ASSIGNED" in told
    assert not any(kind.startswith(("TICKET_", "LINE_")) for kind in told)
    assert (await ask(ID, by=world.second_driver, id=id))["order"] is None


async def test_customer_and_manager_see_everything(ask: Ask, world: World) -> None:
    order_id = await world.order()
    await assigned(world, order_id)
    await announced(world)
    happened = await world.kinds(order_id)
    pin = (await world.look(order_id)).pin
    for who in (world.customer, world.manager):
        order = (await ask(ORDER, by=who, id=shown(Prefix.ORDER, order_id)))["order"]
        assert order["pin"] == pin
        assert order["customer"]["email"] is not None
        assert order["customer"]["phone"] == "+380501234567"
        assert [entry["kind"] for entry in order["history"]["nodes"]] == happened


async def test_a_driver_who_was_asked_knows_the_way_and_the_reward(ask: Ask, world: World) -> None:
    _, offer = await offered(world, await world.order())
    document = """
    query ($id: ID!) {
      node(id: $id) {
        ... on Offer {
          status reward { amount currency } distanceMeters expiresAt
          delivery { status stops { kind address { line } } driver { id } }
        }
      }
    }
    """
    answer = await ask(document, by=world.driver, id=shown(Prefix.OFFER, offer.id))
    assert answer["node"]["status"] == "SENT"
    assert answer["node"]["reward"]["currency"] == "UAH"
    stops = answer["node"]["delivery"]["stops"]
    assert [stop["kind"] for stop in stops] == ["PICKUP", "PICKUP", "DROPOFF"]
    assert answer["node"]["delivery"]["driver"] is None
    other = await ask(document, by=world.second_driver, id=shown(Prefix.OFFER, offer.id))
    assert other["node"] is None


@pytest.mark.parametrize("who", ["stranger", "cook", "market_cook", "second_driver"])
async def test_a_person_is_looked_up_by_himself_and_the_office_only(
    ask: Ask, world: World, who: str
) -> None:
    await world.order(world.portion(world.juice))
    document = "query ($id: ID!) { node(id: $id) { id ... on User { displayName email } } }"
    id = shown(Prefix.USER, world.customer.id or world.kitchen)
    assert await ask(document, by=getattr(world, who), id=id) == {"node": None}
    assert (await ask(document, by=world.manager, id=id))["node"]["email"] is not None
    assert (await ask(document, by=world.customer, id=id))["node"]["email"] is not None


async def test_staff_see_why_an_order_stands_still(ask: Ask, world: World) -> None:
    order_id = await world.order()
    mine = next(t for t in (await world.look(order_id)).tickets if t.restaurant_id == world.kitchen)
    async with world.transaction() as session:
        task = (
            await session.scalars(
                select(Task).where(Task.kind == "submit_ticket", Task.subject_id == mine.id)
            )
        ).one()
        task.held_up_by = "Poster does not answer since 12:03 UTC."

    query = "query ($id: ID!) { order(id: $id) { heldUpBy tickets { heldUpBy } } }"
    seen = {
        name: (await ask(query, by=getattr(world, name), id=shown(Prefix.ORDER, order_id)))["order"]
        for name in ("manager", "cook", "customer")
    }

    told = task.held_up_by
    assert seen["manager"] == {
        "heldUpBy": [told], "tickets": [{"heldUpBy": told}, {"heldUpBy": None}],
    }  # fmt: skip
    assert seen["cook"] == {"heldUpBy": [], "tickets": [{"heldUpBy": told}]}
    assert seen["customer"] == {"heldUpBy": [], "tickets": [{"heldUpBy": None}] * 2}
