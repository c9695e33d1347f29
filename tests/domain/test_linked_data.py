"""Linked data (schema.org) becomes products, or says why not."""

import json
from typing import Any

import pytest

from catering.domain.choices import Offered, OfferedGroup
from catering.domain.menu_files import Field, read
from catering.domain.products import ProductKind
from tests.domain.menu_files import fields, linked, menu


def section(name: str, *items: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"@type": "MenuSection", "name": name, "hasMenuItem": list(items), **more}


def dish(name: str, price: object = "89.50", **more: object) -> dict[str, Any]:
    offer = {"@type": "Offer", "price": price, "priceCurrency": "UAH"}
    return {"@type": "MenuItem", "name": name, "offers": offer, **more}


def test_a_schema_org_menu_becomes_products() -> None:
    borscht = dish("Борщ", description="Зі сметаною", sku="1001")
    water = dish("Вода", 35, image=["https://cdn.example/w.jpg"])
    water["@type"] = ["MenuItem", "Product"]
    water["offers"]["inventoryLevel"] = {"@type": "QuantitativeValue", "value": 24}

    file = linked(menu(section("Супи", borscht), section("Напої", water)))

    assert file.problems == ()
    assert [(i.category, i.name, i.price, i.currency) for i in file.items] == [
        ("Супи", "Борщ", 8950, "UAH"),
        ("Напої", "Вода", 3500, "UAH"),
    ]
    assert file.items[0].external_id == "1001"
    assert (file.items[1].kind, file.items[1].stock) == (ProductKind.GOODS, 24)
    assert file.items[1].photo == "https://cdn.example/w.jpg"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda menu: [menu],
        lambda menu: {"@graph": [{"@type": "WebSite"}, menu]},
        lambda menu: {"@type": "Restaurant", "hasMenu": menu},
        lambda menu: {"@type": "Restaurant", "hasMenu": [menu]},
        lambda menu: {**menu, "@type": ["http://schema.org/Menu"]},
    ],
)
def test_a_menu_is_found_wherever_it_is(wrap: Any) -> None:
    assert len(linked(wrap(menu(section("Супи", dish("Борщ"))))).items) == 1


def test_a_menu_is_found_in_a_web_page() -> None:
    script = json.dumps(menu(section("Супи", dish("Борщ"))))
    page = f'<!doctype html>\n<script type="application/ld+json">{script}</script>'

    assert [item.name for item in read(page, "menu").items] == ["Борщ"]


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ({"price": 129}, 12900),
        ({"price": 129.5}, 12950),
        ({"price": "129.50"}, 12950),
        ([{"price": "129"}], 12900),
        ({"priceSpecification": {"price": 129, "priceCurrency": "UAH"}}, 12900),
        ({"@type": "AggregateOffer", "lowPrice": 129}, 12900),
    ],
)
def test_an_offer_may_be_written_in_many_ways(offers: object, price: int) -> None:
    (item,) = linked(menu(section("Супи", {"name": "Борщ", "offers": offers}))).items

    assert item.price == price


@pytest.mark.parametrize(
    "image",
    ["https://cdn.example/b.jpg", {"url": "https://cdn.example/b.jpg"},
     [{"@type": "ImageObject", "contentUrl": "https://cdn.example/b.jpg"}]],
)  # fmt: skip
def test_an_image_may_be_written_in_many_ways(image: object) -> None:
    (item,) = linked(menu(section("Супи", dish("Борщ", image=image)))).items

    assert item.photo == "https://cdn.example/b.jpg"


def test_a_section_in_a_section_names_both() -> None:
    hot = section("Гарячі", dish("Чай"), hasMenuSection=[])
    file = linked(menu(section("Напої", dish("Вода"), hasMenuSection=hot)))

    assert [item.category for item in file.items] == ["Напої", "Напої › Гарячі"]


def test_a_problem_in_linked_data_says_where_without_a_line() -> None:
    file = linked(menu(section("Супи", dish("Борщ"), dish("Юшка", "дорого"))))

    (problem,) = file.problems
    assert (problem.line, problem.where) == (0, "Section 'Супи' › item 2")
    assert problem.field == Field.PRICE


def test_another_currency_is_a_problem() -> None:
    foreign = {"name": "Борщ", "offers": {"price": 5, "priceCurrency": "EUR"}}
    file = linked(menu(section("Супи", foreign)))

    assert fields(file) == [(0, Field.PRICE)]
    assert "EUR" in file.problems[0].message


def test_several_prices_are_noted_and_the_first_is_taken() -> None:
    coffee = {"name": "Лате", "offers": [{"price": 89}, {"price": 109}]}
    file = linked(menu(section("Кава", coffee)))

    assert file.items[0].price == 8900
    assert "2 prices" in file.notes[0].message


@pytest.mark.parametrize(
    "wrap", [lambda all: all, lambda all: {"@type": "AggregateOffer", "offers": all}]
)
def test_several_offers_with_names_are_variants(wrap: Any) -> None:
    offers = [
        {"name": "S", "price": 89, "sku": "s"},
        {"itemOffered": {"name": "L"}, "price": "109"},
    ]

    (item,) = (
        file := linked(menu(section("Кава", {"name": "Лате", "offers": wrap(offers)})))
    ).items

    assert (file.notes, item.price) == ((), 8_900)
    assert item.variants == (
        Offered("S", (8_900, "UAH"), external_id="s"), Offered("L", (10_900, "UAH")),
    )  # fmt: skip


def test_add_ons_are_modifiers_and_a_section_of_them_a_group() -> None:
    sauces = section("Соуси", dish("Часниковий", 15), dish("Гострий", 20))
    coffee = dish("Піца", menuAddOn=[sauces, dish("Сир", 30, sku="c")])
    coffee["offers"]["addOn"] = {"@type": "Offer", "name": "Коробка", "price": 5}

    (item,) = linked(menu(section("Піца", coffee))).items

    assert item.modifiers == (
        OfferedGroup(
            "Соуси", 0, 2,
            (Offered("Часниковий", (1_500, "UAH")), Offered("Гострий", (2_000, "UAH"))),
        ),
        OfferedGroup(
            "Add-ons", 0, 2,
            (Offered("Сир", (3_000, "UAH"), external_id="c"), Offered("Коробка", (500, "UAH"))),
        ),
    )  # fmt: skip
    foreign = dish(
        "Піца", menuAddOn={"name": "Сир", "offers": {"price": 1, "priceCurrency": "EUR"}}
    )
    (problem,) = linked(menu(section("Піца", foreign))).problems
    assert (problem.where, problem.field) == ("Section 'Піца' › item 1", Field.MODIFIERS)


def test_linked_data_that_names_no_choices_says_nothing_of_them() -> None:
    (item,) = linked(menu(section("Супи", dish("Борщ")))).items

    assert (item.variants, item.modifiers) == (None, None)


def test_broken_json_names_its_line() -> None:
    assert fields(read('{\n"@type": "Menu",\n}', "menu.json")) == [(3, None)]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_json_without_bottom_is_a_problem(text: str) -> None:
    assert fields(read(text, "menu.json")) == [(1, None)]


def test_sections_without_bottom_are_a_problem() -> None:
    deep = section("Дно", dish("Борщ"))
    for _ in range(30):
        deep = section("Поверх", hasMenuSection=deep)

    (problem,) = linked(menu(deep)).problems
    assert "Flatten" in problem.message
