"""Intentions about what guards an account: its address, and its password."""

from __future__ import annotations

import strawberry

from catering.domain.letters import Purpose
from catering.domain.people import SYSTEM
from catering.domain.refusals import Refused
from catering.resolvers.fields import PayloadT, command
from catering.schema.commands.securing import (
    ActivateAccountInput,
    ActivateAccountPayload,
    ChangePasswordInput,
    ChangePasswordPayload,
    RequestActivationInput,
    RequestActivationPayload,
    RequestPasswordResetInput,
    RequestPasswordResetPayload,
    ResetPasswordInput,
    ResetPasswordPayload,
)
from catering.schema.exposing import Info
from catering.services import attempts, letters, passwords, securing


@strawberry.type
class Securing:
    @command
    async def request_activation(
        self, info: Info, input: RequestActivationInput
    ) -> RequestActivationPayload | None:
        """Have another letter sent with which an account is activated."""
        return await _write(info, RequestActivationPayload, Purpose.ACTIVATION, input.email)

    @command
    async def activate_account(
        self, info: Info, input: ActivateAccountInput
    ) -> ActivateAccountPayload | None:
        """Show that one reads what is sent to the address of an account."""
        try:
            async with info.context.transaction() as session:
                id = await securing.activate(session, input.token)
        except Refused as refused:
            return ActivateAccountPayload.refused(refused.refusals)
        info.context.refresh()
        return ActivateAccountPayload.done(id)

    @command
    async def request_password_reset(
        self, info: Info, input: RequestPasswordResetInput
    ) -> RequestPasswordResetPayload | None:
        """Have a letter sent with which a new password can be set."""
        return await _write(info, RequestPasswordResetPayload, Purpose.PASSWORD_RESET, input.email)

    @command
    async def reset_password(
        self, info: Info, input: ResetPasswordInput
    ) -> ResetPasswordPayload | None:
        """Set a new password with the token of a letter. It ends all sessions of the account."""
        try:
            password = securing.admitted(input.password)
            async with info.context.transaction() as session:
                await letters.reader(session, Purpose.PASSWORD_RESET, input.token)
            hashed = await passwords.hashed(password)
            async with info.context.transaction() as session:
                id = await securing.reset_password(session, input.token, hashed)
        except Refused as refused:
            return ResetPasswordPayload.refused(refused.refusals)
        info.context.refresh()
        return ResetPasswordPayload.done(id)

    @command
    async def change_password(
        self, info: Info, input: ChangePasswordInput
    ) -> ChangePasswordPayload | None:
        """Set a new password, knowing the present one. It ends all other sessions."""
        by = info.context.actor
        assert by is not None  # the matrix has seen to it
        family = info.context.family
        try:
            password = securing.admitted(input.password)
            origin = attempts.place(info.context.address, family)
            async with info.context.transaction() as session:
                email, known = await securing.credentials(session, by)
                await attempts.count(session, email, origin)
            await securing.prove(known, input.current)
            hashed = await passwords.hashed(password)
            async with info.context.transaction() as session:
                id = await securing.change_password(session, known, hashed, family)
                await attempts.forget(session, email, origin)
        except Refused as refused:
            return ChangePasswordPayload.refused(refused.refusals)
        info.context.refresh()
        return ChangePasswordPayload.done(id)


async def _write(info: Info, payload: type[PayloadT], purpose: Purpose, email: str) -> PayloadT:
    try:
        async with info.context.transaction() as session:
            await letters.write(session, purpose, email, by=info.context.actor or SYSTEM)
    except Refused as refused:
        return payload.refused(refused.refusals)
    return payload.done(None)
