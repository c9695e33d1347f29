"""What a customer chooses of a product, and what of it cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from .accounts import name_faults
from .products import NAME_LENGTH, Availability, availability_of, is_asleep, is_gone, price_faults
from .refusals import InvalidInput, NotFound, ProductUnavailable, Refusal

MOST_CHOICES: Final = 50
MOST_OF_A_MODIFIER: Final = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """So much of one modifier, in each portion."""

    modifier_id: UUID
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A group of modifiers and what is in it, as rows."""

    row: Any
    modifiers: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All that can be chosen of one product today, in the order of the menu."""

    variants: tuple[Any, ...] = ()
    groups: tuple[Group, ...] = ()

    def variant(self, id: UUID | None) -> Any | None:
        """The variant with this id."""
        return next((row for row in self.variants if row.id == id), None)

    def modifiers(self) -> Mapping[UUID, tuple[Group, Any]]:
        """Each modifier with its group, by id."""
        return {row.id: (group, row) for group in self.groups for row in group.modifiers}

    def has_variants(self, offered: Sequence[Offered]) -> bool:
        """Whether it has just these, in this order."""
        return _same(self.variants, offered)

    def has_groups(self, offered: Sequence[OfferedGroup]) -> bool:
        """Whether it has just these, in this order."""
        told = [(one.name.strip(), one.minimum, one.maximum) for one in offered]
        have = [(group.row.name, group.row.minimum, group.row.maximum) for group in self.groups]
        pairs = zip(self.groups, offered, strict=False)
        return have == told and all(_same(group.modifiers, one.modifiers) for group, one in pairs)

    def counted(self, ids: Mapping[UUID, int]) -> Iterator[Any]:
        """Those of these variants and modifiers of which somebody counts how many there are."""
        rows = [*self.variants, *(row for group in self.groups for row in group.modifiers)]
        return (row for row in rows if row.id in ids and row.stock is not None)

    def shortages(
        self, product: Any, wanted: Mapping[UUID, int], taken: Counter[UUID], now: datetime
    ) -> Iterator[Refusal]:
        """Of what there is too little, with what other lines have `taken`; that grows by it."""
        taken.update(wanted)
        for row in self.counted(wanted):
            if 0 < (left(row, now) or 0) < taken[row.id]:
                before = taken[row.id] - wanted[row.id]
                yield self.too_little(product, row, max(0, row.stock - before))

    def too_little(self, product: Any, row: Any, left: int) -> Refusal:
        """The refusal that says how much of it is left."""
        message = f"Only {left} “{row.name}” left for “{product.name}”. Choose a smaller quantity."
        where = "variantId" if self.variant(row.id) is not None else "modifiers"
        return ProductUnavailable(message, (where,), product.id, left)

    def unit_price(self, base: int, variant_id: UUID | None, chosen: Sequence[Chosen]) -> int:
        """What one portion costs, in minor units, where nothing is wrong with it."""
        variant, known = self.variant(variant_id), self.modifiers()
        extras: int = sum(known[one.modifier_id][1].price * one.quantity for one in chosen)
        own: int = base if variant is None else variant.price
        return own + extras

    def written_down(self, chosen: Sequence[Chosen]) -> list[dict[str, Any]]:
        """What was chosen, as a line remembers it: names and prices of the day."""
        known = self.modifiers()
        return [
            {
                "id": str(row.id), "group": group.row.name, "name": row.name,
                "quantity": one.quantity, "price": row.price, "external_id": row.external_id,
            }
            for one in chosen
            for group, row in [known[one.modifier_id]]
        ]  # fmt: skip

    def faults(
        self, product: Any, variant_id: UUID | None, chosen: Sequence[Chosen], now: datetime
    ) -> Iterator[Refusal]:
        """Everything that cannot be; paths begin at the line."""
        yield from self._variant_faults(product, variant_id, now)
        known, counted = self.modifiers(), Counter[UUID]()
        for index, one in enumerate(chosen):
            where = ("modifiers", str(index))
            if one.modifier_id not in known:
                yield NotFound("There is no such modifier here.", (*where, "modifierId"))
                continue
            counted[one.modifier_id] += one.quantity
            row = known[one.modifier_id][1]
            if one.quantity < 1 or counted[one.modifier_id] > row.most:
                message = f"Choose 1 to {row.most} of “{row.name}”."
                yield InvalidInput(message, (*where, "quantity"), rule="modifier_quantity")
            elif not _can_be_had(row, now):
                yield _unavailable(product, row.name).at(*where, "modifierId")
        for group in self.groups:
            yield from _group_faults(group, sum(counted[row.id] for row in group.modifiers))

    def _variant_faults(
        self, product: Any, variant_id: UUID | None, now: datetime
    ) -> Iterator[Refusal]:
        variant = self.variant(variant_id)
        if variant_id is not None and variant is None:
            yield NotFound("There is no such variant here.", ("variantId",))
        elif variant is None and self.variants:
            names = ", ".join(row.name for row in self.variants)
            message = f"Choose one of {names}."
            yield InvalidInput(message, ("variantId",), rule="variant_required")
        elif variant is not None and not _can_be_had(variant, now):
            yield _unavailable(product, variant.name).at("variantId")


def _group_faults(group: Group, count: int) -> Iterator[Refusal]:
    least, most = group.row.minimum, group.row.maximum
    if count < least:
        message = f"Choose at least {least} of “{group.row.name}”."
        yield InvalidInput(message, ("modifiers",), rule="group_minimum")
    if count > most:
        message = f"Choose at most {most} of “{group.row.name}”."
        yield InvalidInput(message, ("modifiers",), rule="group_maximum")


def _same(rows: Sequence[Any], offered: Sequence[Offered]) -> bool:
    return len(rows) == len(offered) and all(
        (row.name, row.price, getattr(row, "most", 1)) == (one.name.strip(), one.price[0], one.most)
        and one.external_id in {None, row.external_id}
        for row, one in zip(rows, offered, strict=True)
    )


def left(row: Any, now: datetime) -> int | None:
    """How many there are of a variant or a modifier; None where nobody counts."""
    stock: int | None = row.stock
    return 0 if is_gone(row) or is_asleep(row, now) else stock


def availability(row: Any, now: datetime) -> Availability:
    """What a customer is told of it."""
    return availability_of(row, row.stock, now)


def _can_be_had(row: Any, now: datetime) -> bool:
    return left(row, now) != 0


def _unavailable(product: Any, name: str) -> ProductUnavailable:
    message = f"“{product.name}” with “{name}” cannot be had. Choose something else."
    return ProductUnavailable(message, product_id=product.id, available_quantity=0)


@dataclass(frozen=True, slots=True)
class Offered:
    """A variant or a modifier as its restaurant writes it down. The price is minor units."""

    name: str
    price: tuple[int, str]
    most: int = 1
    external_id: str | None = None

    def faults(self, currency: str, *path: str) -> Iterator[InvalidInput]:
        """What is wrong with it."""
        for fault in name_faults("name", "A name", self.name, NAME_LENGTH):
            yield fault.at(*path, "name")
        minor, told = self.price
        if told != currency:
            message = f"This restaurant sells in {currency}."
            yield InvalidInput(message, (*path, "price", "currency"), rule="currency")
        yield from price_faults(minor, *path, "price", "amount")
        if not 1 <= self.most <= MOST_OF_A_MODIFIER:
            message = f"Between 1 and {MOST_OF_A_MODIFIER} in one portion."
            yield InvalidInput(message, (*path, "most"), rule="most")


@dataclass(frozen=True, slots=True)
class OfferedGroup:
    """A group as its restaurant writes it down."""

    name: str
    minimum: int
    maximum: int
    modifiers: tuple[Offered, ...]

    def faults(self, currency: str, *path: str) -> Iterator[InvalidInput]:
        """What is wrong with it and with all that is in it."""
        for fault in name_faults("name", "A group", self.name, NAME_LENGTH):
            yield fault.at(*path, "name")
        within = sum(one.most for one in self.modifiers)
        if not (0 <= self.minimum <= self.maximum and self.maximum > 0 and self.minimum <= within):
            message = "Choose a minimum that can be reached and a maximum that is not below it."
            yield InvalidInput(message, (*path, "minimum"), rule="limits")
        yield from list_faults(self.modifiers, currency, *path, "modifiers")


def list_faults(
    offered: Sequence[Offered | OfferedGroup], currency: str, *path: str
) -> Iterator[InvalidInput]:
    """What is wrong with a list of them: each, and that a name comes twice."""
    if len(offered) > MOST_CHOICES:
        yield InvalidInput(f"At most {MOST_CHOICES}.", path, rule="too_many")
    seen = set[str]()
    for index, one in enumerate(offered):
        name = one.name.strip().casefold()
        if name in seen:
            yield InvalidInput("This name comes twice.", (*path, str(index), "name"), rule="taken")
        seen.add(name)
        yield from one.faults(currency, *path, str(index))
