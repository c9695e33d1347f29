"""Ids are opaque, and a wrong one is an answer, never a crash."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType

from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.resolvers.root import schema
from tests.graphql.conftest import Ask
from tests.graphql.steps import missing, offered, shown
from tests.sites import School
from tests.world import World

_KINDS = schema._schema.type_map.values()
NODES = {
    kind.name
    for kind in _KINDS
    if isinstance(kind, GraphQLObjectType) and "Node" in map(str, kind.interfaces)
}
PUBLIC = {"Restaurant", "Product"}
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


async def test_every_node_is_found_by_its_id_and_by_nobody_whom_it_does_not_concern(
    ask: Ask, world: World
) -> None:
    found = await one_of_each(world)
    assert set(found) == NODES, "A type that is a node is asked for here, too."
    several = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    expected = [{"__typename": kind, "id": id} for kind, id in found.items()]
    stranger = Actor(ids.new(), Role.CUSTOMER)

    for kind, id in found.items():
        assert await ask(NODE, by=world.manager, id=id) == {"node": {"__typename": kind, "id": id}}
        mine = {"__typename": kind, "id": id} if kind in PUBLIC else None
        assert await ask(NODE, by=stranger, id=id) == {"node": mine}
        assert await ask(NODE, by=None, id=id) == {"node": mine}
    given = list(found.values())
    assert await ask(several, by=world.manager, ids=given) == {"nodes": expected}
    seen = [one if one["__typename"] in PUBLIC else None for one in expected]
    assert await ask(several, by=stranger, ids=given) == {"nodes": seen}


async def one_of_each(world: World) -> dict[str, str]:
    """The type of a node → the id of one."""
    order_id = await world.order()
    delivery, offer = await offered(world, order_id)
    order = await world.look(order_id)
    resolution, school = await missing(world, order_id), await School.made(world)
    return {
        "User": shown(Prefix.USER, world.customer.id or order_id),
        "Driver": shown(Prefix.DRIVER, world.driver.id or order_id),
        "Restaurant": shown(Prefix.RESTAURANT, world.kitchen),
        "Product": shown(Prefix.PRODUCT, world.borscht),
        "Order": shown(Prefix.ORDER, order_id),
        "KitchenTicket": shown(Prefix.TICKET, order.tickets[0].id),
        "Resolution": shown(Prefix.RESOLUTION, resolution),
        "Delivery": shown(Prefix.DELIVERY, delivery.id),
        "Offer": shown(Prefix.OFFER, offer.id),
        "Organisation": shown(Prefix.ORGANISATION, school.organisation),
        "Facility": shown(Prefix.FACILITY, school.site),
    }


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


def test_a_very_long_id_is_refused() -> None:
    with pytest.raises(ids.NotAnId):
        ids.decode("ord_" + "z" * 250_000)
