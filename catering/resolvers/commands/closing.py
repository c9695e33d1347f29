"""Intentions that close an account: for a while, or for good."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.domain.refusals import Refused
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, required
from catering.schema.commands.closing import (
    EraseMyAccountInput,
    EraseMyAccountPayload,
    EraseUserInput,
    EraseUserPayload,
    ReinstateUserInput,
    ReinstateUserPayload,
    SuspendUserInput,
    SuspendUserPayload,
)
from catering.schema.exposing import Info
from catering.services import attempts, erasing, securing, suspending


@strawberry.type
class Closing:
    @command
    async def suspend_user(self, info: Info, input: SuspendUserInput) -> SuspendUserPayload | None:
        """Close an account until it is opened again; its sessions end at once."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.USER, input.user_id, "userId")
            reason = required(input.reason, LONGEST_NOTE, "reason")
            return await suspending.suspend(session, id, reason, by=by)

        return await perform(info, SuspendUserPayload, input, do)

    @command
    async def reinstate_user(
        self, info: Info, input: ReinstateUserInput
    ) -> ReinstateUserPayload | None:
        """Open an account again."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.USER, input.user_id, "userId")
            return await suspending.reinstate(session, id, by=by)

        return await perform(info, ReinstateUserPayload, input, do)

    @command
    async def erase_my_account(
        self, info: Info, input: EraseMyAccountInput
    ) -> EraseMyAccountPayload | None:
        """Be forgotten: orders stay without you. It cannot be taken back."""
        by = info.context.actor
        assert by is not None  # the matrix has seen to it
        assert by.id is not None
        try:
            origin = attempts.place(info.context.address, info.context.family)
            async with info.context.transaction() as session:
                email, known = await securing.credentials(session, by)
                await attempts.count(session, email, origin)
            await securing.prove(known, input.password, "password")
            async with info.context.transaction() as session:
                await erasing.erase(session, by.id, by=by)
        except Refused as refused:
            return EraseMyAccountPayload.refused(refused.refusals)
        await info.context.whereabouts.forget(by.id)
        info.context.refresh()
        return EraseMyAccountPayload.done(None)

    @command
    async def erase_user(self, info: Info, input: EraseUserInput) -> EraseUserPayload | None:
        """Have somebody forgotten, who asked for it by another way."""
        by = info.context.actor
        assert by is not None  # the matrix has seen to it
        try:
            async with info.context.transaction() as session:
                id = await erasing.erase(
                    session, decoded(Prefix.USER, input.user_id, "userId"), by=by
                )
        except Refused as refused:
            return EraseUserPayload.refused(refused.refusals)
        await info.context.whereabouts.forget(id)
        info.context.refresh()
        return EraseUserPayload.done(id)
