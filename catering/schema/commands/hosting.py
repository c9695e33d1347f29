"""Intentions about restaurants."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from strawberry import ID

from catering import models
from catering.domain.restaurants import Facts, Founding
from catering.domain.slots import Capacity
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.hours import DeliveryZoneInput, OpeningDayInput, OpeningSpanInput
from catering.schema.menus import Restaurant
from catering.schema.refusals import InvalidInput, NotFound
from catering.schema.scalars import CurrencyCode
from catering.schema.values import AddressInput


@asks
class CreateRestaurantInput:
    slug: str
    name: str
    phone: str
    address: AddressInput
    currency: CurrencyCode
    preparation_time: timedelta
    time_zone: str = "Europe/Kyiv"

    def founding(self) -> Founding:
        """The same for the domain."""
        address = self.address.destination("address")
        facts = Facts(self.name, self.phone, address, self.preparation_time)
        return Founding(self.slug, self.time_zone, self.currency, facts)


CreateRestaurantError = Annotated[InvalidInput, why_not("CreateRestaurantError")]


@answers
class CreateRestaurantPayload(Payload):
    errors: list[CreateRestaurantError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class ChangeRestaurantDetailsInput:
    """Null leaves a thing as it is."""

    restaurant_id: ID
    name: str | None = None
    phone: str | None = None
    address: AddressInput | None = None
    preparation_time: timedelta | None = None
    discards_undelivered: bool | None = None

    def facts(self) -> Facts:
        """The same for the domain."""
        address = self.address.destination("address") if self.address else None
        discards = self.discards_undelivered
        return Facts(self.name, self.phone, address, self.preparation_time, discards)


ChangeRestaurantDetailsError = Annotated[
    InvalidInput | NotFound, why_not("ChangeRestaurantDetailsError")
]


@answers
class ChangeRestaurantDetailsPayload(Payload):
    errors: list[ChangeRestaurantDetailsError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class SetOpeningHoursInput:
    """The whole week: a day that is left out is closed. Null leaves the time zone as it is."""

    restaurant_id: ID
    days: list[OpeningDayInput]
    time_zone: str | None = None


SetOpeningHoursError = Annotated[InvalidInput | NotFound, why_not("SetOpeningHoursError")]


@answers
class SetOpeningHoursPayload(Payload):
    errors: list[SetOpeningHoursError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class SetExceptionalDayInput:
    """Without spans the restaurant is closed on that day."""

    restaurant_id: ID
    date: date
    spans: list[OpeningSpanInput]


SetExceptionalDayError = Annotated[InvalidInput | NotFound, why_not("SetExceptionalDayError")]


@answers
class SetExceptionalDayPayload(Payload):
    errors: list[SetExceptionalDayError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class ClearExceptionalDayInput:
    restaurant_id: ID
    date: date


ClearExceptionalDayError = Annotated[InvalidInput | NotFound, why_not("ClearExceptionalDayError")]


@answers
class ClearExceptionalDayPayload(Payload):
    errors: list[ClearExceptionalDayError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class SetDeliveryZoneInput:
    restaurant_id: ID
    zone: DeliveryZoneInput


SetDeliveryZoneError = Annotated[InvalidInput | NotFound, why_not("SetDeliveryZoneError")]


@answers
class SetDeliveryZonePayload(Payload):
    errors: list[SetDeliveryZoneError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class PauseRestaurantInput:
    restaurant_id: ID
    until: datetime
    reason: str | None = None


PauseRestaurantError = Annotated[InvalidInput | NotFound, why_not("PauseRestaurantError")]


@answers
class PauseRestaurantPayload(Payload):
    errors: list[PauseRestaurantError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class ResumeRestaurantInput:
    restaurant_id: ID


ResumeRestaurantError = Annotated[InvalidInput | NotFound, why_not("ResumeRestaurantError")]


@answers
class ResumeRestaurantPayload(Payload):
    errors: list[ResumeRestaurantError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class SetKitchenCapacityInput:
    """How many tickets the kitchen takes on in each slot; null ends the counting."""

    restaurant_id: ID
    tickets: int | None
    slot_minutes: int = 15

    def capacity(self) -> Capacity | None:
        """The same for the domain."""
        return None if self.tickets is None else Capacity(self.tickets, self.slot_minutes)


SetKitchenCapacityError = Annotated[InvalidInput | NotFound, why_not("SetKitchenCapacityError")]


@answers
class SetKitchenCapacityPayload(Payload):
    errors: list[SetKitchenCapacityError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)


@asks
class SetBusyModeInput:
    """No extra minutes end it at once."""

    restaurant_id: ID
    extra_minutes: int
    until: datetime


SetBusyModeError = Annotated[InvalidInput | NotFound, why_not("SetBusyModeError")]


@answers
class SetBusyModePayload(Payload):
    errors: list[SetBusyModeError]
    query = onwards()
    restaurant = shows(Restaurant, models.Restaurant)
