import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.domain.choices import Offered, OfferedGroup
from catering.domain.menu_files import Field, MenuFile, MenuItem, read
from catering.domain.products import ProductKind

HEADER = "category,name,description,price,kind,stock,photo,external id"
BORSCHT = MenuItem(
    line=2,
    where="Line 2",
    category="Супи",
    name="Борщ",
    description="Зі сметаною",
    price=8950,
    currency=None,
    kind=ProductKind.DISH,
    stock=None,
    photo=None,
    external_id="1001",
)


def spreadsheet(*lines: str, header: str = HEADER) -> MenuFile:
    return read("\n".join([header, *lines]), "menu.csv")


def linked(document: object, name: str = "menu.json") -> MenuFile:
    return read(json.dumps(document, ensure_ascii=False), name)


def menu(*sections: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Menu", "hasMenuSection": list(sections)}


def section(name: str, *items: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"@type": "MenuSection", "name": name, "hasMenuItem": list(items), **more}


def dish(name: str, price: object = "89.50", **more: object) -> dict[str, Any]:
    offer = {"@type": "Offer", "price": price, "priceCurrency": "UAH"}
    return {"@type": "MenuItem", "name": name, "offers": offer, **more}


def fields(file: MenuFile) -> list[tuple[int, str | None]]:
    return [(problem.line, problem.field) for problem in file.problems]


# spreadsheets ---------------------------------------------------------------------------------


def test_a_line_becomes_a_product() -> None:
    assert spreadsheet("Супи,Борщ,Зі сметаною,89.50,DISH,,,1001") == MenuFile((BORSCHT,), ())


@pytest.mark.parametrize(
    "text",
    [
        "PRICE;Name;External ID;category;Description\n89,50;Борщ;1001;Супи;Зі сметаною",
        "Ціна, грн\tНазва\tАртикул\tКатегорія\tОпис\n89,50 грн.\tБорщ\t1001\tСупи\tЗі сметаною",
        '\ufeffкатегорія,назва,опис,"Ціна, грн",id,\nСупи,Борщ,Зі сметаною,"89,50",1001,,\n',
        "category,name,description,price,sku\r\nСупи,Борщ,Зі сметаною,₴89.50,1001\r\n\r\n",
    ],
)
def test_a_spreadsheet_may_be_written_in_many_ways(text: str) -> None:
    (item,) = read(text, "меню.csv").items

    assert (item.category, item.name, item.description) == ("Супи", "Борщ", "Зі сметаною")
    assert (item.price, item.external_id) == (8950, "1001")


@pytest.mark.parametrize(
    ("written", "price", "currency"),
    [
        ("129", 12900, None),
        ("129.5", 12950, None),
        ("129.50", 12950, None),
        ("129,50", 12950, None),
        ("₴129", 12900, "UAH"),
        ("129 грн", 12900, "UAH"),
        ("129,50 грн.", 12950, "UAH"),
        ("129 UAH", 12900, "UAH"),
        ("1 299,00", 129900, None),
        ("1\u00a0299", 129900, None),
        ("0", 0, None),
        ("100000.00", 10_000_000, None),
    ],
)
def test_a_price_is_read_as_people_write_it(written: str, price: int, currency: str | None) -> None:
    (item,) = spreadsheet(f'Супи,Борщ,,"{written}",,,,').items

    assert (item.price, item.currency) == (price, currency)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "missing"),
        ("-5", "below zero"),
        ("₴ -5", "below zero"),
        ("12.345", "more than two decimals"),
        ("1,299", "more than two decimals"),
        ("100000.01", "more than 100 000"),
        ("9" * 30, "more than 100 000"),
        ("9" * 5000, "not a price"),
        ("дорого", "not a price"),
        ("від 100 грн", "not a price"),
        ("1e3", "not a price"),
        ("1 29", "not a price"),
        ("1.2.3", "not a price"),
        ("10-20", "not a price"),
        ("$5", "in USD"),
        ("5 EUR", "in EUR"),
        ("₴5 грн", "not a price"),
    ],
)
def test_a_price_that_cannot_be_meant_is_a_problem(written: str, told: str) -> None:
    file = spreadsheet(f'Супи,Борщ,,"{written}",,,,')

    assert fields(file) == [(2, Field.PRICE)]
    assert told in file.problems[0].message
    assert file.items == ()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (",Борщ,,89,,,,", Field.CATEGORY),
        ("Супи, ,,89,,,,", Field.NAME),
        (f"Супи,{'щ' * 201},,89,,,,", Field.NAME),
        ("Супи,Борщ,,89,напій,,,", Field.KIND),
        ("Супи,Борщ,,89,,-1,,", Field.STOCK),
        ("Супи,Борщ,,89,,1.5,,", Field.STOCK),
        ("Супи,Борщ,,89,,багато,,", Field.STOCK),
        ("Супи,Борщ,,89,,,borscht.jpg,", Field.PHOTO),
        ("Супи,Борщ,,89,,,javascript:alert(1),", Field.PHOTO),
        ("Супи,Борщ,,89,,,https://[,", Field.PHOTO),
        ("Супи,Борщ,,89", None),
        ("Супи,Борщ,зі сметаною, з пампушкою,89,,,,7", None),
    ],
)
def test_a_wrong_cell_keeps_its_line_out_and_says_which(line: str, field: str | None) -> None:
    file = spreadsheet("Супи,Солянка,,95,,,,", line, "Супи,Юшка,,85,,,,")

    assert fields(file) == [(3, field)]
    assert [item.name for item in file.items] == ["Солянка", "Юшка"]


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    file = spreadsheet(",,,free,?,-1,x,")

    assert [field for _, field in fields(file)] == [
        Field.CATEGORY, Field.NAME, Field.PRICE, Field.KIND, Field.STOCK, Field.PHOTO
    ]  # fmt: skip


