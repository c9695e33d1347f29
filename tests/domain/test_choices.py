"""What a customer chooses of a product, and what of it cannot be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from catering.domain import ids
from catering.domain.choices import (
    Choices,
    Chosen,
    Group,
    Offered,
    OfferedGroup,
    availability,
    left,
    list_faults,
)
from catering.domain.products import Availability
from catering.domain.refusals import InvalidInput, NotFound, ProductUnavailable

NOON, HOUR = datetime(2026, 5, 1, 12, tzinfo=UTC), timedelta(hours=1)


@dataclass(frozen=True)
class Thing:
    """A row of a product, a variant, a modifier or a group."""

    name: str
    id: UUID
    price: int = 0
    most: int = 2
    minimum: int = 1
    maximum: int = 3
    external_id: str | None = None
    unavailable: bool = False
    stock: int | None = None
    snoozed_until: datetime | None = None
    removed_at: datetime | None = None


PIZZA, SAUCES = Thing("Pizza", ids.new(), 20_000), Thing("Sauces", ids.new())
SMALL, LARGE = Thing("Small", ids.new(), 18_000), Thing("Large", ids.new(), 25_000)
GARLIC, CHILI, PESTO = (Thing(name, ids.new(), 1_500) for name in ("Garlic", "Chili", "Pesto"))
ALL = Choices(
    (SMALL, replace(LARGE, unavailable=True)),
    (Group(SAUCES, (GARLIC, CHILI, replace(PESTO, snoozed_until=NOON + timedelta(hours=1)))),),
)
SAUCE = (Chosen(GARLIC.id),)


@pytest.mark.parametrize(
    ("variant", "chosen", "told"),
    [
        (SMALL.id, SAUCE, []),
        (SMALL.id, (Chosen(GARLIC.id, 2), Chosen(CHILI.id)), []),
        (None, SAUCE, [(InvalidInput, ("variantId",))]),
        (PIZZA.id, SAUCE, [(NotFound, ("variantId",))]),
        (LARGE.id, SAUCE, [(ProductUnavailable, ("variantId",))]),
        (SMALL.id, (), [(InvalidInput, ("modifiers",))]),
        (SMALL.id, (Chosen(GARLIC.id, 2), Chosen(CHILI.id, 2)), [(InvalidInput, ("modifiers",))]),
        (
            SMALL.id,
            (Chosen(GARLIC.id, 2), Chosen(GARLIC.id)),
            [(InvalidInput, ("modifiers", "1", "quantity"))],
        ),
        (
            SMALL.id,
            (*SAUCE, Chosen(CHILI.id, 0)),
            [(InvalidInput, ("modifiers", "1", "quantity"))],
        ),
        (
            SMALL.id,
            (Chosen(PESTO.id), Chosen(SMALL.id)),
            [
                (ProductUnavailable, ("modifiers", "0", "modifierId")),
                (NotFound, ("modifiers", "1", "modifierId")),
            ],
        ),
    ],
)
def test_everything_that_cannot_be_chosen_is_told(
    variant: UUID | None, chosen: tuple[Chosen, ...], told: list[tuple[type, tuple[str, ...]]]
) -> None:
    faults = ALL.faults(PIZZA, variant, chosen, NOON)

    assert [(type(fault), fault.path) for fault in faults] == told


def test_a_variants_price_stands_instead_and_modifiers_come_on_top() -> None:
    chosen = (Chosen(GARLIC.id, 2), Chosen(CHILI.id))

    assert ALL.unit_price(PIZZA.price, SMALL.id, chosen) == 18_000 + 3 * 1_500
    assert Choices().unit_price(PIZZA.price, None, ()) == 20_000


def test_what_is_counted_is_counted_over_all_lines() -> None:
    few = Choices((replace(SMALL, stock=3),), (Group(SAUCES, (replace(GARLIC, stock=4), CHILI)),))
    taken = Counter[UUID]()
    first, second = {SMALL.id: 2, GARLIC.id: 4, CHILI.id: 9}, {SMALL.id: 2, GARLIC.id: 1}

    assert list(few.shortages(PIZZA, first, taken, NOON)) == []
    nos = list(few.shortages(PIZZA, second, taken, NOON))

    told = [(type(no), no.path, getattr(no, "available_quantity", None)) for no in nos]
    assert told == [
        (ProductUnavailable, ("variantId",), 1),
        (ProductUnavailable, ("modifiers",), 0),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GARLIC, (Availability.AVAILABLE, None)),
        (replace(GARLIC, stock=2), (Availability.LIMITED, 2)),
        (replace(GARLIC, stock=0, snoozed_until=NOON + HOUR), (Availability.UNAVAILABLE, 0)),
        (replace(GARLIC, stock=2, snoozed_until=NOON + HOUR), (Availability.SNOOZED, 0)),
        (replace(GARLIC, stock=2, snoozed_until=NOON), (Availability.LIMITED, 2)),
        (replace(GARLIC, stock=2, unavailable=True), (Availability.UNAVAILABLE, 0)),
    ],
)
def test_whether_it_can_be_had(row: Thing, told: tuple[Availability, int | None]) -> None:
    assert (availability(row, NOON), left(row, NOON)) == told


def test_nothing_can_be_chosen_of_a_simple_dish() -> None:
    (no,) = Choices().faults(PIZZA, None, SAUCE, NOON)

    assert isinstance(no, NotFound)


GOOD = Offered("Garlic", (1_500, "UAH"))


@pytest.mark.parametrize(
    ("offered", "rules"),
    [
        ([OfferedGroup("Sauces", 1, 2, (GOOD,) * 1 + (Offered("Chili", (0, "UAH")),))], []),
        ([OfferedGroup("Sauces", 2, 1, (GOOD,))], ["limits"]),
        ([OfferedGroup("Sauces", 2, 2, (GOOD,))], ["limits"]),
        ([OfferedGroup(" ", 0, 1, (GOOD, GOOD))], ["length", "taken"]),
        ([replace(GOOD, price=(-1, "EUR"), most=0)], ["currency", "price", "most"]),
        ([replace(GOOD, name=str(n)) for n in range(51)], ["too_many"]),
    ],
)
def test_a_restaurant_is_told_what_cannot_be_offered(
    offered: list[Offered | OfferedGroup], rules: list[str]
) -> None:
    assert [fault.rule for fault in list_faults(offered, "UAH", "x")] == rules
