"""Ids are opaque, and a wrong one is an answer, never a crash."""

from __future__ import annotations

import time

import pytest

from catering.domain import ids
from catering.domain.ids import Prefix
from tests.graphql.conftest import Ask
from tests.graphql.steps import offered, shown
from tests.world import World

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def test_every_node_is_found_by_its_id(ask: Ask, world: World) -> None:
    order_id = await world.order()
    delivery, offer = await offered(world, order_id)
    order = await world.look(order_id)
    expected = {
        shown(Prefix.USER, world.customer.id or order_id): "User",
        shown(Prefix.DRIVER, world.driver.id or order_id): "Driver",
        shown(Prefix.RESTAURANT, world.kitchen): "Restaurant",
        shown(Prefix.PRODUCT, world.borscht): "Product",
        shown(Prefix.ORDER, order_id): "Order",
        shown(Prefix.TICKET, order.tickets[0].id): "KitchenTicket",
        shown(Prefix.DELIVERY, delivery.id): "Delivery",
        shown(Prefix.OFFER, offer.id): "Offer",
    }
    for id, kind in expected.items():
        assert await ask(NODE, by=world.manager, id=id) == {"node": {"__typename": kind, "id": id}}


@pytest.mark.parametrize("id", ["", "x", "ord_", "ord_!", "_", "ord_" + "z" * 26, "ї" * 26])
async def test_what_is_no_id_names_nothing(ask: Ask, world: World, id: str) -> None:
    assert await ask(NODE, by=world.manager, id=id) == {"node": None}
    assert await ask("query ($id: ID!) { order(id: $id) { id } }", by=world.manager, id=id) == {
        "order": None
    }


async def test_an_id_of_another_kind_names_nothing(ask: Ask, world: World) -> None:
    order_id = await world.order()
    for prefix in Prefix:
        if prefix is not Prefix.ORDER:
            assert await ask(NODE, by=world.manager, id=shown(prefix, order_id)) == {"node": None}


def test_a_very_long_id_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(ids.NotAnId):
        ids.decode("ord_" + "z" * 250_000)
    assert time.perf_counter() - began < 0.05