def test_a_problem_reads_as_a_sentence() -> None:
    (problem,) = spreadsheet("Супи,Борщ,,89,напій,,,").problems

    assert str(problem) == "Line 2, kind: “напій” is not a kind. Write DISH or GOODS."


@pytest.mark.parametrize("kind", ["GOODS", "goods", "Товар"])
def test_goods_come_from_a_shelf_with_a_stock(kind: str) -> None:
    (item,) = spreadsheet(f"Напої,Вода,,35,{kind},24.0,https://cdn.example/w.jpg,").items

    assert (item.kind, item.stock) == (ProductKind.GOODS, 24)
    assert item.photo == "https://cdn.example/w.jpg"


def test_a_dish_can_be_limited_to_some_portions() -> None:
    (item,) = spreadsheet("Десерти,Медівник,,85,страва,6,,").items

    assert (item.kind, item.stock) == (ProductKind.DISH, 6)


def test_the_second_of_two_equal_products_is_a_problem() -> None:
    file = spreadsheet("Супи,Борщ,,89,,,,1", "супи,БОРЩ,,95,,,,2", "Хіти,Борщ,,89,,,,3")

    assert fields(file) == [(3, Field.NAME)]
    assert "Line 2" in file.problems[0].message
    assert [item.external_id for item in file.items] == ["1", "3"]


def test_an_external_id_belongs_to_one_product() -> None:
    file = spreadsheet("Супи,Борщ,,89,,,,1", "Супи,Юшка,,95,,,,1")

    assert fields(file) == [(3, Field.EXTERNAL_ID)]


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    file = spreadsheet('Супи,Борщ,"Зі сметаною\nта пампушкою",89,,,,', "", "Супи,Юшка,,x,,,,")

    assert [(item.line, item.description) for item in file.items] == [
        (2, "Зі сметаною та пампушкою")
    ]
    assert fields(file) == [(5, Field.PRICE)]


def test_a_column_nobody_knows_is_only_noted() -> None:
    file = spreadsheet("Супи,Борщ,89,450", header="category,name,price,calories")

    assert len(file.items) == 1
    assert file.problems == ()
    assert "calories" in file.notes[0].message


def test_a_column_that_must_be_there_is_one_problem() -> None:
    file = spreadsheet("Борщ", "Юшка", header="name")

    assert fields(file) == [(1, None)]
    assert "category, price" in file.problems[0].message


def test_a_column_named_twice_is_a_problem() -> None:
    file = spreadsheet("Супи,Борщ,89,99", header="category,name,price,ціна")

    assert fields(file) == [(1, None)]


@pytest.mark.parametrize("text", ["", "\n\n", HEADER, "[]", "{}", "<html></html>", "PK\x03\x04"])
def test_a_file_without_products_is_a_problem(text: str) -> None:
    file = read(text, "menu.csv")

    assert file.items == ()
    assert fields(file) == [(1, None)]


def test_a_cell_without_end_is_a_problem_not_a_crash() -> None:
    file = spreadsheet("Супи,Юшка,,85,,,,", f'Супи,"Борщ{"щ" * 200_000}')

    assert (3, None) in fields(file)
    assert len(file.items) == 1


