"""What is wrong with the papers of a driver."""

from __future__ import annotations

from datetime import date

import pytest

from catering.domain.documents import DocumentKind, Paper, faults

TODAY = date(2026, 5, 4)
LICENCE, INSURANCE = DocumentKind.DRIVING_LICENCE, DocumentKind.INSURANCE
GOOD = Paper(LICENCE, "ВХІ 123456", expires_on=TODAY)
WRONG = {
    "two of a kind": ([GOOD, Paper(LICENCE, "7")], [("1", "kind", "unique")]),
    "neither number nor picture": ([Paper(LICENCE)], [("0", "", "required")]),
    "an empty number": ([Paper(LICENCE, " ")], [("0", "number", "length")]),
    "an endless number": ([Paper(LICENCE, "7" * 61)], [("0", "number", "length")]),
    "over since yesterday": (
        [Paper(INSURANCE, url="https://x.test/1", expires_on=date(2026, 5, 3))],
        [("0", "expiresOn", "expired")],
    ),
    "all of it at once": (
        [Paper(LICENCE), Paper(LICENCE, "", expires_on=date(2020, 1, 1))],
        [("0", "", "required"), ("1", "kind", "unique"), ("1", "number", "length"),
         ("1", "expiresOn", "expired")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_is_told_with_its_place(name: str) -> None:
    papers, expected = WRONG[name]
    told = [
        ((refusal.path or ())[1], "".join((refusal.path or ())[2:]), refusal.rule)
        for refusal in faults(papers, TODAY)
    ]
    assert told == expected


def test_a_document_is_good_on_its_last_day_and_without_an_end() -> None:
    assert list(faults([GOOD, Paper(INSURANCE, "7")], TODAY)) == []
