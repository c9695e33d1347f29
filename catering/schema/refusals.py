"""Every expected "no" of the domain, as a type of the schema."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import datetime
from typing import Any, Self

import strawberry

from catering import models
from catering.domain import refusals
from catering.domain.refusals import ErrorCode, Refusal

from .deliveries import Delivery
from .directives import about
from .exposing import Info
from .menus import Product, Restaurant
from .orders import Order
from .values import Money, Window


@strawberry.interface(description="Why not, and what to do about it.")
class UserError:
    """`path` leads from the arguments to the value that caused it."""

    code: ErrorCode
    message: str
    path: list[str] | None
    refusal: strawberry.Private[Any]

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """The refusal, shown."""
        plain = {
            field.name: getattr(refusal, field.name)
            for field in dataclasses.fields(cls)
            if field.name not in {"code", "message", "path", "refusal"} and field.init
        }
        path = None if refusal.path is None else ["input", *refusal.path]
        return cls(code=refusal.code, message=refusal.message, path=path, refusal=refusal, **plain)


@strawberry.type
class InvalidInput(UserError):
    rule: str


@strawberry.type
class NotFound(UserError):
    pass


@strawberry.type
class ForbiddenStep(UserError):
    current: str
    allowed: list[str]


@strawberry.type
class IdempotencyConflict(UserError):
    retry_after: datetime | None


@strawberry.type
class InvalidCredentials(UserError):
    pass


@strawberry.type
class AccountSuspended(UserError):
    pass


@strawberry.type
class OrderUnderWay(UserError):
    @strawberry.field(description="One that is on its way.")
    async def order(self, info: Info) -> Order | None:
        found = await info.context.loaders.one(models.Order, self.refusal.order_id)
        return Order.maybe(found)


@strawberry.type
class StaleSession(UserError):
    pass


@strawberry.type
class StaleToken(UserError):
    pass


@strawberry.type
class TooManyAttempts(UserError):
    retry_after: datetime


@strawberry.type
class EmptyOrder(UserError):
    pass


@strawberry.type
class ProductUnavailable(UserError):
    available_quantity: int | None

    @strawberry.field(description="What cannot be had.")
    async def product(self, info: Info) -> Product:
        found = await info.context.loaders.one(models.Product, self.refusal.product_id)
        return Product.of(found)

    @about(5)
    @strawberry.field(description="What could be had instead.")
    async def alternatives(self, info: Info) -> list[Product]:
        found = await info.context.loaders.each(models.Product, self.refusal.alternative_ids)
        return Product.each(found)


@strawberry.type
class PriceChanged(UserError):
    @strawberry.field(description="What the client expected.")
    def expected(self) -> Money:
        return Money.of(self.refusal.expected, self.refusal.currency)

    @strawberry.field(description="What it costs now.")
    def actual(self) -> Money:
        return Money.of(self.refusal.actual, self.refusal.currency)


@strawberry.type
class RestaurantClosed(UserError):
    opens_at: datetime | None

    @strawberry.field(description="Which one.")
    async def restaurant(self, info: Info) -> Restaurant:
        found = await info.context.loaders.one(models.Restaurant, self.refusal.restaurant_id)
        return Restaurant.of(found)


@strawberry.type
class WindowNotAvailable(UserError):
    @strawberry.field(description="The next window that can be had.")
    def next_window(self) -> Window | None:
        span = self.refusal.next_window
        return None if span is None else Window(from_=span[0], until=span[1])


@strawberry.type
class KitchenFull(UserError):
    @strawberry.field(description="Which one.")
    async def restaurant(self, info: Info) -> Restaurant:
        found = await info.context.loaders.one(models.Restaurant, self.refusal.restaurant_id)
        return Restaurant.of(found)

    @about(3)
    @strawberry.field(description="When its kitchen has a place again: the next slots, in order.")
    def next_slots(self) -> list[Window]:
        return [Window(from_=start, until=end) for start, end in self.refusal.next_slots]

    @strawberry.field(description="The next window at the door for which all kitchens have one.")
    def next_window(self) -> Window | None:
        span = self.refusal.next_window
        return None if span is None else Window(from_=span[0], until=span[1])


@strawberry.type
class OutOfZone(UserError):
    distance_meters: int | None


@strawberry.type
class PaymentDeclined(UserError):
    pass


@strawberry.type
class OfferExpired(UserError):
    expired_at: datetime


@strawberry.type
class OfferTaken(UserError):
    pass


@strawberry.type
class DriverBusy(UserError):
    @strawberry.field(description="What is carried.")
    async def delivery(self, info: Info) -> Delivery:
        found = await info.context.loaders.one(models.Delivery, self.refusal.delivery_id)
        return Delivery.of(found)


@strawberry.type
class DriverOffline(UserError):
    pass


@strawberry.type
class DriverNotApproved(UserError):
    pass


@strawberry.type
class DriverOutOfZone(UserError):
    pass


@strawberry.type
class WrongProof(UserError):
    attempts_left: int | None


SHOWN: dict[type[Refusal], type[UserError]] = {
    refusals.InvalidInput: InvalidInput,
    refusals.NotFound: NotFound,
    refusals.ForbiddenStep: ForbiddenStep,
    refusals.IdempotencyConflict: IdempotencyConflict,
    refusals.InvalidCredentials: InvalidCredentials,
    refusals.StaleSession: StaleSession,
    refusals.StaleToken: StaleToken,
    refusals.TooManyAttempts: TooManyAttempts,
    refusals.EmptyOrder: EmptyOrder,
    refusals.ProductUnavailable: ProductUnavailable,
    refusals.PriceChanged: PriceChanged,
    refusals.RestaurantClosed: RestaurantClosed,
    refusals.WindowNotAvailable: WindowNotAvailable,
    refusals.KitchenFull: KitchenFull,
    refusals.OutOfZone: OutOfZone,
    refusals.PaymentDeclined: PaymentDeclined,
    refusals.AccountSuspended: AccountSuspended,
    refusals.OrderUnderWay: OrderUnderWay,
    refusals.OfferExpired: OfferExpired,
    refusals.OfferTaken: OfferTaken,
    refusals.DriverBusy: DriverBusy,
    refusals.DriverOffline: DriverOffline,
    refusals.DriverNotApproved: DriverNotApproved,
    refusals.DriverOutOfZone: DriverOutOfZone,
    refusals.WrongProof: WrongProof,
}

for _refusal, _shown in SHOWN.items():
    _shown.__strawberry_definition__.description = inspect.getdoc(_refusal)  # type: ignore[attr-defined]


def shown(refusal: Refusal) -> UserError:
    """The refusal as its type of the schema."""
    return SHOWN[type(refusal)].of(refusal)
