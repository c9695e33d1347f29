"""Intentions about deliveries on the road."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.domain.deliveries import Signature
from catering.schema.answering import Payload, onwards, shows
from catering.schema.asking import required
from catering.schema.deliveries import Delivery, Stop
from catering.schema.describing import answers, asks, why_not
from catering.schema.exposing import Info
from catering.schema.refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    DriverOutOfZone,
    ForbiddenStep,
    IdempotencyConflict,
    InvalidInput,
    NotFound,
    WrongProof,
)
from catering.schema.scalars import URL
from catering.schema.values import GeoPointInput

LONGEST_NAME = 100


@asks
class ReleaseDeliveryInput:
    delivery_id: ID
    idempotency_key: str


ReleaseDeliveryError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ReleaseDeliveryError"),
]


@answers
class ReleaseDeliveryPayload(Payload):
    errors: list[ReleaseDeliveryError]
    query = onwards()
    delivery = shows(Delivery, models.Delivery)


@asks
class AssignDeliveryInput:
    delivery_id: ID
    driver_id: ID
    idempotency_key: str


AssignDeliveryError = Annotated[
    DriverBusy
    | DriverNotApproved
    | DriverOffline
    | DriverOutOfZone
    | ForbiddenStep
    | IdempotencyConflict
    | InvalidInput
    | NotFound,
    why_not("AssignDeliveryError"),
]


@answers
class AssignDeliveryPayload(Payload):
    errors: list[AssignDeliveryError]
    query = onwards()
    delivery = shows(Delivery, models.Delivery)


@asks
class RecordContactAttemptInput:
    delivery_id: ID
    idempotency_key: str
    note: str | None = None


RecordContactAttemptError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("RecordContactAttemptError"),
]


@answers
class RecordContactAttemptPayload(Payload):
    errors: list[RecordContactAttemptError]
    query = onwards()
    delivery = shows(Delivery, models.Delivery)


@asks
class ArriveAtStopInput:
    stop_id: ID
    idempotency_key: str
    position: GeoPointInput | None = None


ArriveAtStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound,
    why_not("ArriveAtStopError"),
]


@answers
class ArriveAtStopPayload(Payload):
    errors: list[ArriveAtStopError]
    query = onwards()
    stop = shows(Stop, models.Stop)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        row = await info.context.loaders.one(models.Stop, self.result)
        found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
        return Delivery.maybe(found)


@asks
class SignatureInput:
    """Who has signed for it at the door of a facility, and a picture of the signature."""

    name: str
    image: URL | None = None

    def signature(self) -> Signature:
        """The same for the domain."""
        return Signature(required(self.name, LONGEST_NAME, "signature", "name"), self.image)


@asks
class CompleteStopInput:
    stop_id: ID
    idempotency_key: str
    pin: str | None = None
    signature: SignatureInput | None = None
    photo: URL | None = None
    position: GeoPointInput | None = None


CompleteStopError = Annotated[
    ForbiddenStep | IdempotencyConflict | InvalidInput | NotFound | WrongProof,
    why_not("CompleteStopError"),
]


@answers
class CompleteStopPayload(Payload):
    errors: list[CompleteStopError]
    query = onwards()
    stop = shows(Stop, models.Stop)

    @strawberry.field
    async def delivery(self, info: Info) -> Delivery | None:
        row = await info.context.loaders.one(models.Stop, self.result)
        found = await info.context.loaders.one(models.Delivery, row.delivery_id if row else None)
        return Delivery.maybe(found)
