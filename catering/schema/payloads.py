"""What a mutation answers: the thing as it is now, or everything that was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.base import StrawberryOptional
from strawberry.types.lazy_type import LazyType

from catering import models
from catering.domain.baskets import Price
from catering.domain.refusals import Refusal

from .deliveries import Delivery, Offer, Stop
from .describing import answers, why_not
from .exposing import Info, View
from .orders import Order
from .people import Driver
from .refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    EmptyOrder,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    NotFound,
    OfferExpired,
    OfferTaken,
    OutOfZone,
    PriceChanged,
    ProductUnavailable,
    RestaurantClosed,
    WindowNotAvailable,
    WrongProof,
    shown,
)
from .tickets import KitchenTicket, Resolution
from .values import Money

ViewT = TypeVar("ViewT", bound=View)


class Payload:
    """The half that all payloads share: what was done, or why nothing was."""

    result: Any
    refusals: tuple[Refusal, ...]

    @classmethod
    def done(cls, result: Any) -> Self:
        """It was done."""
        return cls._made(result, ())

    @classmethod
    def refused(cls, refusals: Iterable[Refusal]) -> Self:
        """Nothing was done."""
        return cls._made(None, tuple(refusals))

    @classmethod
    def _made(cls, result: Any, refusals: tuple[Refusal, ...]) -> Self:
        payload = cls.__new__(cls)
        payload.result, payload.refusals = result, refusals
        payload.errors = [shown(refusal) for refusal in refusals]  # type: ignore[attr-defined]
        return payload

    async def _load(self, info: Info, view: type[ViewT], model: type[models.Base]) -> ViewT | None:
        return view.maybe(await info.context.loaders.one(model, self.result))


def onwards() -> Any:
    """The field `query`: the root itself, which is above us and named only when it is needed."""
    root: Any = LazyType("Query", "catering.resolvers.root")
    return strawberry.field(
        lambda: (), graphql_type=StrawberryOptional(root), description="Go on reading from here."
    )


OrderQuoteError = Annotated[
    EmptyOrder
    | InvalidInput
    | NotFound
    | OutOfZone
    | ProductUnavailable
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("OrderQuoteError"),
]


PlaceOrderError = Annotated[
    EmptyOrder
    | IdempotencyConflict
    | InvalidInput
    | NotFound
    | OutOfZone
    | PriceChanged
    | ProductUnavailable
    | RestaurantClosed
    | WindowNotAvailable,
    why_not("PlaceOrderError"),
]


CancelOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("CancelOrderError"),
]


AnswerResolutionError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound | ProductUnavailable,
    why_not("AnswerResolutionError"),
]


AcceptTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("AcceptTicketError"),
]


RejectTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RejectTicketError"),
]


MarkTicketReadyError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("MarkTicketReadyError"),
]


ReportUnavailableError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ReportUnavailableError"),
]


ApproveDriverError = Annotated[
    NotFound,
    why_not("ApproveDriverError"),
]


GoOnlineError = Annotated[
    DriverBusy | DriverNotApproved | InvalidInput | NotFound,
    why_not("GoOnlineError"),
]


GoOfflineError = Annotated[
    DriverBusy | InvalidInput | NotFound,
    why_not("GoOfflineError"),
]


AcceptOfferError = Annotated[
    DriverBusy
    | DriverOffline
    | ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | NotFound
    | OfferExpired
    | OfferTaken,
    why_not("AcceptOfferError"),
]


DeclineOfferError = Annotated[
    IdempotencyConflict | InvalidInput | NotFound | OfferExpired | OfferTaken,
    why_not("DeclineOfferError"),
]


ReleaseDeliveryError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ReleaseDeliveryError"),
]


ArriveAtStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ArriveAtStopError"),
]


CompleteStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound | WrongProof,
    why_not("CompleteStopError"),
]


ReportPositionError = Annotated[
    DriverOffline | InvalidInput | NotFound,
    why_not("ReportPositionError"),
]


@answers
class PlaceOrderPayload(Payload):
    errors: list[PlaceOrderError]
    query = onwards()

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        return await self._load(info, Order, models.Order)


@answers
class CancelOrderPayload(Payload):
    errors: list[CancelOrderError]
    query = onwards()

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        return await self._load(info, Order, models.Order)


@answers
class AcceptTicketPayload(Payload):
    errors: list[AcceptTicketError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@answers
class RejectTicketPayload(Payload):
    errors: list[RejectTicketError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@answers
class MarkTicketReadyPayload(Payload):
    errors: list[MarkTicketReadyError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@answers
class ReportUnavailablePayload(Payload):
    errors: list[ReportUnavailableError]
    query = onwards()

    @strawberry.field
    async def resolution(self, info: Info) -> Resolution | None:
        return await self._load(info, Resolution, models.Resolution)


@answers
class ApproveDriverPayload(Payload):
    errors: list[ApproveDriverError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@answers
class GoOnlinePayload(Payload):
    errors: list[GoOnlineError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@answers
class GoOfflinePayload(Payload):
    errors: list[GoOfflineError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@answers
class DeclineOfferPayload(Payload):
    errors: list[DeclineOfferError]
    query = onwards()

    @strawberry.field
    async def offer(self, info: Info) -> Offer | None:
        return await self._load(info, Offer, models.Offer)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await _offered(info, self.result)


@answers
class ReleaseDeliveryPayload(Payload):
    errors: list[ReleaseDeliveryError]
    query = onwards()

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await self._load(info, Delivery, models.Delivery)


@answers
class AnswerResolutionPayload(Payload):
    errors: list[AnswerResolutionError]
    query = onwards()

    @strawberry.field
    async def resolution(self, info: Info) -> Resolution | None:
        return await self._load(info, Resolution, models.Resolution)

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        row = await info.context.loaders.one(models.Resolution, self.result)
        found = await info.context.loaders.one(models.Order, row.order_id if row else None)
        return Order.maybe(found)


@answers
class AcceptOfferPayload(Payload):
    errors: list[AcceptOfferError]
    query = onwards()

    @strawberry.field
    async def offer(self, info: Info) -> Offer | None:
        return await self._load(info, Offer, models.Offer)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await _offered(info, self.result)


@answers
class ArriveAtStopPayload(Payload):
    errors: list[ArriveAtStopError]
    query = onwards()

    @strawberry.field
    async def stop(self, info: Info) -> Stop | None:
        return await self._load(info, Stop, models.Stop)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        row = await info.context.loaders.one(models.Stop, self.result)
        found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
        return Delivery.maybe(found)


@answers
class CompleteStopPayload(Payload):
    errors: list[CompleteStopError]
    query = onwards()

    @strawberry.field
    async def stop(self, info: Info) -> Stop | None:
        return await self._load(info, Stop, models.Stop)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        row = await info.context.loaders.one(models.Stop, self.result)
        found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
        return Delivery.maybe(found)


@answers
class ReportPositionPayload(Payload):
    errors: list[ReportPositionError]
    query = onwards()

    @strawberry.field(description="How soon to report again.")
    def next_report_after(self) -> timedelta | None:
        return self.result  # type: ignore[no-any-return]


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


async def _offered(info: Info, offer_id: UUID | None) -> Delivery | None:
    row = await info.context.loaders.one(models.Offer, offer_id)
    found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
    return Delivery.maybe(found)
