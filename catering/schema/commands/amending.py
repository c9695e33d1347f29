"""Intentions to change an order that was placed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from strawberry import ID

from catering import models
from catering.domain.amending import Details, Replacement
from catering.domain.ids import Prefix
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import LONGEST_NOTE, decoded, short
from catering.schema.describing import answers, asks, why_not
from catering.schema.orders import Order
from catering.schema.refusals import (
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

from .baskets import OrderLineInput, portions


@asks
class ReplaceOrderLinesInput:
    """The whole basket, anew; what is not in it is not wanted any more."""

    order_id: ID
    lines: list[OrderLineInput]
    idempotency_key: str
    expected_total: MoneyInput | None = None

    def replacement(self) -> Replacement:
        """The same for the domain."""
        total = self.expected_total.minor() if self.expected_total else None
        return Replacement(portions(self.lines), total)


ReplaceOrderLinesError = Annotated[
    EmptyOrder
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
    why_not("ReplaceOrderLinesError"),
]


@answers
class ReplaceOrderLinesPayload(Payload):
    errors: list[ReplaceOrderLinesError]
    query = onwards()
    order = shows(Order, models.Order)


@asks
class LineNoteInput:
    """What the kitchen should know about one line; an empty text takes the old one away."""

    line_id: ID
    note: str

    def told(self, index: int) -> tuple[UUID, str]:
        """The same for the domain."""
        here = ("notes", str(index))
        line = decoded(Prefix.LINE, self.line_id, *here, "lineId")
        return line, short(self.note, LONGEST_NOTE, *here, "note") or ""


@asks
class ChangeOrderDetailsInput:
    """What is null stays as it is; an empty text takes the old one away."""

    order_id: ID
    idempotency_key: str
    destination: AddressInput | None = None
    door_details: str | None = None
    contact_phone: str | None = None
    notes: list[LineNoteInput] | None = None
    window: WindowInput | None = None
    expected_total: MoneyInput | None = None

    def details(self) -> Details:
        """The same for the domain."""
        return Details(
            self.destination.destination() if self.destination else None,
            self.door_details,
            self.contact_phone,
            tuple(note.told(index) for index, note in enumerate(self.notes or ())),
            self.window.span() if self.window else None,
            self.expected_total.minor() if self.expected_total else None,
        )


ChangeOrderDetailsError = Annotated[
    ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | KitchenFull
    | NotFound
    | OutOfZone
    | PaymentDeclined
    | PriceChanged
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("ChangeOrderDetailsError"),
]


@answers
class ChangeOrderDetailsPayload(Payload):
    errors: list[ChangeOrderDetailsError]
    query = onwards()
    order = shows(Order, models.Order)
