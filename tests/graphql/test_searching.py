"""Looking for restaurants and dishes, in Ukrainian and in English."""

from __future__ import annotations

import pytest

from catering.models import Product, Restaurant
from tests.graphql.conftest import Ask
from tests.world import World

SEARCH = """
query ($text: String!) {
  restaurants(filter: {search: $text}) {
    nodes { name products(filter: {search: $text}) { nodes { name } } }
  }
}
"""


@pytest.fixture
async def menu(world: World) -> World:
    async with world.transaction() as session:
        (await session.get_one(Restaurant, world.kitchen)).name = "Бабусин борщ"
        (await session.get_one(Restaurant, world.market)).name = "М’ятний ринок"
        for id, name, told in (
            (world.borscht, "Борщ український", "Зі сметаною та пампушками"),
            (world.varenyky, "Dumplings with potatoes", "Вареники з картоплею, як борщ у бабусі"),
            (world.juice, "Чай із м'ятою", "«Ґринвіч» — зелений"),
            (world.bread, "Хліб до борщу", None),
        ):
            product = await session.get_one(Product, id)
            product.name, product.description = name, told
    return world


@pytest.mark.usefixtures("menu")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("борщ", {
            "Бабусин борщ": ["Борщ український", "Dumplings with potatoes"],
            "М’ятний ринок": ["Хліб до борщу"],
        }),
        ("пампушка", {"Бабусин борщ": ["Борщ український"]}),
        ("вареники картопля", {"Бабусин борщ": ["Dumplings with potatoes"]}),
        ("dumpling", {"Бабусин борщ": ["Dumplings with potatoes"]}),
        ("POTATO", {"Бабусин борщ": ["Dumplings with potatoes"]}),
        ("мята", {"М’ятний ринок": ["Чай із м'ятою"]}),
        ("мʼята", {"М’ятний ринок": ["Чай із м'ятою"]}),
        ("гринвіч", {"М’ятний ринок": ["Чай із м'ятою"]}),
        ("ринок", {"М’ятний ринок": []}),
        ("суші", {}),
        ("!!!", {}),
    ],
)  # fmt: skip
async def test_words_are_found_however_they_are_written(
    ask: Ask, text: str, found: dict[str, list[str]]
) -> None:
    answer = (await ask(SEARCH, by=None, text=text))["restaurants"]["nodes"]

    told = {r["name"]: [p["name"] for p in r["products"]["nodes"]] for r in answer}
    assert list(told) == list(found), "what is called so comes first"
    assert told == found


@pytest.mark.usefixtures("menu")
async def test_pages_of_what_was_found_follow_each_other(ask: Ask) -> None:
    document = """
    query ($after: String) {
      restaurants(
        filter: {search: "борщ"}, orderBy: {field: RELEVANCE}, first: 1, after: $after
      ) { nodes { name } pageInfo { endCursor hasNextPage } totalCount }
    }
    """
    first = (await ask(document, by=None))["restaurants"]
    second = (await ask(document, by=None, after=first["pageInfo"]["endCursor"]))["restaurants"]

    assert [p["nodes"][0]["name"] for p in (first, second)] == ["Бабусин борщ", "М’ятний ринок"]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (2, False)


@pytest.mark.usefixtures("world")
async def test_relevance_needs_something_that_is_looked_for(ask: Ask) -> None:
    _, codes = await ask.all(
        "{ restaurants(orderBy: {field: RELEVANCE}) { nodes { name } } }", by=None
    )
    assert codes == ["BAD_USER_INPUT"]
