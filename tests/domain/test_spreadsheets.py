"""Spreadsheets become products, or say line by line why not."""

import pytest

from catering.domain.choices import Offered, OfferedGroup
from catering.domain.menu_files import Field, MenuFile, MenuItem, read
from catering.domain.products import ProductKind
from tests.domain.menu_files import HEADER, fields, spreadsheet

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
