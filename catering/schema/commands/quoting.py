"""What a basket would cost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import ID

from catering.domain import refusals
from catering.domain.baskets import Basket, Price
from catering.domain.ids import Prefix
from catering.schema.answering import Payload
from catering.schema.asking import decoded
from catering.schema.describing import answers, asks, why_not
from catering.schema.refusals import (
    EmptyOrder,
    InvalidInput,
    KitchenFull,
    NotFound,
    OutOfZone,
    ProductUnavailable,
    RestaurantClosed,
    WindowNotAvailable,
)
from catering.schema.values import AddressInput, Money, WindowInput

from .baskets import OrderLineInput, basket


@asks
class OrderQuoteInput:
    lines: list[OrderLineInput]
    destination: AddressInput | None = None
    window: WindowInput | None = None
    facility_id: ID | None = None

    def facility(self) -> UUID | None:
        """Which one it is for. Raises `Refused` where it is for another door as well."""
        if self.facility_id and self.destination:
            message = "It goes to the door of the facility. Leave the destination out."
            fault = refusals.InvalidInput(message, ("destination",), rule="for_customer")
            raise refusals.Refused(fault)
        if not self.facility_id:
            return None
        return decoded(Prefix.FACILITY, self.facility_id, "facilityId")

    def basket(self) -> Basket:
        """The same for the domain."""
        return basket(self.lines, self.destination, self.window)


OrderQuoteError = Annotated[
    EmptyOrder
    | InvalidInput
    | KitchenFull
    | NotFound
    | OutOfZone
    | ProductUnavailable
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("OrderQuoteError"),
]


@strawberry.type(description="What a basket would cost, and when it would come.")
class OrderQuote:
    subtotal: Money
    delivery_fee: Money
    total: Money
    estimated_at: datetime
    valid_until: datetime

    @staticmethod
    def of(price: Price) -> OrderQuote:
        """The price, shown."""
        return OrderQuote(
            subtotal=Money.of(price.subtotal, price.currency),
            delivery_fee=Money.of(price.delivery_fee, price.currency),
            total=Money.of(price.total, price.currency),
            estimated_at=price.estimated_at,
            valid_until=price.valid_until,
        )


@answers
class OrderQuotePayload(Payload):
    errors: list[OrderQuoteError]

    @strawberry.field
    def quote(self) -> OrderQuote | None:
        return None if self.result is None else OrderQuote.of(self.result)
