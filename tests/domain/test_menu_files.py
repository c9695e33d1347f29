"""Whatever stands in a menu file, reading it comes to an end."""

import json
import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catering.domain.menu_files import read
from tests.domain.menu_files import HEADER, linked, spreadsheet

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
