"""Intentions about those who work for us: they come by invitation."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.letters import Purpose
from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.resolvers.fields import Done, command, perform
from catering.resolvers.sessions import speak_for
from catering.schema.asking import decoded
from catering.schema.commands.inviting import (
    AcceptInvitationInput,
    AcceptInvitationPayload,
    CreateManagerInput,
    CreateManagerPayload,
    InviteStaffInput,
    InviteStaffPayload,
    RemoveStaffInput,
    RemoveStaffPayload,
)
from catering.schema.exposing import Info
from catering.services import inviting, letters, passwords, securing, sessions


@strawberry.type
class Inviting:
    @command
    async def create_manager(
        self, info: Info, input: CreateManagerInput
    ) -> CreateManagerPayload | None:
        """Invite somebody to be a manager."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            return await inviting.create_manager(session, input.email, input.display_name, by=by)

        return await perform(info, CreateManagerPayload, input, do)

    @command
    async def invite_staff(self, info: Info, input: InviteStaffInput) -> InviteStaffPayload | None:
        """Have somebody work for restaurants; who is new to us is invited."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            restaurants = [
                decoded(Prefix.RESTAURANT, id, "restaurantIds", str(place))
                for place, id in enumerate(input.restaurant_ids)
            ]
            return await inviting.invite_staff(
                session, input.email, input.display_name, restaurants, by=by
            )

        return await perform(info, InviteStaffPayload, input, do)

    @command
    async def accept_invitation(
        self, info: Info, input: AcceptInvitationInput
    ) -> AcceptInvitationPayload | None:
        """Set the password of the account that one was invited to, and be signed in."""
        try:
            password = securing.admitted(input.password)
            async with info.context.transaction() as session:
                await letters.reader(session, Purpose.INVITATION, input.token)
            hashed = await passwords.hashed(password)
            async with info.context.transaction() as session:
                user = await inviting.accept(session, input.token, hashed)
                tokens = await sessions.begin(session, user.id, user.role, info.context.settings)
        except Refused as refused:
            return AcceptInvitationPayload.refused(refused.refusals)
        speak_for(info, tokens)
        return AcceptInvitationPayload.done(tokens)

    @command
    async def remove_staff(self, info: Info, input: RemoveStaffInput) -> RemoveStaffPayload | None:
        """End somebody's work for a restaurant."""
        by = info.context.actor
        assert by is not None  # the matrix has seen to it
        try:
            async with info.context.transaction() as session:
                id = await inviting.remove_staff(
                    session,
                    decoded(Prefix.USER, input.user_id, "userId"),
                    decoded(Prefix.RESTAURANT, input.restaurant_id, "restaurantId"),
                    by=by,
                )
        except Refused as refused:
            return RemoveStaffPayload.refused(refused.refusals)
        info.context.refresh()
        return RemoveStaffPayload.done(id)
