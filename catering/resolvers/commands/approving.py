"""Intentions of approvers."""

from __future__ import annotations

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.ids import Prefix
from catering.domain.people import Actor
from catering.resolvers.fields import Done, command, perform
from catering.schema.asking import LONGEST_NOTE, decoded, required, short
from catering.schema.commands.approving import (
    ApproveOrderInput,
    ApproveOrderPayload,
    RejectOrderInput,
    RejectOrderPayload,
)
from catering.schema.exposing import Info
from catering.services import approving


@strawberry.type
class Approving:
    @command
    async def approve_order(
        self, info: Info, input: ApproveOrderInput
    ) -> ApproveOrderPayload | None:
        """Let be cooked what somebody else of your organisation has ordered."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            note = short(input.note, LONGEST_NOTE, "note")
            return await approving.approve(session, id, note, by=by)

        return await perform(info, ApproveOrderPayload, input, do)

    @command
    async def reject_order(self, info: Info, input: RejectOrderInput) -> RejectOrderPayload | None:
        """Call off what somebody else of your organisation has ordered, and say why."""

        async def do(session: AsyncSession, by: Actor) -> Done:
            id = decoded(Prefix.ORDER, input.order_id, "orderId")
            note = required(input.note, LONGEST_NOTE, "note")
            return await approving.reject(session, id, note, by=by)

        return await perform(info, RejectOrderPayload, input, do)
