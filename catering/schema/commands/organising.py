"""Intentions about organisations, their members and their sites."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import strawberry
from strawberry import ID

from catering import models
from catering.domain.facilities import MemberPart
from catering.domain.organisations import Calendar, Firm, Place
from catering.schema.answering import Payload, onwards, shows
from catering.schema.describing import answers, asks, why_not
from catering.schema.facilities import Facility, Organisation
from catering.schema.hours import OpeningDayInput, week
from catering.schema.refusals import InvalidInput, NotFound
from catering.schema.scalars import CurrencyCode
from catering.schema.values import AddressInput, MoneyInput


@asks
class CreateOrganisationInput:
    """`billing` is printed on its bills; without `approvalAbove` nobody has to approve anything."""

    name: str
    billing: str
    currency: CurrencyCode
    approval_above: MoneyInput | None = None

    def firm(self) -> Firm:
        """The same for the domain."""
        return Firm(self.name, self.billing, _minor(self.approval_above))


CreateOrganisationError = Annotated[InvalidInput, why_not("CreateOrganisationError")]


@answers
class CreateOrganisationPayload(Payload):
    errors: list[CreateOrganisationError]
    query = onwards()
    organisation = shows(Organisation, models.Organisation)


@asks
class ChangeOrganisationDetailsInput:
    """Null leaves a thing as it is; `withoutApproval` takes the amount away."""

    organisation_id: ID
    name: str | None = None
    billing: str | None = None
    approval_above: MoneyInput | None = None
    without_approval: bool | None = None

    def firm(self) -> Firm:
        """The same for the domain."""
        without = bool(self.without_approval)
        return Firm(self.name, self.billing, _minor(self.approval_above), without)


ChangeOrganisationDetailsError = Annotated[
    InvalidInput | NotFound, why_not("ChangeOrganisationDetailsError")
]


@answers
class ChangeOrganisationDetailsPayload(Payload):
    errors: list[ChangeOrganisationDetailsError]
    query = onwards()
    organisation = shows(Organisation, models.Organisation)


@asks
class SetMemberInput:
    """A customer, by the address that he signs in with, and all of his parts."""

    organisation_id: ID
    email: str
    parts: list[MemberPart]


SetMemberError = Annotated[InvalidInput | NotFound, why_not("SetMemberError")]


@answers
class SetMemberPayload(Payload):
    errors: list[SetMemberError]
    query = onwards()
    organisation = shows(Organisation, models.Organisation)


@asks
class RemoveMemberInput:
    organisation_id: ID
    user_id: ID


RemoveMemberError = Annotated[InvalidInput | NotFound, why_not("RemoveMemberError")]


@answers
class RemoveMemberPayload(Payload):
    errors: list[RemoveMemberError]
    query = onwards()
    organisation = shows(Organisation, models.Organisation)


@asks
class AddFacilityInput:
    """Without `approvalAbove` the amount of the organisation counts."""

    organisation_id: ID
    name: str
    address: AddressInput
    cost_centres: list[str] | None = None
    approval_above: MoneyInput | None = None

    def place(self) -> Place:
        """The same for the domain."""
        address = self.address.destination("address")
        centres = tuple(self.cost_centres or ())
        return Place(self.name, address, centres, _minor(self.approval_above))


AddFacilityError = Annotated[InvalidInput | NotFound, why_not("AddFacilityError")]


@answers
class AddFacilityPayload(Payload):
    errors: list[AddFacilityError]
    query = onwards()
    facility = shows(Facility, models.Facility)


@asks
class ChangeFacilityDetailsInput:
    """Null leaves a thing as it is; `asOrganisation` takes an amount of its own away."""

    facility_id: ID
    name: str | None = None
    address: AddressInput | None = None
    cost_centres: list[str] | None = None
    approval_above: MoneyInput | None = None
    as_organisation: bool | None = None

    def place(self) -> Place:
        """The same for the domain."""
        address = self.address.destination("address") if self.address else None
        centres = None if self.cost_centres is None else tuple(self.cost_centres)
        above, as_organisation = _minor(self.approval_above), bool(self.as_organisation)
        return Place(self.name, address, centres, above, as_organisation)


ChangeFacilityDetailsError = Annotated[
    InvalidInput | NotFound, why_not("ChangeFacilityDetailsError")
]


@answers
class ChangeFacilityDetailsPayload(Payload):
    errors: list[ChangeFacilityDetailsError]
    query = onwards()
    facility = shows(Facility, models.Facility)


@asks
class SetDeliveryWindowsInput:
    """The whole week: on a day that is left out it takes nothing. Null leaves the time zone as it
    is, and takes notice and cut-off away."""

    facility_id: ID
    days: list[OpeningDayInput]
    notice: timedelta | None = None
    cut_off: str | None = strawberry.field(
        default=None, description="On the wall clock of the site, as 16:00."
    )
    cut_off_days_before: int = 0
    time_zone: str | None = None

    def calendar(self) -> Calendar:
        """The same for the domain."""
        notice = self.notice or timedelta(0)
        days_before = self.cut_off_days_before
        return Calendar(week(self.days), notice, self.cut_off, days_before, self.time_zone)


SetDeliveryWindowsError = Annotated[InvalidInput | NotFound, why_not("SetDeliveryWindowsError")]


@answers
class SetDeliveryWindowsPayload(Payload):
    errors: list[SetDeliveryWindowsError]
    query = onwards()
    facility = shows(Facility, models.Facility)


@asks
class CloseFacilityInput:
    facility_id: ID


CloseFacilityError = Annotated[InvalidInput | NotFound, why_not("CloseFacilityError")]


@answers
class CloseFacilityPayload(Payload):
    errors: list[CloseFacilityError]
    query = onwards()
    facility = shows(Facility, models.Facility)


def _minor(amount: MoneyInput | None) -> tuple[int, str] | None:
    return amount.minor() if amount else None
