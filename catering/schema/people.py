"""People: what of them is shown depends on who looks."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar
from uuid import UUID

import strawberry

from catering import models
from catering.domain.deliveries import CARRIED
from catering.domain.documents import DocumentKind, Paper
from catering.domain.ids import Prefix
from catering.domain.offers import OfferStatus
from catering.domain.people import Role
from catering.domain.ratings import average
from catering.domain.whereabouts import Sighting
from catering.domain.zones import Area

from .directives import about
from .enums import DriverState
from .exposing import Info, Node, View, exposes
from .scalars import URL, PhoneNumber
from .values import GeoPoint
from .zones import DriverZone

if TYPE_CHECKING:
    from .deliveries import Consideration, Delivery, Offer
    from .menus import Restaurant

_Delivery = Annotated["Delivery", strawberry.lazy(".deliveries")]
_Restaurant = Annotated["Restaurant", strawberry.lazy(".menus")]
_Offer = Annotated["Offer", strawberry.lazy(".deliveries")]
_Consideration = Annotated["Consideration", strawberry.lazy(".deliveries")]


@exposes(models.User)
class User(View, Node):
    """Somebody with an account."""

    prefix: ClassVar = Prefix.USER

    display_name: str
    created_at: datetime

    @strawberry.field(description="To sign in with.")
    def email(self) -> str | None:
        return self.row.email  # type: ignore[no-any-return]

    @strawberry.field(description="To be called at.")
    def phone(self) -> PhoneNumber | None:
        return self.row.phone  # type: ignore[no-any-return]

    @strawberry.field(description="Whether a letter to this address was answered.")
    def email_verified(self) -> bool | None:
        return self.row.email_verified_at is not None

    @strawberry.field(description="Set while he was invited and has not come.")
    def invited_at(self) -> datetime | None:
        return self.row.invited_at  # type: ignore[no-any-return]

    @strawberry.field(description="Since when nobody gets in with this account.")
    def suspended_at(self) -> datetime | None:
        return self.row.suspended_at  # type: ignore[no-any-return]

    @strawberry.field(description="Why.")
    def suspension(self) -> str | None:
        return self.row.suspension  # type: ignore[no-any-return]

    @strawberry.field(description="When the person was taken out of it.")
    def erased_at(self) -> datetime | None:
        return self.row.erased_at  # type: ignore[no-any-return]

    @about(2)
    @strawberry.field(description="The restaurants that he works for.")
    async def workplaces(self, info: Info) -> list[_Restaurant]:
        from .menus import Restaurant

        staff = await info.context.loaders.of(models.Staff, "user_id", self.row.id)
        ids = [row.restaurant_id for row in staff]
        return Restaurant.each(await info.context.loaders.each(models.Restaurant, ids))

    @strawberry.field(description="What this person is to us.")
    def roles(self) -> list[Role]:
        return [self.row.role]

    async def is_own(self, info: Info) -> bool:
        return _is_oneself(info, self.row.id)


@strawberry.input(description="A document that a driver hands in.")
class DriverDocumentInput:
    """A number, a picture, or both."""

    kind: DocumentKind
    number: str | None = None
    url: URL | None = None
    expires_on: date | None = strawberry.field(
        default=None, description="The last day on which it is good; null if it has no end."
    )

    def paper(self) -> Paper:
        """The same for the domain."""
        return Paper(self.kind, self.number, self.url, self.expires_on)


@exposes(models.DriverDocument)
class DriverDocument(View):
    """A document that a driver handed in; the last of its kind."""

    kind: DocumentKind
    number: str | None
    expires_on: date | None
    created_at: datetime

    @strawberry.field(description="A picture of it.")
    def url(self) -> URL | None:
        return self.row.url  # type: ignore[no-any-return]


@exposes(models.Driver)
class Driver(View, Node):
    """Somebody who carries deliveries, one at a time."""

    prefix: ClassVar = Prefix.DRIVER

    vehicle: str

    @strawberry.field(description="The person.")
    async def user(self, info: Info) -> User:
        return User.of(await info.context.loaders.one(models.User, self.row.id))

    @strawberry.field(description="Where this driver is in his working day.")
    async def state(self, info: Info) -> DriverState:
        if self.row.suspended_at is not None:
            return DriverState.SUSPENDED
        if self.row.approved_at is None:
            rejected = self.row.rejected_at is not None
            return DriverState.REJECTED if rejected else DriverState.PENDING_APPROVAL
        if await self._carried(info) is not None:
            return DriverState.BUSY
        if not self.row.online:
            return DriverState.OFFLINE
        if self.row.break_until is not None and self.row.break_until > self.row.now:
            return DriverState.ON_BREAK
        return DriverState.OFFERED if await self._open_offers(info) else DriverState.IDLE

    @about(3)
    @strawberry.field(description="What he has handed in.")
    async def documents(self, info: Info) -> list[DriverDocument]:
        found = await info.context.loaders.of(models.DriverDocument, "driver_id", self.row.id)
        return DriverDocument.each(found)

    @strawberry.field(description="Why a manager said no, if he did.")
    def rejection(self) -> str | None:
        return self.row.rejection  # type: ignore[no-any-return]

    @strawberry.field(description="What this driver carries just now.")
    async def current_delivery(self, info: Info) -> _Delivery | None:
        from .deliveries import Delivery

        return Delivery.maybe(await self._carried(info))

    @about(5)
    @strawberry.field(description="What he was asked to carry.")
    async def pending_offers(self, info: Info) -> list[_Offer]:
        from .deliveries import Offer

        return Offer.each(await self._open_offers(info))

    @about(20)
    @strawberry.field(
        description="Why he was asked lately, or was not; the last twenty, newest first."
    )
    async def considerations(self, info: Info) -> list[_Consideration]:
        from .deliveries import Consideration

        found = await info.context.loaders.latest(
            models.Consideration, "driver_id", self.row.id, "considered_at", 20
        )
        return Consideration.each(found)

    @strawberry.field(description="Until when he is not asked, where he has a break.")
    def break_until(self) -> datetime | None:
        until: datetime | None = self.row.break_until
        return until if until is not None and until > self.row.now else None

    @strawberry.field(description="When his shift ends, where he has said so.")
    def shift_ends_at(self) -> datetime | None:
        return self.row.shift_ends_at  # type: ignore[no-any-return]

    @strawberry.field(description="Where he works; null is everywhere.")
    def zone(self) -> DriverZone | None:
        return DriverZone.of(Area.of(self.row.zone))

    @strawberry.field(description="Where this driver was seen last.")
    async def position(self, info: Info) -> GeoPoint | None:
        return GeoPoint.last(await self._seen(info), self.row)

    @strawberry.field(description="When that was.")
    async def position_at(self, info: Info) -> datetime | None:
        seen = await self._seen(info)
        return seen.at if seen else self.row.position_at

    @strawberry.field(description="Stars on average, with two digits; null before the first.")
    def rating(self) -> float | None:
        return average(self.row.rating_sum, self.row.rating_count)

    @strawberry.field(description="How many customers have said something.")
    def rating_count(self) -> int | None:
        return self.row.rating_count  # type: ignore[no-any-return]

    async def is_own(self, info: Info) -> bool:
        return _is_oneself(info, self.row.id)

    async def _seen(self, info: Info) -> Sighting | None:
        """Where he is, if that is newer than what his row says; of whom it says nothing any more,
        nothing is said."""
        known = self.row.position_at
        seen = await info.context.sighting(self.row.id) if known is not None else None
        return seen if seen and seen.at > known else None

    async def _carried(self, info: Info) -> object | None:
        found = await info.context.loaders.of(models.Delivery, "driver_id", self.row.id)
        return next((row for row in found if row.status in CARRIED), None)

    async def _open_offers(self, info: Info) -> list[object]:
        found = await info.context.loaders.of(models.Offer, "driver_id", self.row.id)
        return [row for row in found if row.status is OfferStatus.SENT]


def _is_oneself(info: Info, id: UUID) -> bool:
    actor = info.context.actor
    return actor is not None and actor.id == id
