"""What clients send to change something."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import ID

from catering.domain import ids
from catering.domain.baskets import Basket, Portion, StandBy, Wish
from catering.domain.ids import NotAnId, Prefix
from catering.domain.lines import ResolutionChoice, StandByKind
from catering.domain.orders import CancellationReason, OrderType, PaymentMethod
from catering.domain.refusals import InvalidInput, NotFound, Refusal, Refused

from .scalars import URL
from .values import AddressInput, GeoPointInput, MoneyInput, WindowInput

LONGEST_KEY = 200
LONGEST_NOTE = 500


def decoded(prefix: Prefix, id: ID, *path: str) -> UUID:
    """The UUID of an id of this kind. Raises `Refused(NotFound)`: there can be no such thing."""
    try:
        kind, uuid = ids.decode(id)
    except NotAnId:
        kind = None
    if kind is not prefix:
        raise Refused(NotFound(f"“{id[:40]}” names nothing here.", path))
    return uuid


def short(text: str | None, most: int, *path: str) -> str | None:
    """The text, if it is not longer than that. Raises `Refused(InvalidInput)`."""
    if text is not None and len(text) > most:
        raise Refused(InvalidInput(f"At most {most} characters.", path, rule="max_length"))
    return text


@strawberry.input(description="What to do when a product cannot be had.")
class StandByInput:
    kind: StandByKind
    product_id: ID | None = None
    max_price_increase_percent: int | None = None

    def stand_by(self, *path: str) -> StandBy:
        """The same for the domain."""
        percent = self.max_price_increase_percent
        if percent is not None and not 0 <= percent <= 100:
            where = (*path, "maxPriceIncreasePercent")
            raise Refused(InvalidInput("Between 0 and 100 percent.", where, rule="percent"))
        product = self.product_id and decoded(Prefix.PRODUCT, self.product_id, *path, "productId")
        return StandBy(self.kind, product or None, percent)


@strawberry.input(description="So many of one product.")
class OrderLineInput:
    product_id: ID
    quantity: int = 1
    note: str | None = None
    stand_by: StandByInput | None = None

    def portion(self, index: int) -> Portion:
        """The same for the domain."""
        here = ("lines", str(index))
        return Portion(
            decoded(Prefix.PRODUCT, self.product_id, *here, "productId"),
            self.quantity,
            short(self.note, LONGEST_NOTE, *here, "note"),
            self.stand_by.stand_by(*here, "standBy") if self.stand_by else StandBy(),
        )


def _portions(lines: list[OrderLineInput]) -> tuple[Portion, ...]:
    """All lines, or all that is wrong with them at once."""
    portions, problems = list[Portion](), list[Refusal]()
    for index, line in enumerate(lines):
        try:
            portions.append(line.portion(index))
        except Refused as refused:
            problems += refused.refusals
    if problems:
        raise Refused(*problems)
    return tuple(portions)


@strawberry.input(description="What `orderQuote` is asked with.")
class OrderQuoteInput:
    lines: list[OrderLineInput]
    destination: AddressInput | None = None
    window: WindowInput | None = None

    def basket(self) -> Basket:
        """The same for the domain."""
        return Basket(
            _portions(self.lines),
            self.destination.destination() if self.destination else None,
            self.window.span() if self.window else None,
        )


@strawberry.input(description="What `placeOrder` is asked with.")
class PlaceOrderInput:
    lines: list[OrderLineInput]
    contact_phone: str
    payment_method: PaymentMethod
    idempotency_key: str
    type: OrderType = OrderType.FOR_CUSTOMER
    destination: AddressInput | None = None
    window: WindowInput | None = None
    expected_total: MoneyInput | None = None

    def wish(self) -> Wish:
        """The same for the domain."""
        return Wish(
            self.type,
            Basket(
                _portions(self.lines),
                self.destination.destination() if self.destination else None,
                self.window.span() if self.window else None,
            ),
            self.contact_phone,
            self.payment_method,
            self.expected_total.minor() if self.expected_total else None,
        )


@strawberry.input(description="What `cancelOrder` is asked with.")
class CancelOrderInput:
    order_id: ID
    reason: CancellationReason
    idempotency_key: str
    comment: str | None = None


@strawberry.input(description="What `answerResolution` is asked with.")
class AnswerResolutionInput:
    resolution_id: ID
    choice: ResolutionChoice
    idempotency_key: str
    product_id: ID | None = None
    window: WindowInput | None = None


@strawberry.input(description="What `acceptTicket` is asked with.")
class AcceptTicketInput:
    ticket_id: ID
    idempotency_key: str
    ready_at: datetime | None = None


@strawberry.input(description="What `rejectTicket` is asked with.")
class RejectTicketInput:
    ticket_id: ID
    reason: str
    idempotency_key: str


@strawberry.input(description="What `markTicketReady` is asked with.")
class MarkTicketReadyInput:
    ticket_id: ID
    idempotency_key: str


@strawberry.input(description="What `reportUnavailable` is asked with.")
class ReportUnavailableInput:
    line_id: ID
    idempotency_key: str
    proposals: list[ID] | None = None


@strawberry.input(description="What `approveDriver` is asked with.")
class ApproveDriverInput:
    driver_id: ID


@strawberry.input(description="What `goOnline` is asked with.")
class GoOnlineInput:
    position: GeoPointInput


@strawberry.input(description="What `goOffline` is asked with.")
class GoOfflineInput:
    reason: str | None = None


@strawberry.input(description="What `acceptOffer` is asked with.")
class AcceptOfferInput:
    offer_id: ID
    idempotency_key: str


@strawberry.input(description="What `declineOffer` is asked with.")
class DeclineOfferInput:
    offer_id: ID
    idempotency_key: str


@strawberry.input(description="What `releaseDelivery` is asked with.")
class ReleaseDeliveryInput:
    delivery_id: ID
    idempotency_key: str


@strawberry.input(description="What `arriveAtStop` is asked with.")
class ArriveAtStopInput:
    stop_id: ID
    idempotency_key: str
    position: GeoPointInput | None = None


@strawberry.input(description="What `completeStop` is asked with.")
class CompleteStopInput:
    stop_id: ID
    idempotency_key: str
    pin: str | None = None
    photo: URL | None = None
    position: GeoPointInput | None = None


@strawberry.input(description="What `reportPosition` is asked with.")
class ReportPositionInput:
    position: GeoPointInput
    measured_at: datetime
