"""Deliveries, their stops, and offers to drivers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import strawberry
from strawberry import ID

from catering import models
from catering.domain.bookings import BookingStatus
from catering.domain.deliveries import DeliveryStatus, StopKind, StopStatus
from catering.domain.dispatch import Verdict
from catering.domain.ids import Prefix
from catering.domain.offers import OfferStatus
from catering.domain.whereabouts import Sighting
from catering.services import locating

from .directives import about
from .exposing import Info, Node, View, encoded, exposes
from .people import Driver
from .providers import ProviderLink
from .scalars import URL
from .tickets import KitchenTicket
from .values import Address, GeoPoint, Money

if TYPE_CHECKING:
    from .orders import Order

_WORKED = frozenset({BookingStatus.CONFIRMED, BookingStatus.COMPLETED})


@exposes(models.Stop)
class Stop(View):
    """A place where something is collected or handed over."""

    kind: StopKind
    status: StopStatus
    due_at: datetime | None

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.STOP, self.row.id)

    @strawberry.field(description="Where it is.")
    def address(self) -> Address:
        return Address.of(self.row)

    @strawberry.field(description="Who has signed for it, at a facility.")
    def signed_by(self) -> str | None:
        return self.row.signed_by  # type: ignore[no-any-return]

    @strawberry.field(description="A picture of the signature.")
    def signature(self) -> URL | None:
        return self.row.signature_url  # type: ignore[no-any-return]

    @strawberry.field(description="What is collected there.")
    async def ticket(self, info: Info) -> KitchenTicket | None:
        return KitchenTicket.maybe(
            await info.context.loaders.one(models.Ticket, self.row.ticket_id)
        )


@exposes(models.Delivery)
class Delivery(View, Node):
    """From one or more kitchens to one door."""

    prefix: ClassVar = Prefix.DELIVERY

    status: DeliveryStatus
    estimated_at: datetime | None
    contact_tries: int
    updated_at: datetime

    @strawberry.field(description="What is delivered; not for a driver who was only asked.")
    async def order(self, info: Info) -> Annotated[Order, strawberry.lazy(".orders")] | None:
        from .orders import Order

        return Order.maybe(await info.context.loaders.one(models.Order, self.row.order_id))

    @about(4)
    @strawberry.field(description="Where it goes, in order.")
    async def stops(self, info: Info) -> list[Stop]:
        return Stop.each(await info.context.loaders.of(models.Stop, "delivery_id", self.row.id))

    @strawberry.field(description="Our driver who carries it.")
    async def driver(self, info: Info) -> Driver | None:
        return Driver.maybe(await info.context.loaders.one(models.Driver, self.row.driver_id))

    @strawberry.field(description="The courier company that carries it.")
    async def carrier(self, info: Info) -> ProviderLink | None:
        booking = await self._booking(info)
        if booking is None:
            return None
        account = await info.context.loaders.one(models.ProviderAccount, booking.account_id)
        assert account is not None
        known_as = booking.external_id or booking.reference
        return ProviderLink.to(account, known_as, self.row.position_at)

    @strawberry.field(description="Where the courier company shows its courier.")
    async def tracking_url(self, info: Info) -> URL | None:
        booking = await self._booking(info)
        return booking.tracking_url if booking else None

    @strawberry.field(description="Where its courier was seen last.")
    async def position(self, info: Info) -> GeoPoint | None:
        return GeoPoint.last(await self._seen(info), self.row)

    @strawberry.field(description="When that was.")
    async def position_at(self, info: Info) -> datetime | None:
        seen = await self._seen(info)
        return seen.heard if seen else self.row.position_at

    @about(10)
    @strawberry.field(description="Which drivers were thought of, and why they were asked or not.")
    async def considerations(self, info: Info) -> list[Consideration]:
        found = await info.context.loaders.of(models.Consideration, "delivery_id", self.row.id)
        return Consideration.each(found)

    async def _seen(self, info: Info) -> Sighting | None:
        """Where its courier is, if that is newer than what its row says."""
        driver_id = locating.courier(self.row)
        seen = await info.context.sighting(driver_id) if driver_id else None
        return seen if seen and seen.was_heard_after(self.row.position_at) else None

    async def _booking(self, info: Info) -> Any | None:
        found = await info.context.loaders.of(models.Booking, "delivery_id", self.row.id)
        return next((b for b in reversed(found) if b.status in _WORKED), None)


@exposes(models.Consideration)
class Consideration(View):
    """Why a driver was asked to carry a delivery, or was not."""

    wave: int
    rank: int
    verdict: Verdict
    considered_at: datetime

    @strawberry.field(description="Who was thought of.")
    async def driver(self, info: Info) -> Driver | None:
        return Driver.maybe(await info.context.loaders.one(models.Driver, self.row.driver_id))

    @strawberry.field(description="From him to the first kitchen, in a straight line.")
    def distance_meters(self) -> int:
        return self.row.distance_m  # type: ignore[no-any-return]

    @strawberry.field(description="How soon he would have been there.")
    def pickup_in(self) -> timedelta:
        return timedelta(seconds=self.row.pickup_seconds)

    @strawberry.field(
        description="How long after the promised time he would have been at the door."
    )
    def late_by(self) -> timedelta:
        return timedelta(seconds=self.row.late_seconds)

    @strawberry.field(description="How long he had been without work.")
    def idle_for(self) -> timedelta:
        return timedelta(seconds=self.row.idle_seconds)


@exposes(models.Offer)
class Offer(View, Node):
    """The question to one driver: will you carry this?"""

    prefix: ClassVar = Prefix.OFFER

    status: OfferStatus
    expires_at: datetime

    @strawberry.field(description="What would be carried; null once somebody else has it.")
    async def delivery(self, info: Info) -> Delivery | None:
        return Delivery.maybe(await info.context.loaders.one(models.Delivery, self.row.delivery_id))

    @strawberry.field(description="What the driver gets for it.")
    def reward(self) -> Money:
        return Money.of(self.row.reward, self.row.currency)

    @strawberry.field(description="From the driver to the first kitchen.")
    def distance_meters(self) -> int:
        return self.row.distance_m  # type: ignore[no-any-return]
