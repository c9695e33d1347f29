"""What is proposed instead of something that ran out, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from .products import ProductKind

MOST_PROPOSALS: Final = 3
MUCH_DEARER: Final = 150
"""Percent of the price. Of the same chapter anything may be proposed, from farther away nothing
that costs more than this."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product, as far as it matters here. `price` in minor units; `rank` is its place in its
    chapter."""

    id: UUID
    restaurant: UUID
    chapter: UUID
    kind: ProductKind
    price: int
    rank: int


def proposed(missing: Candidate, there: Iterable[Candidate]) -> tuple[UUID, ...]:
    """Up to three of what is `there`: the same restaurant before others; of it the same chapter,
    then its other dishes for a dish and goods for goods, then across, a dish from the kitchen for
    something from the shelf or the other way round; the nearest price first."""
    fit = [one for one in there if one.id != missing.id and _fits(missing, one)]
    fit.sort(key=lambda one: (*_distance(missing, one), abs(one.price - missing.price), one.rank))
    return tuple(one.id for one in fit[:MOST_PROPOSALS])


def of_its_kind(missing: Candidate, one: Candidate) -> bool:
    """Whether it is so much the same that it may come without anybody having been asked."""
    return _distance(missing, one) == (False, False, False)


def _fits(missing: Candidate, one: Candidate) -> bool:
    near = not any(_distance(missing, one)[:2])
    return near or one.price * 100 <= missing.price * MUCH_DEARER


def _distance(missing: Candidate, one: Candidate) -> tuple[bool, bool, bool]:
    return (
        one.restaurant != missing.restaurant,
        one.chapter != missing.chapter,
        one.kind is not missing.kind,
    )
