"""Intentions about orders."""

from __future__ import annotations

from typing import Annotated

from strawberry import ID

from catering import models
from catering.domain.baskets import Occasion, Wish
from catering.domain.ids import Prefix
from catering.domain.orders import CancellationReason, OrderType, PaymentMethod
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import LONGEST_TOKEN, decoded, short
from catering.schema.describing import answers, asks, why_not
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
from catering.schema.values import AddressInput, MoneyInput, WindowInput

from .baskets import OrderLineInput, basket


@asks
class PlaceOrderInput:
    lines: list[OrderLineInput]
    contact_phone: str
    payment_method: PaymentMethod
    idempotency_key: str
    type: OrderType = OrderType.FOR_CUSTOMER
    destination: AddressInput | None = None
    window: WindowInput | None = None
    expected_total: MoneyInput | None = None
    payment_token: str | None = None
    facility_id: ID | None = None
    headcount: int | None = None
    cost_centre: str | None = None
    leave_at_door: bool = False

    def wish(self) -> Wish:
        """The same for the domain."""
        return Wish(
            self.type,
            basket(self.lines, self.destination, self.window),
            self.contact_phone,
            self.payment_method,
            self.expected_total.minor() if self.expected_total else None,
            short(self.payment_token, LONGEST_TOKEN, "paymentToken"),
            Occasion(
                decoded(Prefix.FACILITY, self.facility_id, "facilityId")
                if self.facility_id
                else None,
                self.headcount,
                self.cost_centre,
            ),
            self.leave_at_door,
        )


PlaceOrderError = Annotated[
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
    why_not("PlaceOrderError"),
]


@answers
class PlaceOrderPayload(Payload):
    errors: list[PlaceOrderError]
    query = onwards()
    order = shows(Order, models.Order)


@asks
class CancelOrderInput:
    order_id: ID
    reason: CancellationReason
    idempotency_key: str
    comment: str | None = None


CancelOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("CancelOrderError"),
]


@answers
class CancelOrderPayload(Payload):
    errors: list[CancelOrderError]
    query = onwards()
    order = shows(Order, models.Order)
