"""The same again: what it costs today, and ordering it."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry import ID

from catering import models
from catering.domain.orders import PaymentMethod
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import LONGEST_TOKEN, short
from catering.schema.describing import answers, asks, why_not
from catering.schema.directives import about
from catering.schema.orders import Order
from catering.schema.refusals import (
    AccountSuspended,
    EmptyOrder,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    KitchenFull,
    NotFound,
    OutOfZone,
    PaymentDeclined,
    PriceChanged,
    ProductUnavailable,
    RestaurantClosed,
    WindowNotAvailable,
)
from catering.schema.tickets import OrderLine
from catering.schema.values import AddressInput, MoneyInput, WindowInput
from catering.services.reordering import Again

from .quoting import OrderQuote, OrderQuoteError


@strawberry.type(description="What the same basket costs today, or what is wrong with it.")
class ReorderQuotePayload(Payload):
    """A basket to confirm."""

    lines: list[OrderLine] = about(20)(
        strawberry.field(
            description="What would be ordered, with the prices of then. Errors count in these."
        )
    )
    errors: list[OrderQuoteError]

    @strawberry.field
    def quote(self) -> OrderQuote | None:
        return None if self.result is None else OrderQuote.of(self.result)

    def counted_in(self, lines: list[Any]) -> ReorderQuotePayload:
        """With the old lines that it is about."""
        self.lines = OrderLine.each(lines)
        return self


@asks
class ReorderInput:
    """What is null is as it was; without a window it is wanted at once."""

    order_id: ID
    idempotency_key: str
    destination: AddressInput | None = None
    contact_phone: str | None = None
    window: WindowInput | None = None
    payment_method: PaymentMethod | None = None
    payment_token: str | None = None
    expected_total: MoneyInput | None = None

    def again(self) -> Again:
        """The same for the use case."""
        return Again(
            self.destination.destination() if self.destination else None,
            self.contact_phone,
            self.window.span() if self.window else None,
            self.payment_method,
            self.expected_total.minor() if self.expected_total else None,
            short(self.payment_token, LONGEST_TOKEN, "paymentToken"),
        )


ReorderError = Annotated[
    AccountSuspended
    | EmptyOrder
    | ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | KitchenFull
    | NotFound
    | OutOfZone
    | PaymentDeclined
    | PriceChanged
    | ProductUnavailable
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("ReorderError"),
]


@answers
class ReorderPayload(Payload):
    errors: list[ReorderError]
    query = onwards()
    order = shows(Order, models.Order)
