"""Intentions about what can be chosen of a product."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.domain.choices import Offered, OfferedGroup
from catering.domain.products import Availability, Supply
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.menus import Product
from catering.schema.refusals import InvalidInput, NotFound
from catering.schema.values import MoneyInput


@strawberry.input(description="A size or a kind of a product. Its price stands instead of it.")
class VariantInput:
    """`externalId` is what the restaurant's own system calls it; null leaves it as it is."""

    name: str
    price: MoneyInput
    external_id: str | None = None

    def offered(self) -> Offered:
        """The same for the domain."""
        return Offered(self.name, self.price.minor(), external_id=self.external_id)


@strawberry.input(description="Something that can be added, at most so much of it to a portion.")
class ModifierInput:
    """`externalId` is what the restaurant's own system calls it; null leaves it as it is."""

    name: str
    price: MoneyInput
    most: int = 1
    external_id: str | None = None

    def offered(self) -> Offered:
        """The same for the domain."""
        return Offered(self.name, self.price.minor(), self.most, self.external_id)


@strawberry.input(description="What is chosen from together.")
class ModifierGroupInput:
    """A minimum of 1 or more means that something has to be chosen."""

    name: str
    maximum: int
    modifiers: list[ModifierInput]
    minimum: int = 0

    def offered(self) -> OfferedGroup:
        """The same for the domain."""
        inside = tuple(one.offered() for one in self.modifiers)
        return OfferedGroup(self.name, self.minimum, self.maximum, inside)


@asks
class SetVariantsInput:
    """All of them: what is not named is gone. What has the same name is the same."""

    product_id: ID
    variants: list[VariantInput]


SetVariantsError = Annotated[InvalidInput | NotFound, why_not("SetVariantsError")]


@answers
class SetVariantsPayload(Payload):
    errors: list[SetVariantsError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class SetModifierGroupsInput:
    """All of them: what is not named is gone. What has the same name is the same."""

    product_id: ID
    groups: list[ModifierGroupInput]


SetModifierGroupsError = Annotated[InvalidInput | NotFound, why_not("SetModifierGroupsError")]


@answers
class SetModifierGroupsPayload(Payload):
    errors: list[SetModifierGroupsError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class SetVariantAvailabilityInput:
    """LIMITED wants a quantity, SNOOZED a time. Nobody counts what is AVAILABLE."""

    variant_id: ID
    availability: Availability
    quantity: int | None = None
    until: datetime | None = None

    def supply(self) -> Supply:
        """The same for the domain."""
        return Supply(self.availability, self.quantity, self.until)


SetVariantAvailabilityError = Annotated[
    InvalidInput | NotFound, why_not("SetVariantAvailabilityError")
]


@answers
class SetVariantAvailabilityPayload(Payload):
    errors: list[SetVariantAvailabilityError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class SetModifierAvailabilityInput:
    """LIMITED wants a quantity, SNOOZED a time. Nobody counts what is AVAILABLE."""

    modifier_id: ID
    availability: Availability
    quantity: int | None = None
    until: datetime | None = None

    def supply(self) -> Supply:
        """The same for the domain."""
        return Supply(self.availability, self.quantity, self.until)


SetModifierAvailabilityError = Annotated[
    InvalidInput | NotFound, why_not("SetModifierAvailabilityError")
]


@answers
class SetModifierAvailabilityPayload(Payload):
    errors: list[SetModifierAvailabilityError]
    query = onwards()
    product = shows(Product, models.Product)
