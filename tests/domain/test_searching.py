from __future__ import annotations

import pytest

from catering.domain.searching import question, words


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("Борщ", ["борщ"]),
        ("борщу", ["борщ"]),
        ("піци", ["піц"]),
        ("Салатами", ["салат"]),
        ("м'ята", ["мят"]),
        ("М’ЯТА", ["мят"]),
        ("ґрінки", ["грінк"]),
        ("чай", ["чай"]),
        ("Dumplings, pork!", ["dumplings", "pork"]),
        ("«Цезар» & (курка | риба):*", ["цезар", "курк", "риб"]),
        ("' OR 1=1 --", ["or", "1", "1"]),
        ("a b c d e f g h i", list("abcdefgh")),
    ],
)  # fmt: skip
def test_what_is_typed_is_looked_for_by_its_stems(typed: str, looked_for: list[str]) -> None:
    assert words(typed) == looked_for


@pytest.mark.parametrize("typed", ["", "  ", "?!", "'’ʼ", "_"])
def test_nothing_typed_asks_nothing(typed: str) -> None:
    assert question(typed) is None
