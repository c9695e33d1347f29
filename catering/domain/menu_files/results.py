"""What comes out of a menu file: products to offer, and what to mend in the file."""

from dataclasses import dataclass
from enum import StrEnum

from catering.domain.choices import Offered, OfferedGroup
from catering.domain.products import ProductKind


class Field(StrEnum):
    """What a file can say about a product."""

    CATEGORY = "category"
    NAME = "name"
    DESCRIPTION = "description"
    PRICE = "price"
    CURRENCY = "currency"
    KIND = "kind"
    STOCK = "stock"
    PHOTO = "photo"
    EXTERNAL_ID = "external_id"
    VARIANTS = "variants"
    MODIFIERS = "modifiers"


@dataclass(frozen=True)
class MenuItem:
    """One product of a menu, ready to be offered.

    `line` is 0 where the file has no lines to speak of; `where` always names the place.
    `price` is in minor units, `currency` what the file says, if anything.
    `stock` of a dish is a number of portions; None is no limit. Of `variants` and `modifiers` None
    says that the file tells nothing, and an empty tuple that there are none.
    """

    line: int
    where: str
    category: str
    name: str
    description: str | None
    price: int
    currency: str | None
    kind: ProductKind
    stock: int | None
    photo: str | None
    external_id: str | None
    variants: tuple[Offered, ...] | None = None
    modifiers: tuple[OfferedGroup, ...] | None = None


@dataclass(frozen=True)
class Problem:
    """Something to mend: where it is, which field (None: all of it), and what to do."""

    line: int
    where: str
    field: str | None
    message: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.where, self.field) if part) + f": {self.message}"


@dataclass(frozen=True)
class MenuFile:
    """A menu as read. A product is in `items`, or a problem says why not; notes harm nothing."""

    items: tuple[MenuItem, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
