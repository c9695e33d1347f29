"""What clients send to change something."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from strawberry import ID

from catering.domain import ids
from catering.domain.baskets import Basket, Portion, StandBy, Wish
from catering.domain.ids import NotAnId, Prefix
from catering.domain.lines import ResolutionChoice, StandByKind
from catering.domain.orders import CancellationReason, OrderType, PaymentMethod
from catering.domain.refusals import InvalidInput, NotFound, Refusal, Refused

from .describing import asks
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


@asks
class StandByInput:
    """What is to be done when the line runs out while the customer stays silent."""

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


@asks
class OrderLineInput:
    """So much of one product."""

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


@asks
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


@asks
class CancelOrderInput:
    order_id: ID
    reason: CancellationReason
    idempotency_key: str
    comment: str | None = None


@asks
class AnswerResolutionInput:
    resolution_id: ID
    choice: ResolutionChoice
    idempotency_key: str
    product_id: ID | None = None
    window: WindowInput | None = None


@asks
class AcceptTicketInput:
    ticket_id: ID
    idempotency_key: str
    ready_at: datetime | None = None


@asks
class RejectTicketInput:
    ticket_id: ID
    reason: str
    idempotency_key: str


@asks
class MarkTicketReadyInput:
    ticket_id: ID
    idempotency_key: str


@asks
class ReportUnavailableInput:
    line_id: ID
    idempotency_key: str
    proposals: list[ID] | None = None


@asks
class ApproveDriverInput:
    driver_id: ID


@asks
class GoOnlineInput:
    position: GeoPointInput


@asks
class GoOfflineInput:
    reason: str | None = None


@asks
class AcceptOfferInput:
    offer_id: ID
    idempotency_key: str


@asks
class DeclineOfferInput:
    offer_id: ID
    idempotency_key: str


@asks
class ReleaseDeliveryInput:
    delivery_id: ID
    idempotency_key: str


@asks
class ArriveAtStopInput:
    stop_id: ID
    idempotency_key: str
    position: GeoPointInput | None = None


@asks
class CompleteStopInput:
    stop_id: ID
    idempotency_key: str
    pin: str | None = None
    photo: URL | None = None
    position: GeoPointInput | None = None


@asks
class ReportPositionInput:
    position: GeoPointInput
    measured_at: datetime
