"""Intentions about drivers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.people import Driver, DriverDocumentInput
from catering.schema.refusals import (
    DriverBusy,
    DriverNotApproved,
    DriverOffline,
    ForbiddenStep,
    InvalidInput,
    NotFound,
)
from catering.schema.values import GeoPointInput
from catering.schema.zones import DriverZoneInput


@asks
class ApproveDriverInput:
    driver_id: ID


ApproveDriverError = Annotated[
    ForbiddenStep | NotFound,
    why_not("ApproveDriverError"),
]


@answers
class ApproveDriverPayload(Payload):
    errors: list[ApproveDriverError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class RejectDriverInput:
    driver_id: ID
    reason: str


RejectDriverError = Annotated[
    ForbiddenStep | InvalidInput | NotFound,
    why_not("RejectDriverError"),
]


@answers
class RejectDriverPayload(Payload):
    errors: list[RejectDriverError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class SetDriverZoneInput:
    """Without a zone he works everywhere."""

    driver_id: ID
    zone: DriverZoneInput | None = None


SetDriverZoneError = Annotated[InvalidInput | NotFound, why_not("SetDriverZoneError")]


@answers
class SetDriverZonePayload(Payload):
    errors: list[SetDriverZoneError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class SubmitDriverDocumentsInput:
    """Each takes the place of the last of its kind. Who was rejected is looked at again."""

    documents: list[DriverDocumentInput]


SubmitDriverDocumentsError = Annotated[
    InvalidInput | NotFound,
    why_not("SubmitDriverDocumentsError"),
]


@answers
class SubmitDriverDocumentsPayload(Payload):
    errors: list[SubmitDriverDocumentsError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class GoOnlineInput:
    """`until` is when the shift ends: he is asked for nothing more then, and goes offline as soon
    as he has brought what he carries. A break is over with it."""

    position: GeoPointInput
    until: datetime | None = None


GoOnlineError = Annotated[
    DriverBusy | DriverNotApproved | InvalidInput | NotFound,
    why_not("GoOnlineError"),
]


@answers
class GoOnlinePayload(Payload):
    errors: list[GoOnlineError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class GoOfflineInput:
    reason: str | None = None


GoOfflineError = Annotated[
    DriverBusy | InvalidInput | NotFound,
    why_not("GoOfflineError"),
]


@answers
class GoOfflinePayload(Payload):
    errors: list[GoOfflineError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class TakeBreakInput:
    """At most two hours; `goOnline` ends it sooner."""

    until: datetime


TakeBreakError = Annotated[
    DriverOffline | InvalidInput | NotFound,
    why_not("TakeBreakError"),
]


@answers
class TakeBreakPayload(Payload):
    errors: list[TakeBreakError]
    query = onwards()
    driver = shows(Driver, models.Driver)


@asks
class ReportPositionInput:
    position: GeoPointInput
    measured_at: datetime


ReportPositionError = Annotated[
    DriverOffline | InvalidInput | NotFound,
    why_not("ReportPositionError"),
]


@answers
class ReportPositionPayload(Payload):
    errors: list[ReportPositionError]
    query = onwards()

    @strawberry.field(description="How soon to report again.")
    def next_report_after(self) -> timedelta | None:
        return self.result  # type: ignore[no-any-return]
