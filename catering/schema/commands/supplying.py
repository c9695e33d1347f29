"""Intentions about what can be had."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from strawberry import ID

from catering import models
from catering.domain.products import Availability, Supply
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.menus import Product
from catering.schema.refusals import InvalidInput, NotFound


@asks
class SetAvailabilityInput:
    """LIMITED wants a quantity, SNOOZED a time."""

    product_id: ID
    availability: Availability
    quantity: int | None = None
    until: datetime | None = None

    def supply(self) -> Supply:
        """The same for the domain."""
        return Supply(self.availability, self.quantity, self.until)


SetAvailabilityError = Annotated[InvalidInput | NotFound, why_not("SetAvailabilityError")]


@answers
class SetAvailabilityPayload(Payload):
    errors: list[SetAvailabilityError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class SnoozeProductInput:
    product_id: ID
    until: datetime


SnoozeProductError = Annotated[InvalidInput | NotFound, why_not("SnoozeProductError")]


@answers
class SnoozeProductPayload(Payload):
    errors: list[SnoozeProductError]
    query = onwards()
    product = shows(Product, models.Product)


@asks
class SetDailyQuotaInput:
    """Null ends the counting."""

    product_id: ID
    portions: int | None = None


SetDailyQuotaError = Annotated[InvalidInput | NotFound, why_not("SetDailyQuotaError")]


@answers
class SetDailyQuotaPayload(Payload):
    errors: list[SetDailyQuotaError]
    query = onwards()
    product = shows(Product, models.Product)
