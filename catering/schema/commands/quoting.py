"""What a basket would cost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from catering.domain.baskets import Basket, Price
from catering.schema.answering import Payload
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
