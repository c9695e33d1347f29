"""Pages that stay stable while rows come and go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from catering.domain import ids
from catering.domain.people import Actor
from catering.domain.products import ProductKind
from catering.models import Category, Product
from tests.graphql.conftest import Ask
from tests.world import World

PRODUCTS = """
query ($slug: String!, $first: Int, $after: String, $last: Int, $before: String,
       $orderBy: ProductSort, $filter: ProductFilter) {
  restaurant(by: {slug: $slug}) {
    products(first: $first, after: $after, last: $last, before: $before,
             orderBy: $orderBy, filter: $filter) {
      edges { cursor node { name } }
      nodes { name }
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      totalCount
    }
  }
}
"""
ORDERS = """
query ($first: Int, $after: String, $orderBy: OrderSort, $filter: OrderFilter) {
  orders(first: $first, after: $after, orderBy: $orderBy, filter: $filter) {
    nodes { id } pageInfo { endCursor hasNextPage } totalCount
  }
}
"""


async def products(ask: Ask, world: World, **part: Any) -> Any:
    data = await ask(PRODUCTS, by=None, slug=await slug(world), **part)
    return data["restaurant"]["products"]


async def slug(world: World, restaurant: UUID | None = None) -> str:
    from sqlalchemy import select

    from catering.models import Restaurant

    query = select(Restaurant.slug).where(Restaurant.id == (restaurant or world.kitchen))
    async with world.transaction() as session:
        return (await session.scalars(query)).one()


@pytest.fixture
async def menu(world: World) -> list[str]:
    """Two chapters; in the second, the places begin again."""
    names = ["Soup 1", "Soup 2", "Cake 1", "Cake 2"]
    async with world.transaction() as session:
        for number, chapter in enumerate(("Soups", "Cakes"), start=1):
            id = ids.new()
            session.add(Category(id=id, restaurant_id=world.kitchen, name=chapter, rank=number))
            await session.flush()
            session.add_all(
                Product(
                    restaurant_id=world.kitchen, category_id=id, name=name, price=5_000,
                    kind=ProductKind.DISH, rank=rank, external_id=name,
                )
                for rank, name in enumerate(n for n in names if n[0] == chapter[0])
            )  # fmt: skip
    return ["Borscht", "Varenyky", *names]


async def test_a_menu_is_paged_in_its_own_order(ask: Ask, world: World, menu: list[str]) -> None:
    seen, after = list[str](), None
    while True:
        page = await products(ask, world, first=2, after=after)
        seen += [node["name"] for node in page["nodes"]]
        assert page["totalCount"] == 6
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == menu


async def test_a_list_is_paged_from_its_end_as_well(
    ask: Ask, world: World, menu: list[str]
) -> None:
    page = await products(ask, world, last=2)
    assert [node["name"] for node in page["nodes"]] == menu[-2:]
    assert page["pageInfo"]["hasPreviousPage"] is True
    before = await products(ask, world, last=3, before=page["pageInfo"]["startCursor"])
    assert [edge["node"]["name"] for edge in before["edges"]] == menu[1:4]
    assert before["pageInfo"]["hasNextPage"] is True


@pytest.mark.parametrize("field", ["NAME", "PRICE", "POSITION"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_every_order_shows_everything_once(
    ask: Ask, world: World, menu: list[str], field: str, direction: str
) -> None:
    by = {"field": field, "direction": direction}
    whole = await products(ask, world, orderBy=by)
    names = [node["name"] for node in whole["nodes"]]
    assert sorted(names) == sorted(menu)
    seen, after = list[str](), None
    for _ in menu:
        page = await products(ask, world, first=1, after=after, orderBy=by)
        seen += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == names


async def test_what_comes_later_neither_doubles_nor_hides_anything(ask: Ask, world: World) -> None:
    placed = [await world.order() for _ in range(3)]
    by = {"field": "PLACED_AT", "direction": "DESC"}
    first = (await ask(ORDERS, by=world.customer, first=2, orderBy=by))["orders"]
    await world.order()
    after = first["pageInfo"]["endCursor"]
    second = (await ask(ORDERS, by=world.customer, first=2, after=after, orderBy=by))["orders"]
    shown = [ids.decode(node["id"])[1] for node in first["nodes"] + second["nodes"]]
    assert sorted(shown) == sorted(placed)
    assert second["totalCount"] == 4


@pytest.mark.parametrize("field", ["PLACED_AT", "UPDATED_AT", "ESTIMATED_AT"])
async def test_orders_of_the_same_moment_are_told_apart(ask: Ask, world: World, field: str) -> None:
    placed = {await world.order() for _ in range(3)}
    by, seen, after = {"field": field, "direction": "ASC"}, list[Any](), None
    for _ in placed:
        page = (await ask(ORDERS, by=world.manager, first=1, after=after, orderBy=by))["orders"]
        seen += [ids.decode(node["id"])[1] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert set(seen) == placed


async def test_nothing_is_counted_unless_asked_for(ask: Ask, world: World) -> None:
    with ask.counting() as sent:
        await ask("{ orders { nodes { id } } }", by=world.manager)
    assert not any("count(" in statement for statement in sent)


@pytest.mark.parametrize("part", [{"first": 101}, {"first": -1}, {"last": 101}, {"last": -1}])
async def test_too_much_at_once_is_a_fault_of_the_request(
    ask: Ask, world: World, part: dict[str, int]
) -> None:
    _, codes = await ask.all(PRODUCTS, by=None, slug=await slug(world), **part)
    assert codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("broken", ["", "x", "%%%", "ї", "A" * 10_000, "W10", "=="])
async def test_a_broken_cursor_is_a_fault_of_the_request(
    ask: Ask, world: World, broken: str
) -> None:
    data, codes = await ask.all(ORDERS, by=world.customer, after=broken)
    assert codes == ["BAD_USER_INPUT"]
    assert data == {"orders": None}


async def test_a_cursor_is_of_one_list(ask: Ask, world: World) -> None:
    mine, others = await slug(world), await slug(world, world.market)
    by_name, by_price = ({"field": field} for field in ("NAME", "PRICE"))

    async def codes(slug: str, order_by: dict[str, str]) -> Any:
        given = {"slug": slug, "orderBy": order_by, "after": cursor}
        return (await ask.all(PRODUCTS, by=None, **given))[1]

    page = await products(ask, world, first=1, orderBy=by_name)
    cursor = page["pageInfo"]["endCursor"]
    assert await codes(mine, by_name) == []
    assert await codes(mine, by_price) == ["BAD_USER_INPUT"]
    assert await codes(mine, {**by_name, "direction": "DESC"}) == ["BAD_USER_INPUT"]
    assert await codes(others, by_name) == ["BAD_USER_INPUT"]
    _, told = await ask.all(ORDERS, by=world.customer, after=cursor)
    assert told == ["BAD_USER_INPUT"]


async def test_filters_narrow(ask: Ask, world: World) -> None:
    whole = await world.order()
    part = await world.order(world.portion(world.juice))

    async def found(**filter: Any) -> set[Any]:
        page = (await ask(ORDERS, by=world.manager, filter=filter))["orders"]
        assert page["totalCount"] == len(page["nodes"])
        return {ids.decode(node["id"])[1] for node in page["nodes"]}

    kitchen, market = (ids.encode(ids.Prefix.RESTAURANT, r) for r in (world.kitchen, world.market))
    assert await found(restaurant=[kitchen]) == {whole}
    assert await found(restaurant=[kitchen, market]) == {whole, part}
    assert await found(restaurant=["rst_x", ids.encode(ids.Prefix.ORDER, whole)]) == set()
    assert await found(status=["PLACED"]) == {whole, part}
    assert await found(status=[]) == set()
    assert await found(type=["FOR_FACILITY"]) == set()
    assert await found(overdue=False, needsAction=False) == {whole, part}
    assert await found(overdue=True) == set()
    assert await found(placedAt={"until": "2020-01-01T00:00:00Z"}) == set()
    assert await found(placedAt={"from": "2020-01-01T00:00:00Z"}) == {whole, part}


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ({"search": "BORS"}, ["Borscht"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"availability": ["AVAILABLE"]}, ["Borscht", "Varenyky"]),
        ({"availability": ["LIMITED", "UNAVAILABLE", "SNOOZED"]}, []),
        ({"availability": []}, []),
        ({"kind": ["GOODS"]}, []),
        ({"kind": ["DISH"], "search": "VAREN"}, ["Varenyky"]),
        ({"category": ["cat_x"]}, []),
    ],
)
async def test_products_are_filtered(
    ask: Ask, world: World, filter: dict[str, Any], names: list[str]
) -> None:
    page = await products(ask, world, filter=filter)
    assert [node["name"] for node in page["nodes"]] == names


@pytest.mark.usefixtures("world")
async def test_restaurants_are_found_by_distance_name_and_hours(ask: Ask) -> None:
    document = """
    query ($filter: RestaurantFilter, $orderBy: RestaurantSort) {
      restaurants(filter: $filter, orderBy: $orderBy) { nodes { name acceptsOrders } totalCount }
    }
    """

    async def found(**given: Any) -> list[str]:
        page = (await ask(document, by=None, **given))["restaurants"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["name"] for node in page["nodes"]]

    near_market = {"latitude": 50.4401, "longitude": 30.5200}
    nearest = {"field": "DISTANCE"}
    assert await found() == ["Kitchen", "Market"]
    assert await found(filter={"deliversTo": near_market}, orderBy=nearest) == [
        "Market", "Kitchen",
    ]  # fmt: skip
    farthest = {**nearest, "direction": "DESC"}
    assert await found(filter={"deliversTo": near_market}, orderBy=farthest) == [
        "Kitchen", "Market",
    ]  # fmt: skip
    assert await found(filter={"deliversTo": {"latitude": 48.0, "longitude": 24.0}}) == []
    assert await found(filter={"acceptsOrders": True}) == ["Kitchen", "Market"]
    assert await found(filter={"acceptsOrders": False}) == []
    assert await found(filter={"search": "mark"}) == ["Market"]
    _, codes = await ask.all(document, by=None, orderBy=nearest)
    assert codes == ["BAD_USER_INPUT"]
    nowhere = {"deliversTo": {"latitude": 91.0, "longitude": 0.0}}
    _, codes = await ask.all(document, by=None, filter=nowhere)
    assert codes == ["BAD_USER_INPUT"]


@pytest.mark.usefixtures("world")
async def test_pages_of_distance_are_stable(ask: Ask) -> None:
    document = """
    query ($after: String) {
      restaurants(first: 1, after: $after, orderBy: {field: DISTANCE},
                  filter: {deliversTo: {latitude: 50.41, longitude: 30.53}}) {
        nodes { name } pageInfo { endCursor hasNextPage }
      }
    }
    """
    first = (await ask(document, by=None))["restaurants"]
    after = first["pageInfo"]["endCursor"]
    second = (await ask(document, by=None, after=after))["restaurants"]
    names = [node["name"] for node in first["nodes"] + second["nodes"]]
    assert sorted(names) == ["Kitchen", "Market"]
    assert second["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("state", [[], ["IDLE"], ["OFFLINE"], ["PENDING_APPROVAL", "BUSY"]])
async def test_drivers_are_filtered_by_what_they_do(
    ask: Ask, world: World, state: list[str]
) -> None:
    document = "query ($state: [DriverState!]) { drivers(state: $state) { nodes { state } } }"
    found = await ask(document, by=world.manager, state=state)
    expected = 2 if state == ["OFFLINE"] else 0
    assert [node["state"] for node in found["drivers"]["nodes"]] == ["OFFLINE"] * expected


async def test_an_admin_lists_what_a_manager_lists(ask: Ask, world: World) -> None:
    await world.order()
    for by in (world.manager, Actor(world.manager.id, "ADMIN")):  # type: ignore[arg-type]
        assert (await ask(ORDERS, by=by))["orders"]["totalCount"] == 1
