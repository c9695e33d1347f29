"""The words of the domain, shown as they are."""

from __future__ import annotations

import inspect
from enum import Enum

import strawberry

from catering.domain.deliveries import DeliveryStatus, StopKind, StopStatus
from catering.domain.dispatch import Verdict
from catering.domain.documents import DocumentKind
from catering.domain.estimating import DelayReason
from catering.domain.facilities import MemberPart
from catering.domain.ledger import Bearer
from catering.domain.lines import LineStatus, ResolutionChoice, ResolutionStatus, StandByKind
from catering.domain.offers import OfferStatus
from catering.domain.opening_hours import Weekday
from catering.domain.orders import (
    CancellationReason,
    OrderStatus,
    OrderType,
    PaymentMethod,
    PaymentStatus,
)
from catering.domain.people import Role
from catering.domain.products import (
    Allergen,
    Availability,
    AvailabilitySource,
    Diet,
    ProductKind,
)
from catering.domain.refunds import RefundReason
from catering.domain.refusals import ErrorCode
from catering.domain.tickets import TicketStatus

for word in (
    Allergen, Availability, AvailabilitySource, Bearer, CancellationReason, DelayReason,
    DeliveryStatus, Diet, DocumentKind, ErrorCode, LineStatus, MemberPart, OfferStatus, OrderStatus,
    OrderType, PaymentMethod, PaymentStatus, ProductKind, RefundReason, ResolutionChoice,
    ResolutionStatus, Role, StandByKind, StopKind, StopStatus, TicketStatus, Verdict, Weekday,
):  # fmt: skip
    strawberry.enum(word, description=inspect.getdoc(word))


@strawberry.enum(description="Where a driver is in his working day.")
class DriverState(Enum):
    """Computed: only what decides it is stored."""

    PENDING_APPROVAL = "PENDING_APPROVAL"
    REJECTED = "REJECTED"
    OFFLINE = "OFFLINE"
    IDLE = "IDLE"
    OFFERED = "OFFERED"
    BUSY = "BUSY"
    ON_BREAK = "ON_BREAK"
    SUSPENDED = "SUSPENDED"


@strawberry.enum(description="Upwards or downwards.")
class OrderDirection(Enum):
    """Of a sorted list."""

    ASC = "ASC"
    DESC = "DESC"
