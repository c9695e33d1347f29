"""What a mutation answers: the thing as it is now, or everything that was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Self, TypeVar

import strawberry
from strawberry.types.base import StrawberryOptional
from strawberry.types.lazy_type import LazyType

from catering import models
from catering.domain.baskets import Price
from catering.domain.refusals import Refusal

from .deliveries import Delivery, Offer, Stop
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
    strawberry.union("OrderQuoteError", description="Why `orderQuote` may refuse."),
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
    strawberry.union("PlaceOrderError", description="Why `placeOrder` may refuse."),
]


CancelOrderError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("CancelOrderError", description="Why `cancelOrder` may refuse."),
]


AnswerResolutionError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound | ProductUnavailable,
    strawberry.union("AnswerResolutionError", description="Why `answerResolution` may refuse."),
]


AcceptTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("AcceptTicketError", description="Why `acceptTicket` may refuse."),
]


RejectTicketError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("RejectTicketError", description="Why `rejectTicket` may refuse."),
]


MarkTicketReadyError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("MarkTicketReadyError", description="Why `markTicketReady` may refuse."),
]


ReportUnavailableError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("ReportUnavailableError", description="Why `reportUnavailable` may refuse."),
]


ApproveDriverError = Annotated[
    NotFound,
    strawberry.union("ApproveDriverError", description="Why `approveDriver` may refuse."),
]


GoOnlineError = Annotated[
    DriverBusy | DriverNotApproved | InvalidInput | NotFound,
    strawberry.union("GoOnlineError", description="Why `goOnline` may refuse."),
]


GoOfflineError = Annotated[
    DriverBusy | InvalidInput | NotFound,
    strawberry.union("GoOfflineError", description="Why `goOffline` may refuse."),
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
    strawberry.union("AcceptOfferError", description="Why `acceptOffer` may refuse."),
]


DeclineOfferError = Annotated[
    IdempotencyConflict | InvalidInput | NotFound | OfferExpired | OfferTaken,
    strawberry.union("DeclineOfferError", description="Why `declineOffer` may refuse."),
]


ReleaseDeliveryError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("ReleaseDeliveryError", description="Why `releaseDelivery` may refuse."),
]


ArriveAtStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    strawberry.union("ArriveAtStopError", description="Why `arriveAtStop` may refuse."),
]


CompleteStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound | WrongProof,
    strawberry.union("CompleteStopError", description="Why `completeStop` may refuse."),
]


ReportPositionError = Annotated[
    DriverOffline | InvalidInput | NotFound,
    strawberry.union("ReportPositionError", description="Why `reportPosition` may refuse."),
]


@strawberry.type(description="What `placeOrder` answers.")
class PlaceOrderPayload(Payload):
    errors: list[PlaceOrderError]
    query = onwards()

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        return await self._load(info, Order, models.Order)


@strawberry.type(description="What `cancelOrder` answers.")
class CancelOrderPayload(Payload):
    errors: list[CancelOrderError]
    query = onwards()

    @strawberry.field
    async def order(self, info: Info) -> Order | None:
        return await self._load(info, Order, models.Order)


@strawberry.type(description="What `acceptTicket` answers.")
class AcceptTicketPayload(Payload):
    errors: list[AcceptTicketError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@strawberry.type(description="What `rejectTicket` answers.")
class RejectTicketPayload(Payload):
    errors: list[RejectTicketError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@strawberry.type(description="What `markTicketReady` answers.")
class MarkTicketReadyPayload(Payload):
    errors: list[MarkTicketReadyError]
    query = onwards()

    @strawberry.field
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return await self._load(info, KitchenTicket, models.Ticket)


@strawberry.type(description="What `reportUnavailable` answers.")
class ReportUnavailablePayload(Payload):
    errors: list[ReportUnavailableError]
    query = onwards()

    @strawberry.field
    async def resolution(self, info: Info) -> Resolution | None:
        return await self._load(info, Resolution, models.Resolution)


@strawberry.type(description="What `approveDriver` answers.")
class ApproveDriverPayload(Payload):
    errors: list[ApproveDriverError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@strawberry.type(description="What `goOnline` answers.")
class GoOnlinePayload(Payload):
    errors: list[GoOnlineError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@strawberry.type(description="What `goOffline` answers.")
class GoOfflinePayload(Payload):
    errors: list[GoOfflineError]
    query = onwards()

    @strawberry.field
    async def driver(self, info: Info) -> Driver | None:
        return await self._load(info, Driver, models.Driver)


@strawberry.type(description="What `declineOffer` answers.")
class DeclineOfferPayload(Payload):
    errors: list[DeclineOfferError]
    query = onwards()

    @strawberry.field
    async def offer(self, info: Info) -> Offer | None:
        return await self._load(info, Offer, models.Offer)


@strawberry.type(description="What `releaseDelivery` answers.")
class ReleaseDeliveryPayload(Payload):
    errors: list[ReleaseDeliveryError]
    query = onwards()

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        return await self._load(info, Delivery, models.Delivery)


@strawberry.type(description="What `answerResolution` answers.")
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


@strawberry.type(description="What `acceptOffer` answers.")
class AcceptOfferPayload(Payload):
    errors: list[AcceptOfferError]
    query = onwards()

    @strawberry.field
    async def offer(self, info: Info) -> Offer | None:
        return await self._load(info, Offer, models.Offer)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        row = await info.context.loaders.one(models.Offer, self.result)
        found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
        return Delivery.maybe(found)


@strawberry.type(description="What `arriveAtStop` answers.")
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


@strawberry.type(description="What `completeStop` answers.")
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


@strawberry.type(description="What `reportPosition` answers.")
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


@strawberry.type(description="What `orderQuote` answers.")
class OrderQuotePayload(Payload):
    errors: list[OrderQuoteError]

    @strawberry.field
    def quote(self) -> OrderQuote | None:
        return None if self.result is None else OrderQuote.of(self.result)
