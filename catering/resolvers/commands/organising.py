"""Intentions about organisations, their members and their sites."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import decoded
from catering.schema.commands.organising import (
    AddFacilityInput,
    AddFacilityPayload,
    ChangeFacilityDetailsInput,
    ChangeFacilityDetailsPayload,
    ChangeOrganisationDetailsInput,
    ChangeOrganisationDetailsPayload,
    CloseFacilityInput,
    CloseFacilityPayload,
    CreateOrganisationInput,
    CreateOrganisationPayload,
    RemoveMemberInput,
    RemoveMemberPayload,
    SetDeliveryWindowsInput,
    SetDeliveryWindowsPayload,
    SetMemberInput,
    SetMemberPayload,
)
from catering.schema.exposing import Info
from catering.services import organising


@strawberry.type
class Organising:
    @command
    async def create_organisation(
        self, info: Info, input: CreateOrganisationInput
    ) -> CreateOrganisationPayload | None:
        """Write down an organisation; it has no site and no member yet."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await organising.create(session, input.firm(), input.currency, by=by)

        return await perform(info, CreateOrganisationPayload, input, do)

    @command
    async def change_organisation_details(
        self, info: Info, input: ChangeOrganisationDetailsInput
    ) -> ChangeOrganisationDetailsPayload | None:
        """Give an organisation another name, other bills, another amount that needs approval."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORGANISATION, input.organisation_id, "organisationId")
            return await organising.change(session, id, input.firm(), by=by)

        return await perform(info, ChangeOrganisationDetailsPayload, input, do)

    @command
    async def set_member(self, info: Info, input: SetMemberInput) -> SetMemberPayload | None:
        """Let a customer be a member of an organisation, with these parts and no others."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORGANISATION, input.organisation_id, "organisationId")
            return await organising.set_member(session, id, input.email, input.parts, by=by)

        return await perform(info, SetMemberPayload, input, do)

    @command
    async def remove_member(
        self, info: Info, input: RemoveMemberInput
    ) -> RemoveMemberPayload | None:
        """Let somebody be no member any more. What he has ordered goes on."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORGANISATION, input.organisation_id, "organisationId")
            user_id = decoded(Prefix.USER, input.user_id, "userId")
            return await organising.remove_member(session, id, user_id, by=by)

        return await perform(info, RemoveMemberPayload, input, do)

    @command
    async def add_facility(self, info: Info, input: AddFacilityInput) -> AddFacilityPayload | None:
        """Add a site; it takes nothing until `setDeliveryWindows` says otherwise."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORGANISATION, input.organisation_id, "organisationId")
            return await organising.add_facility(session, id, input.place(), by=by)

        return await perform(info, AddFacilityPayload, input, do)

    @command
    async def change_facility_details(
        self, info: Info, input: ChangeFacilityDetailsInput
    ) -> ChangeFacilityDetailsPayload | None:
        """Give a site another name, door, cost centres, or amount that needs approval."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.FACILITY, input.facility_id, "facilityId")
            return await organising.change_facility(session, id, input.place(), by=by)

        return await perform(info, ChangeFacilityDetailsPayload, input, do)

    @command
    async def set_delivery_windows(
        self, info: Info, input: SetDeliveryWindowsInput
    ) -> SetDeliveryWindowsPayload | None:
        """Say when a site takes deliveries, and how long before they are to be ordered."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.FACILITY, input.facility_id, "facilityId")
            return await organising.take_deliveries(session, id, input.calendar(), by=by)

        return await perform(info, SetDeliveryWindowsPayload, input, do)

    @command
    async def close_facility(
        self, info: Info, input: CloseFacilityInput
    ) -> CloseFacilityPayload | None:
        """Have nothing ordered for a site any more. What was ordered before still comes."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.FACILITY, input.facility_id, "facilityId")
            return await organising.close_facility(session, id, by=by)

        return await perform(info, CloseFacilityPayload, input, do)