def test_what_no_database_keeps_is_left_out() -> None:
    (item,) = spreadsheet("Супи,Бо\x00рщ\ud800 ,,89,,,,").items

    assert item.name == "Бо рщ"


CHOOSY = "category,name,price,variants,modifiers"


def test_variants_and_modifiers_stand_in_a_cell_each() -> None:
    sizes = "350 ml [7] = 120; 500 ml = 150,50"
    extras = "Bread (1): Rye = 0; Bun [b] = ₴5 | Extras (0-3): Cream x2 = 10.50 | Dill: Dill = 1"

    (item,) = spreadsheet(f'Супи,Борщ,120,"{sizes}",{extras}', header=CHOOSY).items

    assert item.variants == (
        Offered("350 ml", (12_000, "UAH"), external_id="7"), Offered("500 ml", (15_050, "UAH")),
    )  # fmt: skip
    assert item.modifiers == (
        OfferedGroup(
            "Bread", 1, 1,
            (Offered("Rye", (0, "UAH")), Offered("Bun", (500, "UAH"), external_id="b")),
        ),
        OfferedGroup("Extras", 0, 3, (Offered("Cream", (1_050, "UAH"), 2),)),
        OfferedGroup("Dill", 0, 1, (Offered("Dill", (100, "UAH")),)),
    )  # fmt: skip


def test_an_empty_cell_says_that_there_are_none_and_no_column_says_nothing() -> None:
    (silent,) = spreadsheet("Супи,Борщ,,120,,,,").items
    (none,) = spreadsheet("Супи,Борщ,120,,", header=CHOOSY).items

    assert (silent.variants, silent.modifiers) == (None, None)
    assert (none.variants, none.modifiers) == ((), ())


@pytest.mark.parametrize(
    ("variants", "modifiers", "told"),
    [
        ("350 ml", "", "“350 ml” cannot be read"),
        ("350 ml = cheap", "", "“350 ml”: “cheap” is not a price"),
        ("350 ml = 1; 350 ML = 2", "", "“350 ML”: This name comes twice"),
        ("350 ml = €5", "", "This restaurant sells in UAH"),
        ("", "Cream = 5", "“Cream = 5” cannot be read"),
        ("", "Bread (2-1): Rye = 0", "“Bread”: Choose a minimum"),
        ("", "Bread (1): Rye x21 = 0", "Between 1 and 20"),
        ("", "Bread (1):", "“Bread”: Choose a minimum"),
    ],
)
def test_a_choice_that_cannot_be_meant_keeps_its_line_out(
    variants: str, modifiers: str, told: str
) -> None:
    file = spreadsheet(f"Супи,Борщ,120,{variants},{modifiers}", "Супи,Юшка,90,,", header=CHOOSY)

    (problem,) = file.problems
    assert [item.name for item in file.items] == ["Юшка"]
    assert problem.line == 2
    assert problem.field == (Field.VARIANTS if variants else Field.MODIFIERS)
    assert told in problem.message


# linked data ----------------------------------------------------------------------------------


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


# anything -------------------------------------------------------------------------------------

scraps = st.sampled_from(
    [HEADER, "\n", ",", ";", "\t", '"', "Супи", "89,50", "грн", "-", "\r", "\x00"]
)
sheets = st.lists(scraps | st.text(max_size=5)).map("".join)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["@type", "@graph", "name", "offers", "price", "priceCurrency", "image",
                         "hasMenu", "hasMenuSection", "hasMenuItem", "sku", "description"]),
        inner | st.sampled_from(["Menu", "MenuItem"]), max_size=4,
    ),
)  # fmt: skip


@given(st.text() | sheets | values.map(json.dumps), st.sampled_from(["m.csv", "m.json", "m.html"]))
def test_reading_never_fails(text: str, name: str) -> None:
    file = read(text, name)

    assert file.items or file.problems
    assert all(problem.message and problem.where for problem in (*file.problems, *file.notes))


@given(values, st.text(string.printable))
def test_a_menu_of_anything_never_fails(value: object, text: str) -> None:
    file = linked(
        {"@type": "Menu", "hasMenuSection": value, "hasMenuItem": [value, {"name": text}]}
    )

    assert all(item.name and item.category and item.price >= 0 for item in file.items)


@given(st.integers(0, 10_000_000), st.sampled_from(".,"))
def test_every_price_survives_the_way(price: int, point: str) -> None:
    written = f"{price // 100}{point}{price % 100:02}"

    assert spreadsheet(f'Супи,Борщ,,"{written}",,,,').items[0].price == price
