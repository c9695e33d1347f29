"""Variants and modifiers through the API: written by the staff, read by all, ordered by some."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from tests.graphql.conftest import Ask
from tests.graphql.placing import how_many, wish
from tests.graphql.steps import shown
from tests.world import World

CHOICES = """
variants { id name price { amount currency } availability availableQuantity checkedAt }
modifierGroups {
  id name minimum maximum
  modifiers { id name most price { amount currency } availability availableQuantity }
}
"""
ERRORS = "errors { __typename ... on UserError { code path } ... on InvalidInput { rule } }"


def money(amount: str, currency: str = "UAH") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


SIZES = [
    {"name": "350 ml", "price": money("120.00"), "externalId": "7"},
    {"name": "500 ml", "price": money("150.00")},
]
GROUPS = [
    {
        "name": "Bread", "minimum": 1, "maximum": 1,
        "modifiers": [{"name": "Rye", "price": money("0")}, {"name": "Bun", "price": money("5")}],
    },
    {
        "name": "Extras", "maximum": 3,
        "modifiers": [{"name": "Cream", "price": money("10.50"), "most": 2}],
    },
]  # fmt: skip


async def say(
    ask: Ask, by: Actor, operation: str, selection: str = "product { id }", **given: Any
) -> Any:
    kind = operation[:1].upper() + operation[1:]
    document = f"""
    mutation ($input: {kind}Input!) {{
      answer: {operation}(input: $input) {{ {selection} {ERRORS} }}
    }}
    """
    return (await ask(document, by=by, input=given))["answer"]


async def offered(ask: Ask, world: World) -> dict[str, str]:
    """Borscht in two sizes with bread and cream; the ids, by name."""
    id = shown(Prefix.PRODUCT, world.borscht)
    await say(ask, world.cook, "setVariants", productId=id, variants=SIZES)
    answer = await say(
        ask,
        world.cook,
        "setModifierGroups",
        f"product {{ {CHOICES} }}",
        productId=id,
        groups=GROUPS,
    )
    assert answer["errors"] == []
    product = answer["product"]
    rows = [*product["variants"], *(m for g in product["modifierGroups"] for m in g["modifiers"])]
    return {row["name"]: row["id"] for row in rows}


async def menu(ask: Ask, world: World, by: Actor | None = None) -> Any:
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Product {{ {CHOICES} }} }} }}"
    return (await ask(document, by=by, id=shown(Prefix.PRODUCT, world.borscht)))["node"]


async def test_everybody_reads_what_can_be_chosen_in_the_order_of_the_menu(
    ask: Ask, world: World
) -> None:
    await offered(ask, world)

    seen = await menu(ask, world)

    sizes = [(one["name"], one["price"], one["availability"]) for one in seen["variants"]]
    assert sizes == [
        ("350 ml", money("120.00"), "AVAILABLE"),
        ("500 ml", money("150.00"), "AVAILABLE"),
    ]
    assert all(one["checkedAt"] for one in seen["variants"])
    groups = [(g["name"], g["minimum"], g["maximum"]) for g in seen["modifierGroups"]]
    assert groups == [("Bread", 1, 1), ("Extras", 0, 3)]
    bread, extras = (group["modifiers"] for group in seen["modifierGroups"])
    assert [(one["name"], one["price"]["amount"]) for one in bread] == [
        ("Rye", "0.00"),
        ("Bun", "5.00"),
    ]
    assert (extras[0]["most"], extras[0]["availableQuantity"]) == (2, None)


async def test_what_keeps_its_name_keeps_its_id_and_what_is_not_named_is_gone(
    ask: Ask, world: World
) -> None:
    before = await offered(ask, world)
    id = shown(Prefix.PRODUCT, world.borscht)
    sizes = [{"name": "1 l", "price": money("250")}, {"name": "500 ML", "price": money("155")}]

    await say(ask, world.manager, "setVariants", productId=id, variants=sizes)
    await say(ask, world.manager, "setModifierGroups", productId=id, groups=GROUPS[1:])

    seen = await menu(ask, world)
    assert [one["name"] for one in seen["variants"]] == ["1 l", "500 ML"]
    assert seen["variants"][1]["id"] == before["500 ml"]
    (group,) = seen["modifierGroups"]
    assert group["modifiers"][0]["id"] == before["Cream"]


async def test_an_order_is_of_what_was_chosen(ask: Ask, world: World) -> None:
    ids = await offered(ask, world)
    line = {
        "productId": shown(Prefix.PRODUCT, world.borscht), "quantity": 2,
        "variantId": ids["500 ml"],
        "modifiers": [{"modifierId": ids["Bun"]}, {"modifierId": ids["Cream"], "quantity": 2}],
    }  # fmt: skip
    selection = """
    order { tickets { lines {
      name variant unitPrice { amount } total { amount }
      modifiers { group name quantity price { amount } }
    } } }
    """

    answer = await say(ask, world.customer, "placeOrder", selection, **wish(world, lines=[line]))

    assert answer["errors"] == []
    ((told,),) = [ticket["lines"] for ticket in answer["order"]["tickets"]]
    assert (told["name"], told["variant"]) == ("Borscht", "500 ml")
    assert (told["unitPrice"]["amount"], told["total"]["amount"]) == ("176.00", "352.00")
    extras = [
        (m["group"], m["name"], m["quantity"], m["price"]["amount"]) for m in told["modifiers"]
    ]
    assert extras == [
        ("Bread", "Bun", 1, "5.00"),
        ("Extras", "Cream", 2, "10.50"),
    ]  # fmt: skip


async def test_what_cannot_be_chosen_is_told_line_by_line(ask: Ask, world: World) -> None:
    ids = await offered(ask, world)
    product = shown(Prefix.PRODUCT, world.borscht)
    lines = [
        {"productId": product, "modifiers": [{"modifierId": ids["Rye"]}]},
        {"productId": product, "variantId": ids["Rye"], "modifiers": [{"modifierId": ids["Rye"]}]},
        {"productId": product, "variantId": ids["500 ml"]},
        {"productId": product, "variantId": ids["500 ml"], "modifiers": [{"modifierId": "x"}]},
        {
            "productId": product, "variantId": ids["500 ml"],
            "modifiers": [{"modifierId": ids["Rye"]}, {"modifierId": ids["Cream"], "quantity": 3}],
        },
    ]  # fmt: skip

    async def told(*which: int) -> list[tuple[str, list[str]]]:
        given = wish(world, lines=[lines[n] for n in which])
        answer = await say(ask, world.customer, "placeOrder", "order { id }", **given)
        assert answer["order"] is None
        return [(error["code"], error["path"][2:]) for error in answer["errors"]]

    assert await told(0, 2, 4) == [
        ("INVALID_INPUT", ["0", "variantId"]),
        ("INVALID_INPUT", ["1", "modifiers"]),
        ("INVALID_INPUT", ["2", "modifiers", "1", "quantity"]),
    ]
    assert await told(1, 3) == [
        ("NOT_FOUND", ["0", "variantId"]),
        ("NOT_FOUND", ["1", "modifiers", "0", "modifierId"]),
    ]
    assert await how_many(world) == 0


@pytest.mark.parametrize("what", ["Variant", "Modifier"])
async def test_whether_it_can_be_had_is_seen_as_it_was_said(
    ask: Ask, world: World, what: str
) -> None:
    ids = await offered(ask, world)
    id = ids["350 ml"] if what == "Variant" else ids["Cream"]
    key, until = f"{what.lower()}Id", (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    async def seen(**given: Any) -> tuple[str, int | None]:
        answer = await say(ask, world.cook, f"set{what}Availability", **{key: id}, **given)
        assert answer["errors"] == []
        product = await menu(ask, world)
        row = product["variants"][0]
        if what == "Modifier":
            row = product["modifierGroups"][1]["modifiers"][0]
        return row["availability"], row["availableQuantity"]

    assert await seen(availability="LIMITED", quantity=4) == ("LIMITED", 4)
    assert await seen(availability="SNOOZED", until=until) == ("SNOOZED", 0)
    assert await seen(availability="UNAVAILABLE") == ("UNAVAILABLE", 0)
    assert await seen(availability="LIMITED", quantity=0) == ("UNAVAILABLE", 0)
    assert await seen(availability="AVAILABLE") == ("AVAILABLE", None)
    for wrong in ({"availability": "LIMITED"}, {"availability": "SNOOZED"}):
        answer = await say(ask, world.cook, f"set{what}Availability", **{key: id}, **wrong)
        assert [error["code"] for error in answer["errors"]] == ["INVALID_INPUT"]
    other = await say(
        ask, world.market_cook, f"set{what}Availability", **{key: id}, availability="AVAILABLE"
    )
    assert [(e["code"], e["path"]) for e in other["errors"]] == [("NOT_FOUND", ["input", key])]


async def test_what_cannot_be_offered_changes_nothing(ask: Ask, world: World) -> None:
    await offered(ask, world)
    before = await menu(ask, world)
    id = shown(Prefix.PRODUCT, world.borscht)
    sizes = [*SIZES, {"name": "500 ML", "price": money("1", "EUR")}]
    groups = [{"name": "Sauce", "minimum": 3, "maximum": 2, "modifiers": []}]

    variants = await say(ask, world.cook, "setVariants", productId=id, variants=sizes)
    modifiers = await say(ask, world.cook, "setModifierGroups", productId=id, groups=groups)
    stranger = await say(ask, world.market_cook, "setVariants", productId=id, variants=[])

    assert [(e["path"], e["rule"]) for e in variants["errors"]] == [
        (["input", "variants", "2", "name"], "taken"),
        (["input", "variants", "2", "price", "currency"], "currency"),
    ]
    assert [(e["path"], e["rule"]) for e in modifiers["errors"]] == [
        (["input", "groups", "0", "minimum"], "limits")
    ]
    assert [e["code"] for e in stranger["errors"]] == ["NOT_FOUND"]
    assert await menu(ask, world) == before


@pytest.mark.parametrize(
    ("who", "sees"),
    [("cook", True), ("manager", True), ("market_cook", False), ("customer", False)],
)
async def test_those_who_make_prices_read_what_a_choice_did_cost(
    ask: Ask, world: World, who: str, sees: bool
) -> None:
    await offered(ask, world)
    id = shown(Prefix.PRODUCT, world.borscht)
    dearer = [{**SIZES[0], "price": money("125.00")}, SIZES[1]]
    await say(ask, world.manager, "setVariants", productId=id, variants=dearer)
    history = (
        "priceHistory(first: 1) { totalCount nodes { old { amount } new { amount } actorRole } }"
    )
    document = f"""
    query ($id: ID!) {{ node(id: $id) {{ ... on Product {{
      {history} variants {{ {history} }} modifierGroups {{ modifiers {{ {history} }} }}
    }} }} }}
    """

    seen = (await ask(document, by=getattr(world, who), id=id))["node"]

    first, second = (one["priceHistory"] for one in seen["variants"])
    cream = seen["modifierGroups"][1]["modifiers"][0]["priceHistory"]
    counts = [one["totalCount"] for one in (first, second, cream, seen["priceHistory"])]
    assert counts == ([2, 1, 1, 0] if sees else [0, 0, 0, 0])
    if sees:
        assert first["nodes"] == [
            {"old": {"amount": "120.00"}, "new": {"amount": "125.00"}, "actorRole": "MANAGER"}
        ]
        assert cream["nodes"][0] == {
            "old": None, "new": {"amount": "10.50"}, "actorRole": "RESTAURANT",
        }  # fmt: skip


async def test_more_choices_cost_no_more_statements(ask: Ask, world: World) -> None:
    await menu(ask, world)
    await offered(ask, world)
    with ask.counting() as few:
        await menu(ask, world)
    groups = [{**GROUPS[1], "name": f"Extras {n}"} for n in range(5)]
    id = shown(Prefix.PRODUCT, world.borscht)
    await say(ask, world.cook, "setModifierGroups", productId=id, groups=groups)

    with ask.counting() as many:
        await menu(ask, world)

    assert len(many) == len(few) <= 6
