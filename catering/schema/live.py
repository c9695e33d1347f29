"""What live screens are told. Each event has a position, to be handed back as `after`."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Annotated, Any, Final, Protocol, Self, TypeVar
from uuid import UUID

import strawberry
from strawberry import ID, Private

from catering import models
from catering.domain.deliveries import DeliveryStatus
from catering.domain.ids import Prefix
from catering.domain.orders import OrderStatus
from catering.domain.refusals import NotFound, Refused
from catering.services.following import StreamResetReason

from .deliveries import Delivery, Offer
from .describing import happenings
from .exposing import Info, View, encoded
from .menus import Product, Restaurant
from .orders import Order
from .tickets import KitchenTicket
from .values import GeoPoint

strawberry.enum(StreamResetReason, description=inspect.getdoc(StreamResetReason))
ViewT = TypeVar("ViewT", bound=View)

PRESENT: Final = "PRESENT"
"""The kind of an event that tells of no change, but of how things are."""


class Moment(Protocol):
    """A place in a stream."""

    @property
    def position(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...


@strawberry.interface(
    description="One step of a live stream. Hand its position back as `after` to go on from there."
)
class LiveEvent:
    position: str
    occurred_at: datetime

    @classmethod
    def told(cls, moment: Moment, **facts: Any) -> Self:
        """This event, at that place in the stream."""
        return cls(position=moment.position, occurred_at=moment.occurred_at, **facts)


@strawberry.type(
    description="Sent instead of a gap: fetch the state again, then go on from this position."
)
class StreamReset(LiveEvent):
    reason: StreamResetReason


@strawberry.type(description="Something about an order is new. `kind` says what.")
class OrderChanged(LiveEvent):
    kind: str
    order_id: Private[UUID]

    @strawberry.field(description="The order as it is now.")
    async def order(self, info: Info) -> Order:
        return await _seen(info, Order, models.Order, self.order_id)


@strawberry.type(description="Something about a kitchen ticket is new. `kind` says what.")
class TicketChanged(LiveEvent):
    kind: str
    ticket_id: Private[UUID]

    @strawberry.field(description="The ticket as it is now.")
    async def ticket(self, info: Info) -> KitchenTicket:
        return await _seen(info, KitchenTicket, models.Ticket, self.ticket_id)


@strawberry.type(description="An offer was sent to you, or is no longer open.")
class OfferChanged(LiveEvent):
    offer_id: Private[UUID]

    @strawberry.field(description="The offer as it is now.")
    async def offer(self, info: Info) -> Offer:
        return await _seen(info, Offer, models.Offer, self.offer_id)


@strawberry.type(description="Your delivery has changed; null when it is not yours any more.")
class AssignmentChanged(LiveEvent):
    delivery_id: Private[UUID | None]

    @strawberry.field(description="The delivery as it is now.")
    async def delivery(self, info: Info) -> Delivery | None:
        return Delivery.maybe(await info.context.loaders.one(models.Delivery, self.delivery_id))


@strawberry.type(description="A card of the board is new, or has changed.")
class BoardCardChanged(LiveEvent):
    previous_status: OrderStatus | None
    order_id: Private[UUID]

    @strawberry.field(description="The order as it is now.")
    async def order(self, info: Info) -> Order:
        return await _seen(info, Order, models.Order, self.order_id)


@strawberry.type(description="A card is to be taken off the board: it ended, or matches no more.")
class BoardCardRemoved(LiveEvent):
    removed_id: Private[UUID]

    @strawberry.field(description="The order that is gone from the board.")
    def order_id(self) -> ID:
        return encoded(Prefix.ORDER, self.removed_id)


@strawberry.type(
    description="The courier has moved. Told between two events, it has the position of the first."
)
class PositionChanged(LiveEvent):
    at: GeoPoint
    estimated_at: datetime | None


@strawberry.type(description="The delivery has ended; nothing follows.")
class TrackingEnded(LiveEvent):
    status: DeliveryStatus


@strawberry.type(description="A product is new, costs something else, or can be had or not.")
class ProductChanged(LiveEvent):
    product_id: Private[UUID]

    @strawberry.field(description="The product as it is now.")
    async def product(self, info: Info) -> Product:
        return await _seen(info, Product, models.Product, self.product_id)


@strawberry.type(description="A restaurant is paused or busy, or something else about it is new.")
class RestaurantChanged(LiveEvent):
    kind: str
    restaurant_id: Private[UUID]

    @strawberry.field(description="The restaurant as it is now.")
    async def restaurant(self, info: Info) -> Restaurant:
        return await _seen(info, Restaurant, models.Restaurant, self.restaurant_id)


@strawberry.type(description="The server's clock, ticking.")
class ServerTick:
    sequence: int
    now: datetime


OrderEvent = Annotated[OrderChanged | StreamReset, happenings("OrderEvent", "An order changed")]
KitchenEvent = Annotated[TicketChanged | StreamReset, happenings("KitchenEvent", "A ticket is new")]
DriverEvent = Annotated[
    AssignmentChanged | OfferChanged | StreamReset, happenings("DriverEvent", "A driver is needed")
]
BoardEvent = Annotated[
    BoardCardChanged | BoardCardRemoved | StreamReset, happenings("BoardEvent", "The board changed")
]
TrackingEvent = Annotated[
    PositionChanged | StreamReset | TrackingEnded, happenings("TrackingEvent", "A courier moved")
]
MenuEvent = Annotated[
    ProductChanged | RestaurantChanged | StreamReset, happenings("MenuEvent", "A menu changed")
]


async def _seen(info: Info, view: type[ViewT], model: type[models.Base], id: UUID) -> ViewT:
    row = await info.context.loaders.one(model, id)
    if row is None:
        raise Refused(NotFound("It is not yours to see any more."))
    return view.of(row)
